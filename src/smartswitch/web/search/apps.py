"""Django's registration of this application."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "smartswitch.web.search"
