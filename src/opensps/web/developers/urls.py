"""Addresses of the pages for developers, in every language."""

from django.urls import URLPattern, URLResolver, path

from opensps.web.developers import lists, pages

pages_in_each_language: list[URLPattern | URLResolver] = [
    path("developers", pages.overview, name="developers"),
    path("developers/quick-start", pages.quick_start, name="developers-quick-start"),
    path("developers/soap", pages.soap, name="developers-soap"),
    path("developers/mail", pages.mail, name="developers-mail"),
    path("developers/mail/sample.eml", pages.mail_sample, name="developers-mail-sample"),
    path("developers/keys", pages.keys, name="developers-keys"),
    path("developers/webhooks", pages.webhooks, name="developers-webhooks"),
    path("developers/codes", lists.code_lists, name="developers-codes"),
    path("developers/codes/<slug:name>", lists.code_list, name="developers-code-list"),
    path("developers/limits", pages.limits, name="developers-limits"),
    path("developers/reference", pages.api_reference, name="developers-reference"),
]
