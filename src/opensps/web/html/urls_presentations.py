"""Addresses of the ledger of use. Numbers of partners hold any sign."""

from django.urls import URLPattern, path

from opensps.web.html.views import presentation_acts, presentations

_ONE = "presentations/<str:presentation_number>"

urlpatterns: list[URLPattern] = [
    path("presentations", presentations.listed, name="presentations"),
    path("presentations/without", presentations.without, name="present-without"),
    path("present/<str:issuer>/<path:number>", presentations.present, name="present"),
    path(_ONE, presentations.one, name="presentation"),
    path(f"{_ONE}/<slug:name>", presentation_acts.decide, name="presentation-act"),
]
