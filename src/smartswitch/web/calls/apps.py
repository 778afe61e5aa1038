"""Django's registration of this application."""

from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "smartswitch.web.calls"
