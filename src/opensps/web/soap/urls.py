"""Addresses that speak SOAP: plain, without a language, as the partners of the Hub dialect know them."""

from django.urls import URLPattern, path

from opensps.web.soap import certificate_service, hub, nppo
from opensps.web.soap.dispatcher import view_of

urlpatterns: list[URLPattern] = [
    path("hub/DeliveryService", view_of(hub.FACE), name="soap-hub"),
    path(certificate_service.ADDRESS, view_of(certificate_service.FACE), name="soap-certificate-service"),
    path("nppo/DeliveryService", view_of(nppo.FACE), name="soap-nppo"),
]
