"""What the HTTP server runs: `granian --interface wsgi smartswitch.web.config.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

from smartswitch.runtime.config import read_config
from smartswitch.web.config.secret_key import make_secret_key

make_secret_key(read_config().state_directory)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartswitch.web.config.settings")
application = get_wsgi_application()
