"""Addresses of the pages for developers, in every language."""

from django.urls import URLPattern, URLResolver, path

from opensps.web.developers import pages

pages_in_each_language: list[URLPattern | URLResolver] = [
    path("developers", pages.overview, name="developers"),
    path("developers/quick-start", pages.quick_start, name="developers-quick-start"),
    path("developers/soap", pages.soap, name="developers-soap"),
    path("developers/mail", pages.mail, name="developers-mail"),
    path("developers/mail/sample.eml", pages.mail_sample, name="developers-mail-sample"),
    path("developers/reference", pages.api_reference, name="developers-reference"),
]
