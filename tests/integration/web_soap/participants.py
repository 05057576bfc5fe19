"""Participants of our own hub for tests: XB and XC, each with the certificate its program shows, and plain calls."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.test import RequestFactory

from opensps.exchange.models import Delivery, Partner, Side
from opensps.exchange.transports import Channel
from opensps.exchange.transports.http_tls import ClientIdentity
from opensps.web.soap import hub
from opensps.web.soap.dispatcher import dispatch
from tests.factories.client_certificates import client_identity, der_of
from tests.factories.partners import confirmed_key, live_partner

ADDRESS = "/hub/DeliveryService"


@cache
def identity(code: str) -> ClientIdentity:
    """Return certificate and key of a participant, made once."""
    return client_identity(f"{code.lower()}.example")


def certificate(code: str) -> bytes:
    """Return the certificate of a participant (DER)."""
    return der_of(identity(code))


def participant(code: str, **columns: Any) -> Partner:
    """Write down a participant that collects, in live exchange, with its certificate."""
    values: dict[str, Any] = {"address": "", "side": Side.HOST, "delivery": Delivery.PULL, **columns}
    partner = live_partner(code, channel=Channel.HUB, **values)
    confirmed_key(partner, fingerprint=hashlib.sha256(certificate(code)).hexdigest())
    return partner


@dataclass(frozen=True, slots=True)
class Caller:
    """A participant's program, in the simplest form: POST, and nothing else known."""

    code: str

    def __call__(self, body: bytes, content_type: str = "text/xml; charset=utf-8", **extra: Any) -> Any:
        """Return the answer of our hub; the way there through the middleware is tested elsewhere."""
        shown = {"opensps.client_certificate": certificate(self.code)} if self.code else {}
        request = RequestFactory().generic("POST", ADDRESS, body, content_type, secure=True, **{**shown, **extra})
        return dispatch(hub.FACE, request, at=datetime.now(UTC))
