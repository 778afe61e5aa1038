"""Django's registration of this application."""

from django.apps import AppConfig


class RoutesConfig(AppConfig):
    name = "smartswitch.web.routes"
