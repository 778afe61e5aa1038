"""Starts the worker: `python -m smartswitch.web.worker`. Its configuration is that of runtime/config.py."""

import asyncio
import logging
import os

import django

from smartswitch.runtime.config import read_config
from smartswitch.runtime.log import start_logging
from smartswitch.runtime.postgres import open_postgres


def main() -> None:
    """Run the worker until it is told to stop."""
    config = read_config()
    start_logging(config.log_level)
    # Its stories of every job are more than an operator wants to read; its warnings are not.
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartswitch.web.config.settings")
    django.setup()

    from smartswitch.web.worker.serve import serve

    with open_postgres(config) as database_url:
        asyncio.run(serve(database_url))


if __name__ == "__main__":
    main()
