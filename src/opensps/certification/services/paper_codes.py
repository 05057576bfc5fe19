"""The signed codes of a paper: one for each page, over a certificate that is sealed (`trust.md` 4.7, 6.13).

The same facts are signed once in a process, so that a paper that is made again is the same paper.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, timezone

import structlog

from opensps.certificate import Certificate as CertificateValue
from opensps.certification.models import Certificate
from opensps.certification.queries.log import LogPlace, log_by_origin
from opensps.formats import carriers
from opensps.formats.errors import FormatError
from opensps.formats.note_keys import read_key
from opensps.formats.qr_goods import goods_of, marks_of
from opensps.formats.qr_payload import Claims, room_behind, shortest, sign_claims
from opensps.formats.qr_text import write_code
from opensps.signing import Evidence, SealError, Signer, SigningError, TrustList, speaking_key

log = structlog.get_logger()

_REMEMBERED = 2048
_kept: dict[tuple[bytes, Claims, int], bytes] = {}


@dataclass(frozen=True, slots=True)
class CodeSigner:
    """Who signs codes, and the list that must allow it."""

    signer: Signer
    trust: TrustList
    at: datetime


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """What a paper says, as far as its codes repeat it."""

    certificate: Certificate
    value: CertificateValue
    place: LogPlace | None
    offset_minutes: int
    """Of the authority's own time: a certificate is valid to the end of a day there."""

    copy: int
    """0 for the original."""


def page_codes(facts: PaperFacts, *, host: str, codes: CodeSigner | None) -> Callable[[int, int], str] | None:
    """Return the text of the code of a page, from its number and how many there are; ``None`` without a signer."""
    if codes is None or not _may_sign(facts.certificate, codes):
        return None
    token = facts.certificate.token
    whole, room = _claims(facts), room_behind(carriers.check_url(host, token))

    def code(page: int, pages: int) -> str:
        said = whole if page == 1 else shortest(whole)
        message = _signed(codes.signer, replace(said, page=(page, pages)), room)
        return carriers.check_url(host, token) if message is None else write_code(message, host=host, token=token)

    return code


def _may_sign(certificate: Certificate, codes: CodeSigner) -> bool:
    """Return whether a code signed now would be believed; one that would not is never printed."""
    try:
        speaking_key(
            codes.trust.keys_called(codes.signer.kid),
            trust=codes.trust,
            use="qr",
            type_code=certificate.type_code,
            evidence=Evidence(certificate.issued_at, codes.at),
            is_speaker=lambda key: key.authority == certificate.authority and key.algorithm == "ES256",
        )
    except SealError as error:
        log.warning("code_not_signed", reason=error.reason)
        return False
    return True


def _claims(facts: PaperFacts) -> Claims:
    certificate, value = facts.certificate, facts.value
    return Claims(
        issuer=certificate.authority,
        number=certificate.number,
        issued_at=certificate.issued_at.astimezone(UTC).replace(microsecond=0),
        digest=bytes(certificate.digest),
        type_code=certificate.type_code,
        import_country=certificate.import_country,
        valid_until=_end(facts),
        goods=goods_of(value),
        position=_position(facts),
        salt=bytes(certificate.salt),
        marks=marks_of(value),
        copy=facts.copy,
    )


def _end(facts: PaperFacts) -> datetime | None:
    """Return the last second of the last day of validity."""
    until = facts.certificate.valid_until
    if until is None:
        return None
    zone = timezone(timedelta(minutes=facts.offset_minutes))
    return datetime.combine(until, time(23, 59, 59), zone).astimezone(UTC)


def _position(facts: PaperFacts) -> tuple[bytes, int] | None:
    """Return log and index once the tree has the certificate."""
    place = facts.place
    if place is None or not place.is_in_tree:
        return None
    found = log_by_origin(authority=facts.certificate.authority, origin=place.origin)
    return (read_key(found.key).id, place.index) if found is not None else None


def _signed(signer: Signer, claims: Claims, room: int) -> bytes | None:
    """Return the signed claims; where the key does not answer, nothing: the paper then carries a plain link."""
    asked = (signer.kid, claims, room)
    if asked in _kept:
        return _kept[asked]
    try:
        message = sign_claims(claims, kid=signer.kid, sign=signer.sign, limit=room)
    except (SigningError, FormatError) as error:
        log.warning("code_not_signed", reason=type(error).__name__)
        return None
    if len(_kept) >= _REMEMBERED:
        _kept.clear()
    _kept[asked] = message
    return message
