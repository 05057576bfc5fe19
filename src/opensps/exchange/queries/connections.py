"""Connections as transports see them, with their keys."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from opensps.exchange.errors import SecretsLocked
from opensps.exchange.models import CredentialStatus, PartnerConnection, PartnerCredential
from opensps.exchange.secrets import SecretBox
from opensps.exchange.transports.transport import Channel, Connection, Credential


def place_of(credential: PartnerCredential) -> str:
    """Return the place a secret is encrypted for: it opens in no other row."""
    return f"{credential.authority} {credential.use} {credential.fingerprint}"


def connection_value(
    row: PartnerConnection, credentials: Sequence[PartnerCredential], box: SecretBox | None
) -> Connection:
    """Return a connection as a transport sees it. Raises `SecretsLocked` where a secret of ours cannot be opened."""
    return Connection(
        id=row.pk,
        partner=row.partner.code,
        channel=Channel(row.channel),
        connection_code=row.connection_code,
        own_code=row.own_code,
        address=row.address,
        send_operation=row.send_operation,
        tls_policy=row.tls_policy,
        limits=row.limits,
        options=row.options,
        credentials=tuple(_credential(each, box) for each in credentials if each.connection_id in (None, row.pk)),
        languages=tuple(row.partner.languages),
    )


def _credential(row: PartnerCredential, box: SecretBox | None) -> Credential:
    secret = b""
    if row.secret is not None and box is not None:
        secret = box.open(bytes(row.secret), place=place_of(row))
    return Credential(
        use=row.use,
        name=row.name,
        fingerprint=row.fingerprint,
        material=row.material,
        secret=secret,
        is_ours=row.is_ours,
        is_next=row.status == CredentialStatus.NEXT,
    )


def connection_with_keys(row: PartnerConnection, *, box: SecretBox | None) -> Connection:
    """Return one connection with its keys. One query. Raises `SecretsLocked`."""
    rows = PartnerCredential.objects.filter(authority=row.authority, partner_id=row.partner_id)
    keys = rows.exclude(status=CredentialStatus.RETIRED).order_by("status", "-valid_from", "pk")
    return connection_value(row, list(keys), box)


def connections_by_id(*, authority: str, ids: Sequence[int], box: SecretBox | None) -> Mapping[int, Connection | str]:
    """Return id -> connection with its keys, or the code of the reason why it cannot be used. Two queries."""
    rows = list(PartnerConnection.objects.filter(authority=authority, pk__in=ids).select_related("partner"))
    keys: dict[int, list[PartnerCredential]] = defaultdict(list)
    partners = {row.partner_id for row in rows}
    credentials = PartnerCredential.objects.filter(authority=authority, partner_id__in=partners)
    for each in credentials.exclude(status=CredentialStatus.RETIRED).order_by("status", "-valid_from", "pk"):
        keys[each.partner_id].append(each)
    return {row.pk: _usable(row, keys[row.partner_id], box) for row in rows}


def _usable(row: PartnerConnection, keys: Sequence[PartnerCredential], box: SecretBox | None) -> Connection | str:
    try:
        return connection_value(row, keys, box)
    except SecretsLocked:
        return "secrets_locked"
