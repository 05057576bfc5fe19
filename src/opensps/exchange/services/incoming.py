"""Certificates of other authorities: what was said of each is kept beside it, and its state follows from all of it.

Source: `exchange.md` 8.3, `reliability.md` 2.5. Everything happens in the transaction of the receipt, under one lock
per number; a certificate and the one it replaces are locked together, in the order of their numbers.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from opensps.accounts.queries import SYSTEM, Actor
from opensps.certificate import Certificate
from opensps.certification.projection import project
from opensps.certification.queries import certificate_record
from opensps.events.services import event_write, lock
from opensps.exchange.errors import EnvelopeNotFound, RecordRefused
from opensps.exchange.examining import Examined, read_content
from opensps.exchange.models import Envelope, IncomingCertificate, Partner, columns
from opensps.exchange.permissions import delivery_role
from opensps.exchange.statements import (
    Statement,
    Statements,
    counting,
    from_plain,
    replaced_number,
    said_by,
    to_plain,
    with_statement,
)
from opensps.lifecycle import Role
from opensps.lifecycle.receipt import Decision, IncomingState, Settled, decide, settle
from opensps.verification.comparison.folding import bare

OBJECT = "incoming_certificate"
_UNDECIDED = (IncomingState.HELD, IncomingState.CONFLICT, IncomingState.UNKNOWN)
"""States in which a certificate takes the place of no other."""

_ID_LENGTH = 64
_REFERENCES = 20
"""Of one certificate, asked of our register."""


def incoming_id(partner: str, number: str) -> str:
    """Return the permanent id of a certificate of theirs in events."""
    whole = f"{partner}:{number}"
    return whole if len(whole) <= _ID_LENGTH else f"{partner}:{hashlib.sha256(number.encode()).hexdigest()[:40]}"


def incoming_locked(*, authority: str, partner: Partner, numbers: Iterable[str]) -> None:
    """Take the locks of these numbers, lowest first: two messages about one certificate follow each other."""
    for number in sorted(set(filter(None, numbers))):
        lock("incoming", authority, partner.code, number)


def incoming_apply(*, envelope: Envelope, examined: Examined, at: datetime) -> Decision:
    """Keep what an envelope says of its certificate and let the state follow; return what the message was.

    The caller holds the locks of `incoming_locked` for the number and for the number it replaces.
    """
    row = _row(envelope, examined, at)
    known = from_plain(row.said)
    decision = decide(said_by(known), examined.said)
    if decision is Decision.CONFLICT:
        row.chosen_digest = row.chosen_by = ""  # whoever decided did not know of this one
    new = Statement(
        said=examined.said,
        delivery_number=envelope.delivery_number,
        replaces=replaces(examined),
        has_proven_signature=examined.has_proven_signature,
    )
    statements = with_statement(known, new)
    if statements != known:
        row.said = to_plain(statements)
        _settle(row, statements, at=at, read={examined.digest: examined.certificate})
    return decision


def replaces(examined: Examined) -> str:
    """Return the number of the certificate that an envelope's certificate replaces; empty for none."""
    certificate = examined.certificate
    said = certificate.exchanged_document.replacement if certificate is not None else None
    return said.number or "" if said is not None else ""


@transaction.atomic
def incoming_decide(
    *, authority: str, partner: Partner, number: str, digest: str, actor: Actor, reason: str, at: datetime
) -> IncomingCertificate:
    """Let one of the contents under a number count, as a person decided: ends a conflict, releases what was held.

    Raises `NotAllowed`, `EnvelopeNotFound` where nothing is known of the number, `RecordRefused` digest for a content
    that was never said.
    """
    delivery_role(actor, authority=authority)
    first = IncomingCertificate.objects.filter(authority=authority, partner=partner, number=number).first()
    if first is None:
        raise EnvelopeNotFound(number)
    incoming_locked(authority=authority, partner=partner, numbers=(number, first.replaces_number))
    row = IncomingCertificate.objects.select_for_update().get(pk=first.pk)
    statements = from_plain(row.said)
    if all(one.said.digest != digest for one in statements):
        raise RecordRefused("digest")
    row.chosen_digest, row.chosen_by = digest, actor.id
    _settle(row, statements, at=at, read={}, actor=actor, reason=reason)
    return row


def _row(envelope: Envelope, examined: Examined, at: datetime) -> IncomingCertificate:
    """Return the row of a number, a new one that is not saved yet where nothing was ever said of it."""
    given = {"authority": envelope.authority, "partner": envelope.partner, "number": examined.number}
    found = IncomingCertificate.objects.select_for_update(of=("self",)).filter(**given).first()
    if found is not None:
        return found
    return IncomingCertificate(
        **given,
        folded_number=bare(examined.number)[: columns.NUMBER],
        state="",
        arrived_at=at,
        changed_at=at,
        status_envelope=envelope,
    )


def _succeeded(row: IncomingCertificate) -> str:
    """Return the number of a certificate that counts and names this one as replaced; empty for none."""
    successors = IncomingCertificate.objects.filter(
        authority=row.authority, partner_id=row.partner_id, replaces_number=row.number
    ).exclude(state__in=_UNDECIDED)
    return successors.order_by("number").values_list("number", flat=True).first() or ""


def _settle(
    row: IncomingCertificate,
    statements: Statements,
    *,
    at: datetime,
    read: dict[str, Certificate | None],
    actor: Actor = SYSTEM,
    reason: str = "",
) -> None:
    """Give a row the state that follows from everything said, and its predecessor the one that follows from that."""
    successor = _succeeded(row)
    settled = settle(said_by(statements), is_succeeded=bool(successor), chosen=row.chosen_digest)
    before = (row.state, row.content_digest, row.replaced_by, row.has_conflict)
    replaced_before, counts_before = row.replaces_number, row.state not in {"", *_UNDECIDED}
    _write(row, statements, settled, successor=successor, read=read)
    if before == (row.state, row.content_digest, row.replaced_by, row.has_conflict):
        row.save()
        return
    former, row.changed_at = before[0], at
    row.save()
    _tell(row, former, actor=actor, reason=reason, at=at)
    counts = row.state not in _UNDECIDED
    if (replaced_before, counts_before) != (row.replaces_number, counts):
        for number in sorted({replaced_before, row.replaces_number} - {"", row.number}):
            _follow(row, number, at)


def _follow(row: IncomingCertificate, number: str, at: datetime) -> None:
    """Settle the certificate that this one replaces, or no longer does."""
    rows = IncomingCertificate.objects.select_for_update(of=("self",))
    earlier = rows.filter(authority=row.authority, partner_id=row.partner_id, number=number).first()
    if earlier is not None:
        _settle(earlier, from_plain(earlier.said), at=at, read={})


def _write(
    row: IncomingCertificate,
    statements: Statements,
    settled: Settled,
    *,
    successor: str,
    read: dict[str, Certificate | None],
) -> None:
    counted = counting(statements, settled) if settled.digest else None
    has_new_content = settled.digest != row.content_digest or not row.pk
    row.state, row.content_digest = settled.state, settled.digest
    row.has_conflict, row.is_held = settled.has_conflict, settled.state is IncomingState.HELD
    row.replaces_number, row.replaced_by = replaced_number(statements, chosen=row.chosen_digest), successor
    row.replaces = [row.replaces_number] if row.replaces_number else []
    top = max(statements, key=lambda one: (one.said.place, one.said.key))
    row.type_code, row.status_code = top.said.type_code, top.said.status_code
    row.version = top.said.version or 1
    row.status_envelope = _envelope(row, top)
    row.envelope = None if counted is None else _envelope(row, counted)
    row.has_proven_signature = counted is not None and counted.has_proven_signature
    row.issued_at = counted.said.issued_at if counted is not None else None
    if has_new_content:
        _project(row, read.get(settled.digest) or _certificate(row))


def _envelope(row: IncomingCertificate, statement: Statement) -> Envelope:
    return Envelope.objects.select_related("content").get(
        authority=row.authority, delivery_number=statement.delivery_number
    )


def _certificate(row: IncomingCertificate) -> Certificate | None:
    """Return the certificate that counts, read again from what was stored."""
    content = row.envelope.content if row.envelope is not None else None
    if content is None or content.data is None:
        return None
    return read_content(bytes(content.data), extra_countries=frozenset()).certificate


def _project(row: IncomingCertificate, certificate: Certificate | None) -> None:
    """Fill the columns lists and searches need, and look for a certificate of ours it speaks of."""
    if certificate is None:
        row.sha256 = row.envelope.sha256 if row.envelope is not None else ""
        return
    row.kind = certificate.kind
    for name, value in asdict(project(certificate)).items():
        setattr(row, name, value[:2] if name.endswith("_country") else value)
    row.sha256 = row.envelope.sha256 if row.envelope is not None else ""
    row.own_number = _own(row.authority, certificate)


def _own(authority: str, certificate: Certificate) -> str:
    """Return the number of a certificate of ours that theirs is based on: a re-export, or one it refers to."""
    named: list[str] = [
        number for line in certificate.lines if line.re_export for number in line.re_export.original_numbers
    ]
    named += [one.id for one in certificate.exchanged_document.references]
    several = tuple(dict.fromkeys(named))[:_REFERENCES]
    ours = (number for number in several if certificate_record(authority=authority, number=number))
    return next(ours, "")


def _tell(row: IncomingCertificate, former: str, *, actor: Actor, reason: str, at: datetime) -> None:
    """Write the event of a state that changed."""
    event_write(
        authority=row.authority,
        object_kind=OBJECT,
        object_id=incoming_id(row.partner.code, row.number),
        act=f"{OBJECT}.{'decided' if actor is not SYSTEM else row.state}",
        from_state=former,
        to_state=row.state,
        actor=actor.id,
        role=Role.SYSTEM if actor is SYSTEM else delivery_role(actor, authority=row.authority),
        at=at,
        payload={
            "partner": row.partner.code,
            "number": row.number,
            "status": row.status_code,
            "digest": row.content_digest,
            "envelope": row.status_envelope.delivery_number,
            "replaced_by": row.replaced_by,
            "has_conflict": row.has_conflict,
            "reason": reason,
        },
    )
