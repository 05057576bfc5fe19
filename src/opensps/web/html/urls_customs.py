"""Addresses of customs."""

from django.urls import URLPattern, path

from opensps.web.html.views import customs

_ONE = "declarations/<slug:number>"

urlpatterns: list[URLPattern] = [
    path("declarations", customs.listed, name="declarations"),
    path("declarations/new", customs.new, name="declaration-new"),
    path(_ONE, customs.one, name="declaration"),
    path(f"{_ONE}/release", customs.release, name="declaration-release"),
    path(f"{_ONE}/cancel", customs.cancel, name="declaration-cancel"),
]
