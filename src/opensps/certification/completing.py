"""From draft to certificate: what the system adds before sealing, and nothing else (I12). Pure.

Source: `architecture.md` 4, `domain.md` 4.1, 4.5, 4.6, 5.4. Number, issue time, signer and issuer are set here; files
handed in become references; a treatment that says its facts in fields only gets them in words as well. Certificates of
animals and food also name office and position of the officer, the parties' roles, and totals.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from opensps import formats
from opensps.certificate import (
    TITLES,
    TYPE_CODES,
    Attachment,
    Attestation,
    Certificate,
    CertificateKind,
    CertificateNumber,
    Code,
    Consignment,
    ConsignmentItem,
    CountryArea,
    CountryCode,
    ExchangedDocument,
    Family,
    Identifier,
    Measure,
    ModelRef,
    OfficialTime,
    Party,
    Person,
    ReferencedDocument,
    Signatory,
    SignatoryRole,
    Text,
    Texts,
    TradeLineItem,
    Treatment,
    named,
)
from opensps.certificate.kinds import Mark, profile_of
from opensps.formats import json_form
from opensps.formats.layouts.totals import totals

ISSUED_STATUS = "70"
"""UNCL 4405: issued."""

DRAFT_STATUS = "47"

_ROLES = "un_3035"
_ORIGINAL, _ATTACHMENT = Code("AWR", "un_1153"), Code("ZZZ", "un_1153")
_UNIT_WORDS = {"CEL": "°C", "FAH": "°F", "HUR": "h", "DAY": "d", "MIN": "min", "A93": "g/m³", "GL": "g/l", "59": "ppm"}


POSITIONS: Mapping[Family, tuple[str, str]] = MappingProxyType(
    {Family.ANIMAL: ("Official veterinarian", "官方兽医"), Family.FOOD: ("Authorized officer", "授权签字人")}
)
"""The certifying officer's position, English and Chinese, where the form asks for it (WOAH 5.10; CXG 38, box 17)."""


@dataclass(frozen=True, slots=True)
class AttachedDocument:
    """A file handed in that travels with the certificate."""

    filename: str
    media_type: str
    data: bytes
    sha256: bytes
    is_original: bool
    """The certificate a re-export came in with."""


@dataclass(frozen=True, slots=True)
class IssueFacts:
    """What the system knows when an issue is prepared."""

    number: CertificateNumber
    issued_at: datetime
    offset_minutes: int
    issuer: str
    """Name of the competent authority."""

    officer: str
    """Name of the certifying officer."""

    place: str
    """Place of the office."""

    authority: str
    """The competent authority's own identifier: ``XA``."""

    office: str
    """Name of the office."""

    office_code: str
    """The office in the number: ``014``."""


def empty_draft(kind: CertificateKind, *, export_country: str) -> Certificate:
    """Return a draft in which only kind and exporting country are known."""
    document = ExchangedDocument(type_code=TYPE_CODES[kind], status_code=DRAFT_STATUS)
    return Certificate(kind, document, Consignment(export_country=CountryArea(code=CountryCode(export_country))))


def draft_form(value: Certificate) -> Certificate:
    """Return the value without what only an issue may set: number, times, issuer, signer, residue."""
    document = value.exchanged_document
    signatories = document.signatories[:1]
    return replace(
        value,
        residue=(),
        exchanged_document=replace(
            document,
            type_code=TYPE_CODES[value.kind],
            status_code=DRAFT_STATUS,
            number=None,
            issued=None,
            issuer=None,
            signatories=tuple(Signatory(attestations=each.attestations) for each in signatories),
        ),
    )


def with_documents(value: Certificate, documents: Iterable[AttachedDocument]) -> Certificate:
    """Return the value with the files that travel with it as references, originals first."""
    files = sorted(documents, key=lambda file: (not file.is_original, file.sha256))
    if not files:
        return value
    own = tuple(_reference(file, value) for file in files)
    document = value.exchanged_document
    return replace(value, exchanged_document=replace(document, references=(*document.references, *own)))


def _reference(file: AttachedDocument, value: Certificate) -> ReferencedDocument:
    attachment = Attachment(file.filename, file.media_type, file.data, sha256=file.sha256)
    if not file.is_original:
        return ReferencedDocument(relationship=_ATTACHMENT, id=file.filename[:60], attachments=(attachment,))
    numbers = [number for line in value.lines if line.re_export for number in line.re_export.original_numbers]
    return ReferencedDocument(
        relationship=_ORIGINAL,
        id=numbers[0] if numbers else file.filename[:60],
        information=Text(TITLES[CertificateKind.PHYTOSANITARY][0], "en"),
        attachments=(attachment,),
    )


def reviewed_digest(value: Certificate, documents: Iterable[bytes]) -> str:
    """Return the hex SHA-256 of a draft and the digests of its files: what a reviewer saw."""
    seen = hashlib.sha256(json_form.dumps(value).encode())
    for digest in sorted(documents):
        seen.update(digest)
    return seen.hexdigest()


def completed(value: Certificate, facts: IssueFacts) -> Certificate:
    """Return the certificate that will be sealed."""
    issued = OfficialTime.moment(facts.issued_at, offset_minutes=facts.offset_minutes)
    document = replace(
        value.exchanged_document,
        type_code=TYPE_CODES[value.kind],
        status_code=ISSUED_STATUS,
        number=facts.number,
        issued=issued,
        issuer=Party(name=facts.issuer),
        signatories=(_signatory(value, facts, issued),),
    )
    consignment = replace(value.consignment, items=tuple(map(_item, value.consignment.items)))
    finished = replace(value, exchanged_document=document, consignment=consignment)
    position = position_of(value.kind)
    return finished if position is None else _named_in_full(finished, facts, position)


def on_template(value: Certificate, template: str) -> Certificate:
    """Return the certificate with the agreed template it is on, ``NAME/VERSION``, where its XML has a place for it."""
    if not template:
        return value
    named_so = replace(value, model=ModelRef(*template.rsplit("/", 1)))
    carried = formats.as_carried(named_so, dialect=formats.dialect_of(named_so))
    return named_so if carried.model == named_so.model else value


def position_of(kind: CertificateKind) -> tuple[str, str] | None:
    """Return how certificates of a kind name the officer's position, `None` where they do not."""
    family = profile_of(kind).family
    return POSITIONS.get(family) if family else None


def _named_in_full(value: Certificate, facts: IssueFacts, position: tuple[str, str]) -> Certificate:
    """Return the certificate with identifiers and roles of everybody named, the officer's position, and totals."""
    document, goods = value.exchanged_document, value.consignment
    person = Person(
        facts.officer, tuple(Text(words, tongue) for words, tongue in zip(position, ("en", "zh"), strict=True))
    )
    provider = Party(
        name=facts.office,
        ids=(Identifier(facts.office_code, "office_id"),),
        role=Code("AM", _ROLES),
        person=person,
    )
    issuer = Party(name=facts.issuer, ids=(Identifier(facts.authority, "authority_id"),), role=Code("RA", _ROLES))
    signatories = tuple(replace(each, provider=provider) for each in document.signatories)
    return replace(
        value,
        exchanged_document=replace(document, titles=_titles(value.kind), issuer=issuer, signatories=signatories),
        consignment=replace(
            goods,
            consignor=replace(goods.consignor, role=Code("CZ", _ROLES)),
            consignee=replace(goods.consignee, role=Code("CN", _ROLES)),
            totals=totals(value),
        ),
    )


def _titles(kind: CertificateKind) -> Texts:
    return tuple(Text(words, tongue) for words, tongue in zip(TITLES[kind], ("en", "zh"), strict=True))


def _signatory(value: Certificate, facts: IssueFacts, issued: OfficialTime) -> Signatory:
    return Signatory(
        provider=Party(person=Person(facts.officer)),
        role=SignatoryRole.CERTIFYING,
        authenticated=issued,
        place=named(facts.place, "en"),
        attestations=_attestations(value),
    )


def _attestations(value: Certificate) -> tuple[Attestation, ...]:
    """Return what the draft asks for; statement 1 stands in every 851, a 657 states in its lines."""
    profile = profile_of(value.kind)
    if profile.mark("certifying_signatory.attestations") is Mark.ABSENT:
        return ()
    drafted = value.certifying_signatory
    asked = drafted.attestations if drafted else ()
    if profile.family is not Family.PLANT:
        return asked
    return (Attestation(id="1"), *(each for each in asked if each.id != "1"))


def _item(item: ConsignmentItem) -> ConsignmentItem:
    return replace(item, trade_line_items=tuple(map(_line, item.trade_line_items)))


def _line(line: TradeLineItem) -> TradeLineItem:
    return replace(line, treatments=tuple(map(_treatment, line.treatments)))


def _treatment(treatment: Treatment) -> Treatment:
    if treatment.full_text:
        return treatment
    words = ", ".join(filter(None, _treatment_words(treatment)))
    return replace(treatment, full_text=(Text(words, "en"),)) if words else treatment


def _treatment_words(treatment: Treatment) -> tuple[str, ...]:
    kinds = [_said(kind) for kind in (treatment.type_level_1, treatment.type_level_2) if kind is not None]
    days = [time.on.isoformat() for time in (treatment.started, treatment.ended) if time is not None]
    return (
        " ".join(kinds),
        " and ".join(map(_said, treatment.active_ingredients)),
        _measured(treatment.concentration),
        _measured(treatment.duration),
        _measured(treatment.temperature),
        " to ".join(dict.fromkeys(days)),
        *(text.value for text in treatment.additional_information),
    )


def _said(kind: Code | Text) -> str:
    return kind.value if isinstance(kind, Text) else (kind.name or kind.value)


def _measured(measure: Measure | None) -> str:
    if measure is None:
        return ""
    return f"{measure.value.normalize():f} {_UNIT_WORDS.get(measure.unit or '', measure.unit or '')}".strip()
