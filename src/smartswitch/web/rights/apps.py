"""Django's registration of this application."""

from django.apps import AppConfig


class RightsConfig(AppConfig):
    name = "smartswitch.web.rights"
