"""Addresses that speak SOAP: plain, without a language, as the partners of the Hub dialect know them."""

from django.urls import URLPattern, path

from opensps.web.soap import nppo
from opensps.web.soap.dispatcher import view_of

urlpatterns: list[URLPattern] = [
    path("nppo/DeliveryService", view_of(nppo.FACE), name="soap-nppo"),
]
