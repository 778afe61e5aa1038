"""The addresses of settings and brands."""

from django.urls import path

from smartswitch.web.brand import views

urlpatterns = [
    path("settings", views.house_settings, name="settings"),
    path("brand.css", views.stylesheet, name="brand_stylesheet"),
    path("brand/logo", views.logo, name="brand_logo"),
]
