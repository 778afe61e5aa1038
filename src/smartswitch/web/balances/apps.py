"""Django's registration of this application."""

from django.apps import AppConfig


class BalancesConfig(AppConfig):
    name = "smartswitch.web.balances"
