"""The addresses of packs and prices that are not those of every noun."""

from django.urls import path

from smartswitch.web.packs import views

urlpatterns = [
    path("packs/<int:pk>/cost", views.cost, name="packs-cost"),
    path("packs/<int:pk>/copy", views.copy, name="packs-copy"),
    path("prices/<int:pk>", views.history, name="prices-one"),
    path("prices/<int:pk>/edit", views.edit, name="prices-edit"),
    path("prices/<int:pk>/row", views.row, name="prices-row"),
]
