"""Brings the schema of a database up to date, from any process, whether or not Django was set up before."""

import os

import django


def migrate(database_url: str) -> None:
    """Apply what is missing of the schema to the database at `database_url`, as the role that connects.

    That role owns the schema afterwards; it must be allowed to create roles, or they must exist (deploy/postgres).
    Blocks; from asyncio call it in a thread.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartswitch.web.config.settings")
    django.setup()

    from django.core.management import call_command
    from django.db import connections

    from smartswitch.web.config.database import database_settings

    connections["owner"].close()
    del connections["owner"]
    settings = connections.configure_settings({"default": {}, "owner": database_settings(database_url)})["owner"]
    before, connections.settings["owner"] = connections.settings["owner"], settings
    try:
        call_command("migrate", database="owner", verbosity=0, interactive=False, skip_checks=True)
    finally:
        connections["owner"].close()
        del connections["owner"]
        connections.settings["owner"] = before
