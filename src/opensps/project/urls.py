"""Addresses of the installation: those of the pages, nothing besides.

Taken over as a list and not included, for addresses with a language prefix may stand in the root only.
"""

from opensps.web.html.urls import urlpatterns

__all__ = ["urlpatterns"]
