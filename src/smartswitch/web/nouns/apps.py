"""Django's registration of this application."""

from django.apps import AppConfig


class NounsConfig(AppConfig):
    name = "smartswitch.web.nouns"
