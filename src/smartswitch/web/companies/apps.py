"""Django's registration of this application."""

from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    name = "smartswitch.web.companies"
