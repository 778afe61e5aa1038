"""Django's registration of this application."""

from django.apps import AppConfig


class BrandConfig(AppConfig):
    name = "smartswitch.web.brand"
