"""What the HTTP server runs: `granian --interface wsgi smartswitch.web.config.wsgi:application`."""

import logging
import os

from django.core.wsgi import get_wsgi_application

from smartswitch.runtime.config import read_config
from smartswitch.web.config.secret_key import make_secret_key

make_secret_key(read_config().state_directory)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartswitch.web.config.settings")
application = get_wsgi_application()

# Pages that do not exist and wrong passwords are what strangers can cause at will; only our own faults are logged.
for _name in ("django.request", "django.security", "axes"):
    logging.getLogger(_name).setLevel(logging.ERROR)
