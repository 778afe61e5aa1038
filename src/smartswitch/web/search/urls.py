"""The address of the search box."""

from django.urls import path

from smartswitch.web.search import views

urlpatterns = [path("search", views.search, name="search")]
