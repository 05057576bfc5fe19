"""Addresses of the installation. Pages belong to ``web.html``; nothing is routed here besides."""

import importlib

from django.conf import settings
from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
if "web.html" in settings.ROOMS:
    # Taken over as a list: addresses with a language prefix may stand in the root only.
    urlpatterns += importlib.import_module("opensps.web.html.urls").urlpatterns
    handler400 = "opensps.web.html.views.errors.bad_request"
    handler403 = "opensps.web.html.views.errors.forbidden"
    handler404 = "opensps.web.html.views.errors.not_found"
    handler500 = "opensps.web.html.views.errors.broken"
