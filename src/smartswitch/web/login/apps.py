"""Django's registration of this application."""

from django.apps import AppConfig


class LoginConfig(AppConfig):
    name = "smartswitch.web.login"
