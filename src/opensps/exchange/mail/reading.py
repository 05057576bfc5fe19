"""A mail of a partner, read in the order of `exchange.md` 4.7, steps 1 to 6; pure, and total over any bytes.

`read_mail` never raises for what a mail holds: it answers with one of the readings below. Only the signed part is
read, dates and names in it prove nothing, archives are never opened, and nothing is shown as a page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from opensps.exchange.mail.building import mic_of
from opensps.exchange.mail.certificates import ExchangeCertificate
from opensps.exchange.mail.classes import MailClass, class_of, is_automatic
from opensps.exchange.mail.errors import MailQuarantined, Reason
from opensps.exchange.mail.fields import SpsFields, read_fields
from opensps.exchange.mail.smime import ExchangeKey, opened, signer_of
from opensps.exchange.mail.structure import MAX_BYTES, Part, read_entity, read_parts
from opensps.exchange.mail.words import message_id, sole_address

_XML_KINDS = frozenset({"application/xml", "text/xml"})
_SIGNATURES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature"})
_ENVELOPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})


_SIGNED_PARTS = 2
"""What is signed, and its signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPartner:
    """What the profile of a partner says about mail."""

    code: str
    addresses: tuple[str, ...]
    """Lower case; mail of theirs comes from one of these."""

    pinned: tuple[ExchangeCertificate, ...] = ()
    must_sign: bool = True
    """False: the seal inside the certificate is relied on, and this mail need not be signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What any mail says of itself on the outside; evidence of nothing."""

    message_id: str = ""
    sender: str = ""
    """The address of the one From, lower case, "" for none or several."""

    is_automatic: bool = True
    wants_receipt: bool = False


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Kept and looked at by a person; `detail` is English and holds no text of the mail."""

    reason: Reason
    detail: str
    facts: Facts = Facts()
    partner: str = ""


@dataclass(frozen=True, slots=True)
class Automatic:
    """An automatic reply: kept, never answered."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class ReportMail:
    """A bounce or a receipt; `signer` is set where a partner's pinned key signed it."""

    part: Part
    facts: Facts
    partner: str = ""
    signer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """One part beside the XML: opaque, its name for display only."""

    kind: str
    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeMail:
    """What the signed part holds."""

    partner: str
    facts: Facts
    signer: str
    """Fingerprint of the pinned certificate that signed; "" for an unsigned mail of a partner that need not sign."""

    fields: SpsFields | None
    """``None`` where the signed part has none of ours, or the mail is not signed."""

    xml: bytes | None
    text: str
    """The first plain text, cut; for an inquiry."""

    attached: tuple[Attached, ...] = ()
    mic: str = ""


Reading = Quarantined | Automatic | ReportMail | ExchangeMail

MAX_TEXT = 20_000


def read_mail(
    raw: bytes,
    *,
    mail_from: str,
    partner_of: Callable[[str], MailPartner | None],
    keys: tuple[ExchangeKey, ...],
    at: datetime,
) -> Reading:
    """Return what a mail is; `partner_of` finds a partner by an address in lower case, `keys` open sealed mails."""
    facts = Facts()
    code = ""
    try:
        mail = read_parts(raw)
        facts = _facts(mail, mail_from)
        kind = class_of(mail, mail_from=mail_from)
        if kind is MailClass.AUTOMATIC:
            return Automatic(facts)
        partner = partner_of(facts.sender) if facts.sender else None
        if kind is MailClass.REPORT:
            return _report(mail, facts, partner, at)
        known = _known(partner, facts)
        code = known.code
        return _exchange(_clear(mail, keys), facts, known, at)
    except MailQuarantined as refused:
        return Quarantined(refused.reason, refused.detail, facts, code)


def outer_message_id(raw: bytes) -> str:
    """Return what a mail calls itself, "" where it cannot be read; evidence of nothing."""
    try:
        return message_id(read_parts(raw).first("message-id"))
    except MailQuarantined:
        return ""


def _known(partner: MailPartner | None, facts: Facts) -> MailPartner:
    if partner is None or facts.sender not in partner.addresses:
        raise MailQuarantined(Reason.UNKNOWN_SENDER, "not one From with one address that a partner lists")
    return partner


def _facts(mail: Part, mail_from: str) -> Facts:
    return Facts(
        message_id=message_id(mail.first("message-id")),
        sender=sole_address(mail.every("from")) or "",
        is_automatic=is_automatic(mail, mail_from=mail_from),
        wants_receipt=bool(mail.first("disposition-notification-to")),
    )


def _report(mail: Part, facts: Facts, partner: MailPartner | None, at: datetime) -> ReportMail:
    if mail.kind.name != "multipart/signed":
        return ReportMail(mail, facts, partner.code if partner else "")
    signer = _signer(mail, partner, facts.sender, at) if partner else None
    return ReportMail(
        mail.parts[0], facts, partner.code if partner else "", signer.fingerprint if signer is not None else ""
    )


def _clear(mail: Part, keys: tuple[ExchangeKey, ...]) -> Part:
    """Return the entity itself, decrypted where it is sealed; what comes out must be a signed message."""
    if mail.kind.name not in _ENVELOPES:
        return mail
    if mail.kind.parameter("smime-type").lower() not in {"", "enveloped-data"}:
        raise MailQuarantined(Reason.SIGNATURE, "a kind of S/MIME that is not read")
    plain = opened(mail.content(), keys)
    if plain is None:
        raise MailQuarantined(Reason.SIGNATURE, "encrypted, and not for a key of ours")
    if len(plain) > MAX_BYTES or b"\0" in plain[:1024]:
        raise MailQuarantined(Reason.STRUCTURE, "what was encrypted is no mail")
    inner = read_entity(plain)
    if inner.kind.name != "multipart/signed":
        raise MailQuarantined(Reason.SIGNATURE, "encrypted, but not signed inside")
    return inner


def _exchange(mail: Part, facts: Facts, partner: MailPartner, at: datetime) -> ExchangeMail:
    if mail.kind.name != "multipart/signed":
        if partner.must_sign:
            raise MailQuarantined(Reason.SIGNATURE, "not signed")
        return _content(mail, facts, partner, signer="")
    signer = _signer(mail, partner, facts.sender, at)
    if signer is None:
        raise MailQuarantined(Reason.SIGNATURE, "no valid signature by a certificate of this partner")
    return _content(mail.parts[0], facts, partner, signer=signer.fingerprint)


def _signer(mail: Part, partner: MailPartner, sender: str, at: datetime) -> ExchangeCertificate | None:
    """Return who signed: pinned for the partner, in its dates, and naming the sender's address or a listed one."""
    if len(mail.parts) != _SIGNED_PARTS or mail.parts[1].kind.name not in _SIGNATURES:
        return None
    known = frozenset({sender, *partner.addresses})
    usable = (each for each in partner.pinned if each.holds_at(at) and (not each.addresses or each.addresses & known))
    return signer_of(mail.parts[0].raw, mail.parts[1].content(), usable)


def _content(part: Part, facts: Facts, partner: MailPartner, *, signer: str) -> ExchangeMail:
    """Return what one part holds; of a part without a signature the fields of ours are not read."""
    fields = read_fields(part) if signer else None
    if signer and fields is None and part.first("sps-profile"):
        raise MailQuarantined(Reason.CONTENT, "the SPS fields cannot be read")
    leaves = _leaves(part)
    documents = [each for each in leaves if each.kind.name in _XML_KINDS]
    is_letter = fields is not None and fields.action in {"inquiry", "collect"}
    if len(documents) != (0 if is_letter else 1):
        raise MailQuarantined(Reason.CONTENT, f"{len(documents)} XML parts instead of one")
    texts = [each for each in leaves if each.kind.name == "text/plain"]
    return ExchangeMail(
        partner=partner.code,
        facts=facts,
        signer=signer,
        fields=fields,
        xml=documents[0].content() if documents else None,
        text=texts[0].content()[:MAX_TEXT].decode("utf-8", "replace") if texts else "",
        attached=tuple(_attached(each) for each in leaves if each not in documents and each not in texts[:1]),
        mic=mic_of(part.raw) if signer else "",
    )


def _leaves(part: Part) -> tuple[Part, ...]:
    """Return the content; alternatives are refused, for they say one thing to one reader and another to the next."""
    inner = [part]
    while inner:
        each = inner.pop()
        if each.kind.main == "multipart" and each.kind.sub not in {"mixed", "related", "report"}:
            raise MailQuarantined(Reason.CONTENT, "a kind of multipart that is not read")
        inner.extend(each.parts)
    return part.leaves()


def _attached(part: Part) -> Attached:
    name = part.kind.parameter("name") or "attachment"
    return Attached(
        kind=part.kind.name, name="".join(sign for sign in name if sign.isprintable())[:120], data=part.content()
    )
