"""The WSGI application: what granian (or gunicorn) serves. It does not start without its secret and the triggers."""

import os

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application
from django.db import connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opensps.project.settings")
if settings.SECRET_KEY_IS_TEMPORARY:
    raise ImproperlyConfigured("Set OPENSPS_SECRET_KEY: sessions need one secret that all server processes share.")
application = get_wsgi_application()

from opensps.project.protection import refuse_unprotected  # noqa: E402 the tables can be imported only now

refuse_unprotected()
connection.close()
