"""The addresses of balances and payments."""

from django.urls import path

from smartswitch.web.balances import views

urlpatterns = [
    path("balances/<int:pk>", views.balance, name="balance"),
    path("balances/<int:pk>/calls", views.calls_by_day, name="balance-calls"),
    path("balances/<int:pk>/pay", views.pay, name="balance-pay"),
]
