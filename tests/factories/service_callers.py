"""Partners that use our CertificateService: their connection, certificate and key; calls plain and by zeep.

world = Served.made()          certificates on offer to XB (in force, on hold, withdrawn) and one to XC
Program("XB").client(zeep)     a stock client whose calls go straight into the dispatcher
"""

import base64
import hashlib
import secrets
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests
from django.http import HttpResponseBase, StreamingHttpResponse
from django.test import RequestFactory
from lxml import etree
from zeep import Client as ZeepClient
from zeep import Settings
from zeep.transports import Transport
from zeep.wsse.username import UsernameToken

from opensps.certificate import CertificateKind
from opensps.certification.models import Certificate
from opensps.events.services import worker_run_until_idle
from opensps.exchange import services
from opensps.exchange.contracts.certificate_service import CERTIFICATE_SERVICE
from opensps.exchange.contracts.certificate_service_types import CS
from opensps.exchange.contracts.wsdl import wsdl
from opensps.exchange.models import CredentialUse, Delivery, Envelope, Partner, Side
from opensps.exchange.secrets import SecretBox, new_key_text
from opensps.exchange.services.acknowledging import content_keep, new_delivery_number
from opensps.exchange.services.delivering import deliver_due
from opensps.exchange.services.records import change_sequence_next
from opensps.exchange.transports import Channel
from opensps.exchange.transports.scripted import TransportsByChannel
from opensps.exchange.username_token import WSSE, WSU
from opensps.lifecycle import CertificateState
from opensps.web.soap.certificate_service import ADDRESS, FACE
from opensps.web.soap.dispatcher import dispatch
from tests.factories.certification import START, Cast, cast, certificate_in
from tests.factories.client_certificates import client_identity, der_of
from tests.factories.partners import MANAGER, confirmed_key, live_partner

AT = START + timedelta(days=3)
KEY = base64.urlsafe_b64encode(bytes(range(32))).rstrip(b"=")
"""The key of every partner's tokens here, as it was shown once."""

KEY_FILE = new_key_text(b"\x07" * 32)
PORT = "CertificateSoap11Port", "CertificateSoap12Port"
_SOAP = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}
_TYPE = {"1.1": "text/xml; charset=utf-8", "1.2": "application/soap+xml; charset=utf-8"}


@cache
def identity(code: str) -> Any:
    """Return certificate and key of a partner's program, made once."""
    return client_identity(f"{code.lower()}.soap.example", at=START - timedelta(days=1), days=400)


def soap_partner(code: str = "XB", *, authentication: str = "mtls", **connection: Any) -> Partner:
    """Write down a partner that collects by SOAP, live, with certificate and token key."""
    values: dict[str, Any] = {
        "address": "",
        "side": Side.HOST,
        "delivery": Delivery.PULL,
        "authentication": authentication,
        **connection,
    }
    partner = live_partner(code, channel=Channel.SOAP, **values)
    confirmed_key(partner, fingerprint=hashlib.sha256(der_of(identity(code))).hexdigest())
    _token_key(partner)
    return partner


def _token_key(partner: Partner) -> None:
    key = KEY + partner.code.encode()
    added = services.credential_add(
        authority="XA",
        partner=partner.code,
        use=CredentialUse.WSSE_KEY,
        name=f"{partner.code}-system",
        secret=key,
        box=SecretBox.read(KEY_FILE),
        actor=MANAGER,
        at=START,
    )
    services.credential_confirm(
        authority="XA",
        credential_id=added.pk,
        fingerprint=added.fingerprint,
        how=services.MADE_HERE,
        actor=MANAGER,
        at=START,
    )


@dataclass(frozen=True, slots=True)
class Served:
    """What is on offer."""

    people: Cast
    in_force: Certificate
    on_hold: Certificate
    withdrawn: Certificate
    not_theirs: Certificate
    """For XC."""

    @classmethod
    def one(cls) -> "Served":
        """Issue and offer the one in force; it stands for the others too."""
        people = cast()
        only = certificate_in(people)
        worker_run_until_idle(at=AT - timedelta(hours=1))
        offer_all()
        return cls(people, only, only, only, only)

    @classmethod
    def made(cls) -> "Served":
        """Issue, queue and offer all; partners XB and XC exist already."""
        people = cast()
        made = [
            certificate_in(people, state)
            for state in (CertificateState.IN_FORCE, CertificateState.ON_HOLD, CertificateState.WITHDRAWN)
        ]
        other = certificate_in(people, kind=CertificateKind.PHYTOSANITARY_REEXPORT)
        worker_run_until_idle(at=AT - timedelta(hours=1))
        offer_all()
        in_force, on_hold, withdrawn = made
        return cls(people, in_force, on_hold, withdrawn, other)


def offer_all() -> None:
    """Check and offer whatever waits for its turn, as the worker does."""
    nothing = TransportsByChannel.of_pairs([])
    for _ in range(5):
        deliver_due(authority="XA", transports=nothing, clock=lambda: AT - timedelta(minutes=30))


def offered(partner: Partner, data: bytes = b"<a/>", *, at: datetime) -> Envelope:
    """Put bytes on offer to a partner, without the certificate behind them."""
    content = content_keep(authority="XA", data=data, at=at)
    return Envelope.objects.create(
        authority="XA",
        delivery_number=new_delivery_number(at),
        direction="out",
        partner=partner,
        connection=partner.connections.get(),
        channel="soap",
        from_code="XA",
        to_code=partner.code,
        number="XA-2026-014-0000001-1",
        type_code="851",
        status_code="70",
        certificate_state="in_force",
        issued_at=at,
        export_country="XA",
        import_country="XB",
        sha256=content.sha256,
        size_bytes=content.size_bytes,
        content=content,
        state="waiting",
        queued_at=at,
        sent_at=at,
        changed_at=at,
        fetched_at=at,
        change_sequence=change_sequence_next(partner.pk),
    )


def envelope_of(certificate: Certificate, *, last: bool = True) -> Envelope:
    """Return the newest (or first) envelope of a certificate."""
    rows = Envelope.objects.filter(direction="out", number=certificate.number).order_by("version")
    found = rows.last() if last else rows.first()
    assert found is not None
    return found


@dataclass(frozen=True, slots=True)
class Program:
    """A program of a partner."""

    code: str = "XB"
    has_certificate: bool = True

    def post(
        self, body: bytes, *, at: datetime = AT, content_type: str = _TYPE["1.1"], **meta: Any
    ) -> HttpResponseBase:
        """Hand a request to the dispatcher as the server would."""
        shown = {"opensps.client_certificate": der_of(identity(self.code))} if self.has_certificate else {}
        request = RequestFactory().post(
            f"/{ADDRESS}", body, content_type=content_type, secure=True, **{**shown, **meta}
        )
        return dispatch(FACE, request, at=at)

    def call(
        self, operation: str, inner: str = "", *, version: str = "1.1", header: str = "", at: datetime = AT, **meta: Any
    ) -> Any:
        """Call as a program without WSDL does; return the first element of the body."""
        answer = self.post(
            plain(operation, inner, version=version, header=header), at=at, content_type=_TYPE[version], **meta
        )
        return body_of(answer)

    def direct(self, at: datetime = AT) -> Transport:
        """Return what carries zeep's messages into the dispatcher."""
        return _Direct(self, at)

    def zeep(self, *, version: str = "1.1", token: bool = False, at: datetime = AT) -> Any:
        """Return a stock client, its calls going straight into the dispatcher."""
        untyped: Any = UsernameToken
        wsse = untyped(f"{self.code}-system", token_key(self.code), use_digest=True, created=at) if token else None
        made: Any = ZeepClient
        client = made(str(contract_file()), transport=self.direct(at), wsse=wsse, settings=Settings(strict=True))
        binding = f"{{{CS}}}CertificateSoap{version.replace('.', '')}"
        return client.create_service(binding, f"https://testserver/{ADDRESS}")


def token_key(code: str) -> str:
    """Return the key of a partner's tokens, as text."""
    return (KEY + code.encode()).decode()


def plain(operation: str, inner: str = "", *, version: str = "1.1", header: str = "") -> bytes:
    """Return a request made by hand; children of the operation have no prefix."""
    return (
        f'<s:Envelope xmlns:s="{_SOAP[version]}"><s:Header>{header}</s:Header>'
        f'<s:Body><{operation} xmlns="{CS}">{inner}</{operation}></s:Body></s:Envelope>'
    ).encode()


def token_header(code: str = "XB", *, at: datetime = AT, nonce: bytes = b"", key: str = "", created: str = "") -> str:
    """Return a Security header with a token made by hand."""
    once, moment = nonce or secrets.token_bytes(16), created or at.strftime("%Y-%m-%dT%H:%M:%SZ")
    made = hashlib.sha1(once + moment.encode() + (key or token_key(code)).encode()).digest()  # noqa: S324  the profile's
    kind = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest"
    return (
        f'<w:Security xmlns:w="{WSSE}" xmlns:u="{WSU}"><w:UsernameToken><w:Username>{code}-system</w:Username>'
        f'<w:Password Type="{kind}">{base64.b64encode(made).decode()}</w:Password>'
        f"<w:Nonce>{base64.b64encode(once).decode()}</w:Nonce><u:Created>{moment}</u:Created>"
        "</w:UsernameToken></w:Security>"
    )


def octets_of(answer: HttpResponseBase) -> bytes:
    """Return the body of an answer, however it is sent."""
    if isinstance(answer, StreamingHttpResponse):
        return b"".join(answer)
    return bytes(answer.content)  # type: ignore[attr-defined]  # every other answer has it


def body_of(answer: HttpResponseBase) -> Any:
    """Return the first element of the body of an answer."""
    root: Any = etree.fromstring(octets_of(answer))
    return root.find("{*}Body")[0]


def fault_code(body: Any) -> tuple[str, str]:
    """Return element and code of a typed fault."""
    assert body.tag.endswith("}Fault"), etree.tostring(body)
    detail = next(each for each in body if each.tag.rpartition("}")[2].lower() == "detail")
    return etree.QName(detail[0]).localname, detail[0].findtext(f"{{{CS}}}code")


@cache
def contract_file() -> Path:
    """Return the WSDL in a file, as partners keep it."""
    path = Path(tempfile.mkdtemp(prefix="opensps-wsdl-")) / "certificate-service.wsdl"
    path.write_bytes(wsdl(CERTIFICATE_SERVICE, address=f"https://testserver/{ADDRESS}"))
    return path


def request_id() -> str:
    """Return a request id nobody used."""
    return uuid4().hex


class _Direct(Transport):
    """Carries zeep's messages into the dispatcher, without a network."""

    def __init__(self, program: Program, at: datetime) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # zeep has no types
        self.program, self.at = program, at

    def post(self, _address: str, message: bytes, headers: dict[str, str]) -> requests.Response:
        """Return what the dispatcher answers."""
        said = {f"HTTP_{name.upper()}": value for name, value in headers.items() if name != "Content-Type"}
        answer = self.program.post(message, at=self.at, content_type=headers["Content-Type"], **said)
        response = requests.Response()
        response.status_code = answer.status_code
        response.headers.update(dict(answer.headers))
        response.raw = BytesIO(octets_of(answer))
        response.encoding = "utf-8"
        return response
