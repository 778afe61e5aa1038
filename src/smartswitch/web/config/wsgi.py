"""What the HTTP server runs: `granian --interface wsgi smartswitch.web.config.wsgi:application`."""

import gc
import logging
import os

from django.core.wsgi import get_wsgi_application

from smartswitch.runtime.config import read_config
from smartswitch.web.config.secret_key import make_secret_key

YOUNG_OBJECTS = 20_000
"""So many new objects are made before Python looks among them for cycles: some of a page's, not each few hundred."""


def _load() -> None:
    """Load all that requests need before the first one comes, and let Python's collector look at it no more: to go
    through it took a page a sixth of a second, some of hundreds."""
    from django.template.loader import get_template
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018 - imports every view
    get_template("page.html")
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)


make_secret_key(read_config().state_directory)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartswitch.web.config.settings")
application = get_wsgi_application()
_load()

# Pages that do not exist and wrong passwords are what strangers can cause at will; only our own faults are logged.
for _name in ("django.request", "django.security", "axes"):
    logging.getLogger(_name).setLevel(logging.ERROR)
