"""Addresses for programs: the API, the token endpoint, and the pages that explain problems to people."""

from collections.abc import Iterable

from django.urls import URLPattern, URLResolver, path

from opensps.web.html.access import public
from opensps.web.rest import oauth, pages
from opensps.web.rest.api import api, openapi


def _opened(patterns: Iterable[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """Open the API's views to programs: who may call is decided by its own gate, not by a person's session."""
    found = list(patterns)
    for each in found:
        if isinstance(each, URLPattern):
            public(each.callback)
    return found


_patterns, _app, _namespace = api.urls
plain: list[URLPattern | URLResolver] = [
    path("api/v1/openapi.json", openapi, name="openapi"),
    path("api/v1/", (_opened(_patterns), _app, _namespace)),
    path("oauth2/token", oauth.token, name="oauth-token"),
    path(".well-known/oauth-authorization-server", oauth.metadata, name="oauth-metadata"),
]
pages_in_each_language: list[URLPattern | URLResolver] = [
    path("developers/errors", pages.problems, name="problems"),
    path("developers/errors/<slug:name>", pages.problem, name="problem"),
]
