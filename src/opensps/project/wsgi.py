"""The WSGI application: what granian (or gunicorn) serves."""

import os

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opensps.project.settings")
if settings.SECRET_KEY_IS_TEMPORARY:
    raise ImproperlyConfigured("Set OPENSPS_SECRET_KEY: sessions need one secret that all server processes share.")
application = get_wsgi_application()
