"""Addresses of the installation: those of machines, and those of the pages.

Taken over as lists and not included, for addresses with a language prefix may stand in the root only.
"""

from django.conf.urls.i18n import i18n_patterns

from opensps.web.developers import urls as developers
from opensps.web.html import urls as pages
from opensps.web.html.urls import handler400, handler403, handler404, handler500
from opensps.web.rest import urls as rest
from opensps.web.soap import urls as soap

urlpatterns = [
    *soap.urlpatterns,
    *rest.plain,
    *i18n_patterns(*developers.pages_in_each_language, *rest.pages_in_each_language, prefix_default_language=False),
    *pages.urlpatterns,
]

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
