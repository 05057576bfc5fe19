"""Addresses of the installation: those of machines, and those of the pages.

Taken over as lists and not included, for addresses with a language prefix may stand in the root only.
"""

from opensps.web.html import urls as pages
from opensps.web.html.urls import handler400, handler403, handler404, handler500
from opensps.web.soap import urls as soap

urlpatterns = [*soap.urlpatterns, *pages.urlpatterns]

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
