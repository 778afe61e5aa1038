"""Django's registration of this application."""

from django.apps import AppConfig


class PacksConfig(AppConfig):
    name = "smartswitch.web.packs"
