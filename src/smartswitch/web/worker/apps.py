"""Django's registration of this application."""

from django.apps import AppConfig


class WorkerConfig(AppConfig):
    name = "smartswitch.web.worker"
