"""Django's registration of this application."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "smartswitch.web.dashboard"
