"""The door of the printed code: signed facts, checked without a network or beside our own record (`trust.md` 6.13).

Order: form of the text, shape of the message, keys of that name, signature, claims, key, address and token, status.
A link that imitates ours under an address nobody lists is called so, with or without signed facts behind it; it is
never opened.
The page number and the copy number are signed facts too; codes of one paper must agree on everything else.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from opensps.certificate import NumberTypo, parse_number
from opensps.formats import carriers, cose
from opensps.formats.errors import FormatError
from opensps.formats.qr_payload import Claims, read_claims
from opensps.formats.qr_text import ScannedCode, read_code
from opensps.signing import Evidence, SealError, TrustedKey, TrustList, speaking_key
from opensps.verification.aspects import Aspect, Fragment, Outcome, failed, passed
from opensps.verification.content import AHEAD
from opensps.verification.document import Refused
from opensps.verification.entry import check_record
from opensps.verification.guard import never_raises
from opensps.verification.record import NOTHING, AtHand, Record, Terms
from opensps.verification.standing import signed_by, standing
from opensps.verification.verdict import Circumstances, Verdict, decide, offline

CODE = frozenset({Aspect.INPUT, Aspect.SEAL_SHAPE, Aspect.SIGNER, Aspect.INTEGRITY, Aspect.CONTENT, Aspect.CONSISTENCY})
"""What a code must pass beside status and freshness."""

LEEWAY = timedelta(minutes=5)
"""How far two clocks may differ before a certificate counts as out of date."""

_IMITATED = re.compile(r"https?://([^/?#]{1,300})/c/", re.IGNORECASE)
"""A link of our form under whatever address: letters of other alphabets, a name before ``@`` or a port included."""

_UNREADABLE = {"too_large": "too_large", "address": "not_a_certificate"}
_SHAPES = {
    "cbor": (Aspect.INPUT, "encoding"),
    "algorithm": (Aspect.SEAL_SHAPE, "algorithm"),
    "kid": (Aspect.SEAL_SHAPE, "keyinfo"),
}
_CONTENTS = frozenset({"identifier", "date", "number", "claims"})


@dataclass(frozen=True, slots=True)
class _Read:
    """A code whose signature holds, with what has been found about it."""

    scanned: ScannedCode
    claims: Claims
    key: TrustedKey | None = None
    fragments: tuple[Fragment, ...] = ()


def check_code(
    text: str,
    *,
    trust: TrustList,
    now: datetime,
    find_token: Callable[[str], Record | None] | None = None,
    accepts_training: bool = False,
    at_hand: AtHand = NOTHING,
) -> Verdict:
    """Return the verdict on the text of one code. Never raises.

    `find_token` asks our own register; without it, or where it knows nothing, the check rests on what is at hand.
    """
    terms = at_hand.terms(trust, now, accepts_training=accepts_training)
    return never_raises(lambda: _check(text, terms, find_token), now=now)


def check_pages(
    texts: Iterable[str], *, trust: TrustList, now: datetime, accepts_training: bool = False, at_hand: AtHand = NOTHING
) -> Verdict:
    """Return the verdict on the codes of all pages of one paper. Never raises.

    The worst page decides; pages that speak of different certificates, or a page given twice, are `pages_mixed`.
    """
    given = tuple(texts)
    verdicts = [
        check_code(text, trust=trust, now=now, accepts_training=accepts_training, at_hand=at_hand) for text in given
    ]
    return never_raises(lambda: _together(given, verdicts, now), now=now)


def _together(texts: tuple[str, ...], verdicts: list[Verdict], now: datetime) -> Verdict:
    if not verdicts:
        return _refused(Aspect.INPUT, "not_a_certificate", now)
    worst = min(verdicts, key=lambda each: each.answer.order)
    papers = [_paper(text) for text in texts]
    if len({paper for paper, _ in papers}) == 1 and len({page for _, page in papers}) == len(papers):
        return worst
    fragment = failed(Aspect.CONSISTENCY, "page")
    others = (each for each in worst.fragments if each.aspect is not Aspect.CONSISTENCY)
    return replace(decide((*others, fragment), required=frozenset()), as_of=worst.as_of)


def _paper(text: str) -> tuple[object, object]:
    """Return what all pages of one paper share, and which page it is; a text that cannot be read shares nothing."""
    try:
        message = read_code(text).message
        claims = read_claims(cose.read_sign1(message or b"").payload)
    except FormatError:
        return text, None
    pages = claims.page[1] if claims.page is not None else None
    return (claims.issuer, claims.number, claims.digest, claims.copy, pages), claims.page


def _check(text: str, terms: Terms, find_token: Callable[[str], Record | None] | None) -> Verdict:
    verdict = _judged(text, terms, find_token)
    if "address_not_official" not in (verdict.result, *verdict.also):
        return verdict
    return replace(verdict, circumstances=replace(verdict.circumstances, address=_spelt(_host(text))))


def _judged(text: str, terms: Terms, find_token: Callable[[str], Record | None] | None) -> Verdict:
    try:
        scanned = _scanned(text, terms)
        message = _message(scanned, terms)
        holding = _holding(message, terms)
        claims = _claims(message)
    except Refused as refused:
        return _refused(refused.aspect, refused.reason, terms.now)
    read = _Read(scanned, claims, fragments=tuple(map(passed, (Aspect.INPUT, Aspect.SEAL_SHAPE, Aspect.INTEGRITY))))
    read = _with_key(read, holding, terms)
    read = replace(read, fragments=(*read.fragments, *_content(claims, terms), _consistency(read, terms)))
    record = find_token(scanned.token) if find_token is not None and scanned.token else None
    return _beside_record(read, record, terms) if record is not None else _alone(read, terms)


def _refused(aspect: Aspect, reason: str, now: datetime) -> Verdict:
    """Return the verdict on what goes no further; a code does not carry its key, so an unknown one tells nothing."""
    is_open = (aspect, reason) == (Aspect.SIGNER, "unknown_key")
    fragment = Fragment(aspect, Outcome.ERROR, reason) if is_open else failed(aspect, reason)
    return replace(decide((fragment,), required=frozenset()), as_of=now)


def _scanned(text: str, terms: Terms) -> ScannedCode:
    try:
        return read_code(text)
    except FormatError as error:
        if error.code == "address" and _is_strange(_host(text), terms):
            raise Refused(Aspect.CONSISTENCY, "host") from None
        raise Refused(Aspect.INPUT, _UNREADABLE.get(error.code, "not_well_formed")) from None


def _host(text: str) -> str:
    """Return whose link this imitates, in small letters; empty where it is no link of our form."""
    found = _IMITATED.match(text)
    return found[1].lower() if found is not None else ""


def _is_strange(host: str, terms: Terms) -> bool:
    """Tell whether a host is no official address of anybody listed; without a list nobody can say."""
    listed = {each for authority in terms.trust.authorities for each in authority.hosts}
    return bool(host and listed) and host not in listed


def _spelt(host: str) -> str:
    """Return an address with every letter that only looks like one of ours as what it is."""
    return "".join(sign if sign.isascii() and sign.isprintable() else f"[U+{ord(sign):04X}]" for sign in host)


def _message(scanned: ScannedCode, terms: Terms) -> cose.Sign1:
    if scanned.message is None:  # a plain link holds no signed facts
        if _is_strange(scanned.host, terms):
            raise Refused(Aspect.CONSISTENCY, "host")
        raise Refused(Aspect.SIGNER, "unknown_key")
    try:
        return cose.read_sign1(scanned.message)
    except FormatError as error:
        raise Refused(*_SHAPES.get(error.code, (Aspect.SEAL_SHAPE, "properties"))) from None


def _holding(message: cose.Sign1, terms: Terms) -> tuple[TrustedKey, ...]:
    """Return the listed keys of that name which signed the message; every one is tried."""
    if not terms.trust.keys:
        raise Refused(Aspect.SIGNER, "list_missing")
    named = terms.trust.keys_called(message.kid)
    if not named:
        raise Refused(Aspect.SIGNER, "unknown_key")
    holding = tuple(key for key in named if signed_by(message, key))
    if not holding:
        is_of_kind = any(key.algorithm == message.algorithm for key in named)
        raise Refused(*((Aspect.INTEGRITY, "signature") if is_of_kind else (Aspect.SEAL_SHAPE, "algorithm")))
    return holding


def _claims(message: cose.Sign1) -> Claims:
    try:
        return read_claims(message.payload)
    except FormatError as error:
        if error.code in _CONTENTS:
            raise Refused(Aspect.CONTENT, error.code) from None
        raise Refused(Aspect.INPUT, "encoding") from None


def _with_key(read: _Read, holding: tuple[TrustedKey, ...], terms: Terms) -> _Read:
    """Ask whether one of the keys may speak for the issuer; an office's outage key speaks in its own block only."""
    claims = read.claims
    try:
        key = speaking_key(
            holding,
            trust=terms.trust,
            use="block" if claims.block else "qr",
            type_code=claims.type_code,
            evidence=Evidence(claims.issued_at, terms.now),
            is_speaker=lambda each: each.authority == claims.issuer,
        )
    except SealError as error:
        return replace(read, fragments=(*read.fragments, failed(Aspect.SIGNER, error.reason)))
    if key.is_training and not terms.accepts_training:
        return replace(read, fragments=(*read.fragments, failed(Aspect.SIGNER, "training")))
    return replace(read, key=key, fragments=(*read.fragments, passed(Aspect.SIGNER)))


def _content(claims: Claims, terms: Terms) -> tuple[Fragment, ...]:
    if claims.issued_at > terms.now + AHEAD:
        return (failed(Aspect.CONTENT, "date"),)
    until = claims.valid_until
    if until is not None and until < claims.issued_at and not _is_over(claims, terms):
        return (failed(Aspect.CONTENT, "date"),)
    try:
        number = parse_number(claims.number)
    except NumberTypo:
        return (passed(Aspect.CONTENT),)
    is_theirs = number.authority == claims.issuer
    return (passed(Aspect.CONTENT) if is_theirs else failed(Aspect.CONTENT, "issuer_mismatch"),)


def _is_over(claims: Claims, terms: Terms) -> bool:
    return claims.valid_until is not None and claims.valid_until < terms.now - LEEWAY


def _consistency(read: _Read, terms: Terms) -> Fragment:
    """Ask whether the address is the issuer's own and the token that of this certificate."""
    scanned, claims = read.scanned, read.claims
    if not scanned.host:
        return passed(Aspect.CONSISTENCY)
    authority = terms.trust.authority(claims.issuer)
    if authority is None or scanned.host not in authority.hosts:
        return failed(Aspect.CONSISTENCY, "host")
    if claims.salt is not None and scanned.token != carriers.token(claims.salt, claims.digest):
        return failed(Aspect.CONSISTENCY, "token_mismatch")
    return passed(Aspect.CONSISTENCY)


def _beside_record(read: _Read, record: Record, terms: Terms) -> Verdict:
    """Return the verdict on our own record, unless the code says something else than it holds."""
    if any(each.aspect is not Aspect.SIGNER and each.reason for each in read.fragments):
        return _about(read, decide(read.fragments, required=CODE), terms)
    if (record.digest, record.number) != (read.claims.digest, read.claims.number):
        return _refused(Aspect.CONSISTENCY, "fields_differ", terms.now)
    return check_record(record, terms, copy=read.claims.copy)


def _alone(read: _Read, terms: Terms) -> Verdict:
    """Return the verdict on what the code itself says, and on what the status list says of it."""
    claims = read.claims
    fragments, as_of = read.fragments, claims.issued_at
    if read.key is not None:
        log_id, index = claims.position if claims.position is not None else (None, None)
        found = standing(terms, authority=claims.issuer, log_id=log_id, index=index)
        fragments = (*fragments, *_ended(found.fragments, claims, terms), *_purpose(claims, terms))
        as_of = found.as_of or as_of
    verdict = decide(fragments, required=CODE | {Aspect.STATUS, Aspect.FRESHNESS})
    return replace(_about(read, offline(verdict), terms), as_of=as_of)


def _ended(found: tuple[Fragment, ...], claims: Claims, terms: Terms) -> tuple[Fragment, ...]:
    """Return the answers with what the code itself says of its end, unless the list says something worse."""
    if claims.block:
        return (failed(Aspect.STATUS, "unconfirmed"), *(each for each in found if each.aspect is not Aspect.STATUS))
    said = next(each for each in found if each.aspect is Aspect.STATUS)
    if _is_over(claims, terms) and said.reason in {"", "list_missing", "not_covered"}:
        return (failed(Aspect.STATUS, "expired"), *(each for each in found if each.aspect is not Aspect.STATUS))
    return found


def _purpose(claims: Claims, terms: Terms) -> tuple[Fragment, ...]:
    """Ask about the destination; a code does not name the countries on the way, so another one is only remarked."""
    if not terms.destination:
        return ()
    is_meant = claims.import_country == terms.destination
    return (passed(Aspect.PURPOSE) if is_meant else failed(Aspect.PURPOSE, "other_destination"),)


def _about(read: _Read, verdict: Verdict, terms: Terms) -> Verdict:
    claims, key = read.claims, read.key
    authority = terms.trust.authority(key.authority) if key is not None else None
    return replace(
        verdict,
        number=claims.number,
        claims=claims if authority is not None else None,
        signer=authority.name if authority is not None else None,
        issuing_country=claims.issuer[:2],
        as_of=terms.now,
        circumstances=Circumstances(sealed_at=claims.issued_at, changed_at=claims.valid_until),
    )
