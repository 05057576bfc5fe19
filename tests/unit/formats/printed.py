"""What of a certificate must stand on its paper, and whether it does."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from itertools import pairwise
from typing import Any

from opensps import codes
from opensps.certificate import (
    Attestation,
    Certificate,
    CertificateKind,
    Code,
    CountryArea,
    Identifier,
    Measure,
    OfficialTime,
    Text,
)
from opensps.formats.layouts import LAYOUTS, Sheet
from opensps.formats.layouts.names import word_of
from opensps.formats.layouts.parts import Run, day, number
from tests.unit.formats.test_pdf import opened, page_words

NEVER_PRINTED = frozenset(
    {
        "Certificate.kind",  # the title
        "ExchangedDocument.number",  # the head, tested with the pages
        "ExchangedDocument.type_code",
        "ExchangedDocument.status_code",  # the mark
        "Signatory.authenticated",  # the notice, on paper with a number
        "Signatory.role",
        "Party.role",  # the box
        "Text.language",
        "Code.list_id",
        "Identifier.scheme",
        "Identifier.agency",
        "Identifier.scheme_name",
        "OfficialTime.at",
        "OfficialTime.offset_minutes",
        "OfficialTime.text",
        "AdditionalDeclaration.code",
        "Address.city_code",
        "Address.subdivision_code",
        "Address.type_code",
        "Area.level",
        "Package.level",
        "Attachment.content",
        "Attachment.sha256",
        "Attachment.media_type",
        "Attestation.scheme",
        "TradeLineItem.sequence",  # rows are counted from 1
        "AnimalIdentification.animal",
        "Residue.path",  # its end only
    }
)
"""Fields that other printed words say, or that say nothing to a reader of paper."""


def leaves(value: Any, record: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield field and the words any of which must stand on paper, for everything printable below a value."""
    if value is None or record in NEVER_PRINTED or isinstance(value, bool | bytes):
        return
    if isinstance(value, tuple):
        for one in value:
            yield from leaves(one, record)
    elif is_dataclass(value) and type(value) not in SHOWN:
        for field in fields(value):
            if not _is_said_otherwise(value, field.name):
                yield from leaves(getattr(value, field.name), f"{type(value).__name__}.{field.name}")
    else:
        yield record, SHOWN.get(type(value), _plain)(value)


def _plain(value: Any) -> tuple[str, ...]:
    word = word_of(value.value) if isinstance(value, Enum) else None
    return (str(value), *(word or ()))


def _is_said_otherwise(value: Any, name: str) -> bool:
    """Say whether a field needs no words of its own because of what stands in another."""
    if isinstance(value, CountryArea):
        return name == "code" and bool(value.names)
    held = getattr(value, name)
    if isinstance(held, Code) and held.value == "ZZZ":
        return True
    if isinstance(value, Attestation):
        is_purpose = value.id == "CERTIFIED_AS_OR_FOR"
        return (name == "id" and value.id in {"1", "2", "3", "4", "5"}) or (name in {"id", "code"} and is_purpose)
    return name == "country" and getattr(value, "country_name", None) is not None


def _code(value: Code) -> tuple[str, ...]:
    lists = [one for one in codes.LIST_IDS if codes.is_known(one, value.value)]
    labels = [codes.label(one, value.value, language) for one in lists for language in ("en", "zh")]
    return (value.value, *([value.name] if value.name else ()), *labels, *(word_of(value.value) or ()))


SHOWN: dict[type, Any] = {
    Code: _code,
    Text: lambda value: (value.value,),
    Identifier: lambda value: (value.value,),
    Decimal: lambda value: (number(value),),
    Measure: lambda value: (number(value.value).replace("-", "\u2212"),),
    OfficialTime: lambda value: (day(value) or "", day(value, short=True) or ""),
}


def said(sheet: Sheet) -> str:
    """Everything a sheet says, without blanks."""
    return without_blanks("".join(_said(sheet)))


def _said(value: Any) -> Iterator[str]:
    if isinstance(value, Run):
        yield value.text
    elif isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _said(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _said(getattr(value, field.name))


def without_blanks(text: str) -> str:
    return "".join(text.replace("\u200b", "").split())


def missing_on_paper(value: Certificate, data: bytes) -> list[tuple[str, tuple[str, ...]]]:
    """Return what a certificate says and its pages do not; words may begin on one page and end on the next."""
    with opened(data) as pdf:
        pages = [without_blanks(page_words(page)) for page in pdf.pages]
    overleaf = list(pairwise(pages))
    return [
        (record, spellings)
        for record, spellings in missing(value, "".join(pages))
        if not any(_goes_on(without_blanks(one), *two) for one in spellings for two in overleaf)
    ]


def _goes_on(text: str, page: str, following: str) -> bool:
    return any(text[:cut] in page and text[cut:] in following for cut in range(1, len(text)))


def missing(value: Certificate, shown: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return what a certificate says and a text does not."""
    return [
        (record, spellings)
        for record, spellings in leaves(value)
        if not any(without_blanks(one) in shown for one in spellings)
    ]


KIND_OF = {name: next(iter(sorted(layout.kinds)), CertificateKind.OTHER) for name, layout in LAYOUTS.items()}
"""A kind each layout fits."""
