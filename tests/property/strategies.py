"""Certificates as hypothesis draws them.

`carried_certificates()`: 851 and 657 holding only what the dialect ephyto carries without loss (`domain.md` 4), so that
what is written and read again is the same value. `certificates()`: any value the model can hold, every field of every
record, for the JSON form and for rules, which must survive anything.
"""

import types
import typing
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from hashlib import sha256
from typing import Any

from hypothesis import strategies as st

from opensps.certificate import (
    TYPE_CODES,
    AdditionalDeclaration,
    Address,
    Area,
    Attachment,
    Attestation,
    Certificate,
    CertificateKind,
    CertificateNumber,
    Classification,
    Code,
    Consignment,
    ConsignmentItem,
    CountryArea,
    CountryCode,
    Declarations,
    ExchangedDocument,
    Identifier,
    Location,
    MainCarriage,
    Measure,
    OfficialTime,
    OtherQuantity,
    Package,
    Party,
    Person,
    ReExportStatement,
    ReferencedDocument,
    Replacement,
    Seal,
    Signatory,
    SignatoryRole,
    Text,
    TradeLineItem,
    TransportEquipment,
    Treatment,
    normalised,
)

SIGNS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn"))
"""Every assigned character XML 1.0 allows, but control signs."""

COUNTRIES = ("XA", "XB", "XC", "LK", "NL", "DE", "CN", "BR")

PHRASES = tuple(
    map(
        normalised,
        (
            *("Fresh garlic", "Allium sativum", "1 Orchard Road", "IP-2026-948", "None", "NULL", "0", "true", "851"),
            *("a & b < c > d \"e\" 'f'", "]]>", "<!-- -->", "%(name)s 100%", "\\u0041 \\", "{{ x }}", "=1+1"),
            *(
                "示例国动植物检疫局",
                "大蒜（鲜）",
                "ثوم طازج",
                "Ñandú São Łódź Ångström",
                "Jalapen\u0303o",
                "½ m³ °C",
                "\U0001f331",
            ),
        ),
    )
)
"""What traders and officers write, and what trips programs."""

free_words = st.text(SIGNS, min_size=1, max_size=12).map(normalised).filter(bool)
phrases = st.sampled_from(PHRASES)
words = phrases | free_words
"""Text as the model keeps it: NFC, trimmed, single blanks, never empty."""

tokens = st.text("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789-/", min_size=1, max_size=12)
"""Identifiers without blanks."""

codes = st.text("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", min_size=1, max_size=4)
numbers = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=20).map(CertificateNumber)
country_codes = st.sampled_from(COUNTRIES).map(CountryCode)
languages = st.sampled_from(("en", "zh", "fr", "ar"))
texts = st.builds(Text, words, languages)
plain_texts = phrases.map(Text)
amounts = st.integers(1, 10**16).map(lambda tens: Decimal(tens).scaleb(-4))
"""Quantities above nothing, with four fraction digits at most."""

dates = st.integers(date(1990, 1, 1).toordinal(), date(2099, 12, 31).toordinal()).map(date.fromordinal)
offsets = st.integers(-12 * 4, 14 * 4).map(lambda quarters: quarters * 15)


@st.composite
def moments(draw: st.DrawFn) -> OfficialTime:
    """An exact time, to the second, with its offset."""
    seconds = draw(st.integers(0, 3_000_000_000))
    return OfficialTime.moment(
        datetime(1990, 1, 2, tzinfo=UTC) + timedelta(seconds=seconds), offset_minutes=draw(offsets)
    )


days = st.builds(OfficialTime, dates)
times = moments() | days


def many(elements: st.SearchStrategy[Any], least: int = 0, most: int = 2) -> st.SearchStrategy[tuple[Any, ...]]:
    """Return a tuple of so many of the elements."""
    return st.lists(elements, min_size=least, max_size=most).map(tuple)


def perhaps(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return the value or nothing."""
    return st.none() | strategy


def some_of(extras: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Return values for some of the fields."""
    chosen = st.lists(st.sampled_from(sorted(extras)), unique=True, max_size=4)
    return chosen.flatmap(lambda names: st.fixed_dictionaries({name: extras[name] for name in names}))


def measures(*units: str) -> st.SearchStrategy[Measure]:
    """Return a quantity in one of the units."""
    return st.builds(Measure, amounts, st.sampled_from(units))


@st.composite
def attachments(draw: st.DrawFn) -> Attachment:
    """A small file of an allowed type, with its digest."""
    suffix, media_type, head = draw(st.sampled_from(FILE_TYPES))
    content = head + draw(st.binary(max_size=12))
    name = draw(st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True)) + suffix
    return Attachment(name, media_type, content, sha256=sha256(content).digest())


FILE_TYPES = (
    (".pdf", "application/pdf", b"%PDF-1.7\n"),
    (".png", "image/png", b"\x89PNG\r\n\x1a\n"),
    (".jpg", "image/jpeg", b"\xff\xd8\xff\xe0"),
    (".gif", "image/gif", b"GIF89a"),
)


# --- what the dialect ephyto carries without loss -------------------------------------------------------------------

declarations = st.builds(
    Declarations,
    additional=many(st.builds(AdditionalDeclaration, texts)),
    official_information=many(texts),
    import_permits=many(phrases),
    inspections=many(times),
    distinguishing_marks=many(plain_texts),
)
replacements = st.builds(
    Replacement, number=numbers, issued=moments(), reasons=many(texts, 1, 1), has_statement=st.just(value=True)
)
addresses = st.builds(Address, lines=many(phrases, 1, 5))
traders = st.builds(
    Party,
    name=words,
    ids=many(st.builds(Identifier, tokens, scheme=tokens)),
    address=addresses,
)
areas = st.builds(Area, names=many(plain_texts, 1, 1), level=st.just("0"))
origins = st.builds(CountryArea, code=country_codes, areas=many(areas))
countries = st.builds(CountryArea, code=country_codes)
seals = st.builds(Seal, id=tokens)
equipment = st.builds(TransportEquipment, id=st.builds(Identifier, tokens), seals=many(seals))
carriages = st.builds(
    MainCarriage,
    mode=st.sampled_from("1234568").map(lambda mode: Code(mode, "un_rec19")),
    id=st.builds(Identifier, phrases),
    means_name=plain_texts,
)
ports = st.builds(
    Location,
    id=st.builds(Identifier, st.from_regex(r"[A-Z]{2}[A-Z2-9]{3}", fullmatch=True), scheme=st.just("un_locode")),
    names=many(plain_texts, 1, 1),
)
classifications = st.one_of(
    st.builds(Classification, st.just(Code("HS")), st.from_regex(r"[0-9]{6}", fullmatch=True)),
    st.builds(
        Classification,
        st.sampled_from(("IPPC_PLANT_PART", "IPPC_CONDITION")).map(Code),
        class_names=many(texts, 1, 1),
    ),
)
packages = st.builds(
    Package,
    level=st.sampled_from("123"),
    type_code=st.sampled_from(("BX", "BG", "CT", "PX")).map(lambda code: Code(code, "un_rec21")),
    count=amounts,
)


@st.composite
def treatments(draw: st.DrawFn) -> Treatment:
    """A treatment; a period has a start before it has anything else."""
    started = draw(perhaps(moments()))
    return Treatment(
        process_code=Code("ZZZ", "un_7187"),
        type_level_1=draw(perhaps(st.sampled_from(("CHT", "RAT", "PHT")).map(Code))),
        type_level_2=draw(perhaps(st.sampled_from(("FG", "OP", "DI")).map(Code))),
        active_ingredients=draw(many(st.sampled_from(("238", "240")).map(Code) | st.just(Text("Methyl bromide")))),
        started=started,
        ended=draw(perhaps(moments())) if started else None,
        duration=draw(perhaps(measures("HUR", "DAY", "MIN"))) if started else None,
        temperature=draw(perhaps(measures("CEL", "FAH"))),
        concentration=draw(perhaps(measures("A93", "GL", "KX", "59"))),
        additional_information=draw(many(texts, 0, 1)),
        full_text=draw(many(texts, 1, 2)),
    )


re_exports = st.builds(
    ReExportStatement,
    origin_countries=many(country_codes, 1),
    original_numbers=many(numbers, 1),
    has_statement=st.just(value=True),
    is_original=st.booleans(),
    is_certified_true_copy=st.booleans(),
    is_packed=st.booleans(),
    is_repacked=st.booleans(),
    in_original_containers=st.booleans(),
    in_new_containers=st.booleans(),
    based_on_original=st.booleans(),
    with_additional_inspection=st.booleans(),
)


@st.composite
def carried_lines(draw: st.DrawFn, *, sequence: int, kind: CertificateKind) -> TradeLineItem:
    """One line; packages are coded or in words, never both."""
    is_coded, is_reexport = draw(st.booleans()), kind is CertificateKind.PHYTOSANITARY_REEXPORT
    return TradeLineItem(
        sequence=sequence,
        descriptions=draw(many(texts, 1)),
        scientific_names=draw(many(plain_texts, 1)),
        net_weight=draw(measures("KGM", "TNE", "GRM")),
        packages=draw(many(packages, 1)) if is_coded else (),
        package_text=() if is_coded else draw(many(plain_texts, 1)),
        origins=draw(many(origins, 1)),
        re_export=draw(re_exports) if is_reexport else None,
        **draw(some_of(LINE_EXTRAS)),
    )


LINE_EXTRAS: dict[str, st.SearchStrategy[Any]] = {
    "common_names": many(texts, 1),
    "intended_uses": many(texts, 1),
    "gross_weight": measures("KGM"),
    "net_volume": measures("MTQ", "LTR"),
    "gross_volume": measures("MTQ"),
    "other_quantity": st.builds(OtherQuantity, amounts, phrases),
    "declarations": declarations,
    "classifications": many(classifications, 1),
    "treatments": many(treatments(), 1),
}


@st.composite
def references(draw: st.DrawFn, *, relationship: str) -> ReferencedDocument:
    """An attached document with a plain date."""
    return ReferencedDocument(
        relationship=Code(relationship, "un_1153"),
        id=draw(tokens),
        issued=draw(days),
        information=draw(perhaps(texts)),
        attachments=draw(many(attachments(), 1)),
    )


@st.composite
def carried_documents(draw: st.DrawFn, *, kind: CertificateKind) -> ExchangedDocument:
    """The header of an issued certificate, with one signature."""
    is_reexport = kind is CertificateKind.PHYTOSANITARY_REEXPORT
    clauses = () if is_reexport else draw(st.sampled_from((("1",), ("1", "2"))))
    signatory = Signatory(
        provider=Party(person=Person(draw(words))),
        role=SignatoryRole.CERTIFYING,
        authenticated=draw(moments()),
        place=Location(names=draw(many(plain_texts, 1, 1))),
        attestations=tuple(Attestation(id=clause) for clause in clauses),
    )
    originals = draw(many(references(relationship="AWR"), 1, 1)) if is_reexport else ()
    return ExchangedDocument(
        type_code=TYPE_CODES[kind],
        status_code=draw(st.sampled_from(("70", "40"))),
        number=draw(numbers),
        issued=draw(moments()),
        issuer=Party(name=draw(words)),
        references=(*originals, *draw(many(references(relationship="ZZZ"), 0, 1))),
        signatories=(signatory,),
        **draw(some_of(DOCUMENT_EXTRAS)),
    )


DOCUMENT_EXTRAS: dict[str, st.SearchStrategy[Any]] = {
    "declarations": declarations,
    "has_financial_liability_clause": st.booleans(),
    "replacement": replacements,
}


@st.composite
def carried_certificates(draw: st.DrawFn) -> Certificate:
    """A certificate the dialect ephyto carries without loss."""
    kind = draw(st.sampled_from((CertificateKind.PHYTOSANITARY, CertificateKind.PHYTOSANITARY_REEXPORT)))
    count = draw(st.integers(1, 2))
    lines = tuple(draw(carried_lines(sequence=place + 1, kind=kind)) for place in range(count))
    consignment = Consignment(
        consignor=draw(traders),
        consignee=draw(traders),
        export_country=draw(countries),
        import_country=draw(countries),
        items=(ConsignmentItem(trade_line_items=lines),),
        **draw(some_of(CONSIGNMENT_EXTRAS)),
    )
    return Certificate(kind, draw(carried_documents(kind=kind)), consignment)


CONSIGNMENT_EXTRAS: dict[str, st.SearchStrategy[Any]] = {
    "transit_countries": many(countries, 1),
    "point_of_entry": ports,
    "main_carriages": many(carriages, 1),
    "transport_equipment": many(equipment, 1),
}


# --- any value the model can hold -----------------------------------------------------------------------------------

SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    str: words,
    bool: st.booleans(),
    int: st.integers(0, 99),
    bytes: st.binary(max_size=8),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False, places=4),
    CertificateNumber: numbers,
    CountryCode: country_codes,
    Text: texts | plain_texts,
    Code: st.builds(Code, codes, list_id=perhaps(codes), name=perhaps(words)),
    OfficialTime: times,
    Attachment: attachments() | st.builds(Attachment, uri=words),
    Address: st.builds(Address, lines=many(words, 0, 5), city=perhaps(words), country=perhaps(country_codes)),
}


@cache
def of_type(kind: Any) -> st.SearchStrategy[Any]:
    """Return values of an annotation of the model: scalar, record, enumeration, tuple or union."""
    if kind in SCALARS:
        return SCALARS[kind]
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        return many(of_type(inner[0]))
    if origin in (types.UnionType, typing.Union):
        given = [of_type(one) for one in inner if one is not types.NoneType]
        return st.none() | st.one_of(given) if types.NoneType in inner else st.one_of(given)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(kind)
    if not is_dataclass(kind):
        message = f"no strategy for {kind}"
        raise TypeError(message)
    return records(kind)


def records(record: Any) -> st.SearchStrategy[Any]:
    """Return any value of a record: required fields, and a few of the others."""
    hints = typing.get_type_hints(record)
    required = {one.name for one in fields(record) if one.default is _MISSING}
    return st.deferred(lambda: _some_fields(record, hints, frozenset(required)))


@st.composite
def _some_fields(draw: st.DrawFn, record: Any, hints: dict[str, Any], required: frozenset[str]) -> Any:
    chosen = draw(st.sets(st.sampled_from(sorted(hints)), max_size=6))
    return record(**{name: draw(of_type(hints[name])) for name in sorted(required | chosen)})


_MISSING = fields(Text)[0].default


def certificates() -> st.SearchStrategy[Certificate]:
    """Return any certificate, of any kind, filled in any way."""
    return typing.cast("st.SearchStrategy[Certificate]", of_type(Certificate))
