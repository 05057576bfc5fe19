"""Whose certificate is believed: the partner port's own word, and that of a listed proxy, nobody else's."""

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from django.conf import LazySettings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from opensps.project.middleware import Caller
from opensps.project.serving.partner_port import CERTIFICATE_KEY
from opensps.web.soap.identity import PORT_KEY, ShownCertificate, Standing, shown_certificate
from tests.factories.client_certificates import client_identity

NOW = datetime.now(UTC)
PEM = client_identity("partner.example").certificate_pem
CERTIFICATE = x509.load_pem_x509_certificate(PEM)
DER = CERTIFICATE.public_bytes(serialization.Encoding.DER)
KNOWN = ShownCertificate(CERTIFICATE.fingerprint(hashes.SHA256()).hex(), Standing.CURRENT)
ESCAPED = quote(PEM.decode())
RFC_9440 = f":{base64.b64encode(DER).decode()}:"


def _asked(*, peer: str = "203.0.113.9", at: datetime = NOW, **meta: object) -> ShownCertificate | None:
    seen: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse()

    Caller(view)(RequestFactory(REMOTE_ADDR=peer).get("/hub/x", **meta))
    return shown_certificate(seen[0], at=at)


def test_port_and_application_mean_the_same_key() -> None:
    assert PORT_KEY == CERTIFICATE_KEY


def test_what_the_partner_port_hands_over_is_believed_from_anywhere() -> None:
    assert _asked(**{PORT_KEY: DER}) == KNOWN


def test_nobody_is_known_without_a_certificate() -> None:
    assert _asked() is None


@pytest.mark.parametrize("header", [ESCAPED, RFC_9440])
def test_a_listed_proxy_is_believed_and_others_are_not(header: str, settings: LazySettings) -> None:
    assert _asked(peer="10.1.2.3", HTTP_CLIENT_CERT=header) is None
    settings.OPENSPS_PARTNER_PROXIES = ["10.1.0.0/16", "::1"]
    assert _asked(peer="10.1.2.3", HTTP_CLIENT_CERT=header) == KNOWN
    assert _asked(peer="::1", HTTP_CLIENT_CERT=header) == KNOWN
    assert _asked(peer="10.2.2.3", HTTP_CLIENT_CERT=header) is None


def test_the_address_of_the_connection_counts_not_the_one_a_header_claims(settings: LazySettings) -> None:
    """X-Forwarded-For is the caller of the proxy; a stranger who writes a proxy's address into it stays a stranger."""
    settings.OPENSPS_PARTNER_PROXIES, settings.OPENSPS_BEHIND_PROXY = ["10.1.2.3"], True
    forged = {"HTTP_X_FORWARDED_FOR": "10.1.2.3", "HTTP_CLIENT_CERT": ESCAPED}
    assert _asked(peer="203.0.113.9", **forged) is None
    assert _asked(peer="10.1.2.3", HTTP_X_FORWARDED_FOR="203.0.113.9", HTTP_CLIENT_CERT=ESCAPED) == KNOWN


def test_the_port_wins_over_a_header(settings: LazySettings) -> None:
    settings.OPENSPS_PARTNER_PROXIES = ["203.0.113.9"]
    other = client_identity("other.example").certificate_pem
    assert _asked(HTTP_CLIENT_CERT=quote(other.decode()), **{PORT_KEY: DER}) == KNOWN


@pytest.mark.parametrize(
    "header", ["", ":", "::::", ":***:", "MII", quote("-----BEGIN CERTIFICATE-----\nAAAA"), "ü" * 5]
)
def test_a_header_that_holds_no_certificate_is_none(header: str, settings: LazySettings) -> None:
    settings.OPENSPS_PARTNER_PROXIES = ["203.0.113.9"]
    shown = _asked(HTTP_CLIENT_CERT=header)
    assert shown is None or shown.standing is Standing.UNREADABLE


def test_the_dates_of_a_certificate_are_looked_at() -> None:
    begins, ends = CERTIFICATE.not_valid_before_utc, CERTIFICATE.not_valid_after_utc
    for at, standing in (
        (begins - timedelta(seconds=1), Standing.NOT_YET),
        (ends + timedelta(seconds=1), Standing.EXPIRED),
    ):
        shown = _asked(at=at, **{PORT_KEY: DER})
        assert shown is not None
        assert (shown.standing, shown.is_current) == (standing, False)


def test_octets_that_are_no_certificate_are_unreadable() -> None:
    shown = _asked(**{PORT_KEY: b"\x30\x03abc"})
    assert shown is not None
    assert not shown.is_current
