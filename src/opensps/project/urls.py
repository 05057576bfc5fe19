"""Addresses of the installation: those of the pages, nothing besides.

Taken over as a list and not included, for addresses with a language prefix may stand in the root only.
"""

from opensps.web.html.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
