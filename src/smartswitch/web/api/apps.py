"""Django's registration of this application."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "smartswitch.web.api"
