"""Django's registration of this application."""

from django.apps import AppConfig


class PeersConfig(AppConfig):
    name = "smartswitch.web.peers"
