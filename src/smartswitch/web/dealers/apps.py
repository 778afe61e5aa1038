"""Django's registration of this application."""

from django.apps import AppConfig


class DealersConfig(AppConfig):
    name = "smartswitch.web.dealers"
