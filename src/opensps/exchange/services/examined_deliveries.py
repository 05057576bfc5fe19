"""What comes before an envelope is taken: it is examined, and nothing is written (`exchange.md` 8.4).

Examining costs processor time and may wait for nothing; so it is done before the transaction in which `receiving` takes
the envelope.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from opensps.exchange.contracts.headers import EnvelopeHeader
from opensps.exchange.examining import Examined, SenderProfile, examine
from opensps.exchange.models import Envelope, Partner, PartnerConnection, ReceivedMessage
from opensps.exchange.queries.receiving import earlier_delivery, sender_profile
from opensps.exchange.terms import ReceivingTerms
from opensps.rules import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One envelope as it came, and by whom."""

    authority: str
    partner: Partner
    connection: PartnerConnection | None
    channel: str
    header: EnvelopeHeader
    content: bytes
    terms: ReceivingTerms
    at: datetime
    sha256: str
    """Of the content, hexadecimal."""

    remote_number: str = ""
    version: int | None = None
    signature: bytes | None = None
    beforehand: tuple[Finding, ...] = ()
    message: ReceivedMessage | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """An envelope that was looked at and is not taken yet: it came before as it is, or was examined."""

    given: Delivery
    found: Envelope | Examined


def envelope_prepare(
    *,
    authority: str,
    partner: Partner,
    connection: PartnerConnection,
    channel: str,
    header: EnvelopeHeader,
    content: bytes,
    is_copy: bool,
    terms: ReceivingTerms,
    at: datetime,
) -> Prepared:
    """Look at an envelope for `envelope_take`, before the caller's transaction; nothing is written."""
    given = Delivery(
        authority=authority,
        partner=partner,
        connection=connection,
        channel=channel,
        header=header,
        content=content,
        terms=terms,
        at=at,
        sha256=hashlib.sha256(content).hexdigest(),
    )
    return prepared(given, is_copy=is_copy, requires_seal=False)


def prepared(given: Delivery, *, is_copy: bool, requires_seal: bool) -> Prepared:
    """Return a delivery with what was found; `requires_seal`: only a seal proves the sender on this channel."""
    before = came_before(given)
    if before is not None and before.sha256 == given.sha256 and before.result:
        return Prepared(given, before)  # nothing is read twice
    profile = replace(sender_profile(partner=given.partner, connection=given.connection, at=given.at), is_copy=is_copy)
    if requires_seal:
        profile = replace(profile, requires_signature=True, is_channel_proven=False)
    return Prepared(given, _examined(given, profile))


def _examined(given: Delivery, profile: SenderProfile) -> Examined:
    return examine(
        given.content,
        header=given.header,
        sender=profile,
        terms=given.terms,
        authority=given.authority,
        at=given.at,
        version=given.version,
        detached_signature=given.signature,
        beforehand=given.beforehand,
    )


def came_before(given: Delivery) -> Envelope | None:
    """Return the same delivery where it came before, whatever it held then."""
    return earlier_delivery(
        partner=given.partner,
        connection=given.connection,
        channel=given.channel,
        header=given.header,
        remote_number=given.remote_number,
        sha256=given.sha256,
    )
