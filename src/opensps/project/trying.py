"""A connection tried by a person: which request, with which keys and doors of this installation. Wired to the settings.

Source: `exchange.md` 7.1. Where we call, their address is called; where they call, our own door is. Private networks
are refused unless OPENSPS_PARTNER_HOSTS names the host, as for everything that leaves.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

from django.conf import settings

from opensps.exchange.errors import SecretsLocked
from opensps.exchange.queries.connections import connection_with_keys
from opensps.exchange.queries.rows import PartnerConnection, Side
from opensps.exchange.queries.webhooks import endpoints_of
from opensps.exchange.services.webhook_endpoints import endpoint_test
from opensps.exchange.transports import Channel, Connection
from opensps.exchange.transports.folder import SCHEME
from opensps.exchange.transports.http_address import Guard
from opensps.exchange.transports.http_tls import TlsSettings
from opensps.exchange.transports.smtp import SmtpTransport
from opensps.exchange.transports.trying import Trial, Tried, try_api, try_door, try_hub, try_mail
from opensps.project.exits import Stopped
from opensps.project.mail import mail_account
from opensps.web.html.protection import secret_box

_DOORS: Final[Mapping[str, tuple[str, bytes]]] = MappingProxyType(
    {
        Channel.HUB: ("/hub/DeliveryService?wsdl", b"DeliveryService"),
        Channel.SOAP: ("/soap/certificate-service?wsdl", b"CertificateService"),
        Channel.REST: ("/api/v1/openapi.json", b'"openapi"'),
    }
)
"""Channel -> what is asked for at our own partner port, and what has to stand in the answer."""


def partner_guard() -> Guard:
    """Return what keeps calls to partners out of private networks."""
    return Guard(frozenset(settings.OPENSPS_PARTNER_HOSTS))


def tried(row: PartnerConnection, at: datetime) -> Trial:
    """Try one connection; the record is not changed."""
    if row.side == Side.HOST and row.channel in _DOORS:
        return _door(row.channel)
    ways: dict[str, Callable[[Connection], Trial]] = {
        Channel.HUB: lambda value: try_hub(value, guard=partner_guard()),
        Channel.REST: lambda value: try_api(value, guard=partner_guard()),
        Channel.SMTP: _mail,
        Channel.TEST: _folder,
    }
    if row.channel == Channel.WEBHOOK:
        return _endpoints(row, at)
    if row.channel not in ways:
        return Trial(tried=Tried.MISSING, asked=str(row.channel), code="no_way")
    try:
        return ways[row.channel](connection_with_keys(row, box=secret_box()))
    except SecretsLocked:
        return Trial(tried=Tried.MISSING, asked=str(row.channel), code="secrets")


def _door(channel: str) -> Trial:
    path, marker = _DOORS[Channel(channel)]
    own = settings.OPENSPS_DEMO_CA_FILE if settings.OPENSPS_DEMO else None
    tls = TlsSettings(authorities_pem=own.read_bytes() if own is not None else b"")
    base = settings.OPENSPS_PARTNER_URL.rstrip("/")
    return try_door(base + path if base else "", tls=tls, marker=marker)


def _mail(value: Connection) -> Trial:
    try:
        account = mail_account()
    except Stopped:
        return Trial(tried=Tried.MISSING, asked="mail", code="account")
    return try_mail(value, SmtpTransport(account=account, guard=partner_guard()))


def _folder(value: Connection) -> Trial:
    is_there = not value.address.startswith(SCHEME) or Path(value.address.removeprefix(SCHEME)).is_dir()
    return Trial(tried=Tried.WORKS if is_there else Tried.NOT_REACHED, asked="folder")


def _endpoints(row: PartnerConnection, at: datetime) -> Trial:
    """Send each endpoint of the partner a message that says nothing; the worker delivers it."""
    active = [each for each in endpoints_of(row.partner) if each.is_active]
    for each in active:
        endpoint_test(endpoint=each, at=at)
    if not active:
        return Trial(tried=Tried.MISSING, asked="webhook", code="endpoint")
    return Trial(tried=Tried.WORKS, asked="webhook", facts={"endpoints": str(len(active))})
