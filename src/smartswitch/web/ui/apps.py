"""Django's registration of this application."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "smartswitch.web.ui"
