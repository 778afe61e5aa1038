"""Django's registration of this application."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "smartswitch.web.audit"
