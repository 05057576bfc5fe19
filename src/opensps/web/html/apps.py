"""The Django application that carries templates, static files and translations of the pages."""

from django.apps import AppConfig


class HtmlConfig(AppConfig):
    """Pages for people."""

    name = "opensps.web.html"
    label = "html"
