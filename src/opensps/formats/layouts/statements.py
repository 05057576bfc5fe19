"""Sentences a paper makes of values: the statements of ISPM 12 in words, attestations, who signed and how to check.

Source: ISPM 12 (code list `ippc_statements`: the wire carries their number, paper their words), WOAH 5.10 and CXG 38
for attestations, which are printed as signed, in every language they have.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from babel.dates import format_date

from opensps import codes
from opensps.certificate import FAMILIES, Attestation, Certificate, Code, Family, ReExportStatement
from opensps.formats.layouts import totals
from opensps.formats.layouts.parts import Line, Pair, Run, day, plain, texts
from opensps.formats.layouts.words import Languages, clock, code_words, country_words, flat, say

CERTIFIED_AS = "CERTIFIED_AS_OR_FOR"
"""Number of the clause that says for what the goods are certified (`domain.md` 5.4)."""

END = "* * * * * * * *"
"""Closes the attestations, so that none can be added."""

_TICKED = {True: "☒", False: "☐"}
_TICK_BOXES = (
    "is_original",
    "is_certified_true_copy",
    "is_packed",
    "is_repacked",
    "in_original_containers",
    "in_new_containers",
    "based_on_original",
    "with_additional_inspection",
)
_REPLACES: Pair = (
    "This certificate replaces and cancels certificate No. %(number)s issued on %(issued)s.",
    "本证书替换并注销于%(issued)s签发的第%(number)s号证书。",
)
_SIGNED: Pair = (
    "Signed electronically by %(officer)s on %(day)s%(clock)s for %(authority)s.",
    "本证书由%(authority)s %(officer)s于%(day)s%(clock)s以电子方式签署。",
)
_HOW_TO_CHECK: Pair = (
    "Scan the code, or type number and verification code at the address shown, to check that it is in force.",
    "请扫描二维码，或在所示网址输入证书编号和核验码，核验本证书是否真实有效。",
)


@dataclass(frozen=True, slots=True)
class Saying:
    """Sentences made of some fields."""

    claims: tuple[str, ...]
    """Paths of the fields they say."""

    paragraphs: Callable[[Certificate, Languages], tuple[tuple[Line, ...], ...]]


def _order(languages: Languages) -> Languages:
    """Return both languages, that of the form first: official sentences are always said in both."""
    return ("zh", "en") if languages[0] == "zh" else ("en", "zh")


def _statement(value: Certificate, languages: Languages) -> tuple[tuple[Line, ...], ...]:
    """Return the certifying statements of an export (ISPM 12, Annex 1), and what a sender wrote beside them."""
    signatory = value.certifying_signatory
    given = signatory.attestations if signatory else ()
    ids = tuple(one.id for one in given if one.id) or ("1",)
    said = (plain(codes.label("ippc_statements", one, language)) for one in ids for language in _order(languages))
    beside = ((*plain(one.code), *texts(one.texts)) for one in given)
    return (*said, *(lines for lines in beside if lines))


def _re_export(value: Certificate, languages: Languages) -> tuple[tuple[Line, ...], ...]:
    """Return statement 3 in both languages for each distinct re-export of the lines, its boxes ticked or empty."""
    distinct = tuple(dict.fromkeys(line.re_export for line in value.lines if line.re_export))
    return tuple(
        plain(_re_export_sentence(value, found, language)) for found in distinct for language in _order(languages)
    )


def _re_export_sentence(value: Certificate, found: ReExportStatement, language: str) -> str:
    ticks = {name: _TICKED[getattr(found, name)] for name in _TICK_BOXES}
    area = value.consignment.export_country
    return codes.label("ippc_statements", "3", language) % {
        **ticks,
        "re_export_country": country_words(area.code, area.names, (language,)),
        "origin_countries": ", ".join(country_words(code, (), (language,)) for code in found.origin_countries),
        "original_numbers": ", ".join(found.original_numbers),
    }


def _replaced(value: Certificate, languages: Languages) -> tuple[tuple[Line, ...], ...]:
    """Return in both languages which certificate this one replaces, in ISPM 12's words for plants, and the reason."""
    found = value.exchanged_document.replacement
    if found is None:
        return ()
    named = {"number": found.number or "–", "issued": day(found.issued) or "–"}
    is_plant = FAMILIES.get(value.kind) is Family.PLANT
    official = (codes.label("ippc_statements", "4"), codes.label("ippc_statements", "4", "zh"))
    said = dict(zip(("en", "zh"), official if is_plant else _REPLACES, strict=True))
    sentences = (plain(said[language] % named) for language in _order(languages))
    return (*sentences, *((texts(found.reasons),) if found.reasons else ()))


def _attestations(value: Certificate, languages: Languages) -> tuple[tuple[Line, ...], ...]:
    """Return the attestations as signed, numbered as in their template, every language of each, and the end sign."""
    signatory = value.certifying_signatory
    given = [one for one in signatory.attestations if one.id != CERTIFIED_AS] if signatory else []
    said = (_attestation(one, languages) for one in given)
    return (*(lines for lines in said if lines), plain(END))


def _attestation(one: Attestation, languages: Languages) -> tuple[Line, ...]:
    code = code_words(Code(one.code), languages) if one.code else None
    head = " ".join(part for part in (one.id, code) if part)
    return (*(((Run(head, named=True),),) if head else ()), *texts(one.texts))


def _certified_as(value: Certificate, languages: Languages) -> tuple[tuple[Line, ...], ...]:
    """Return for what the goods are certified: the text as signed, else the words of its code."""
    signatory = value.certifying_signatory
    given = [one for one in signatory.attestations if one.id == CERTIFIED_AS] if signatory else []
    return tuple(_purpose(one, languages) for one in given)


def _purpose(one: Attestation, languages: Languages) -> tuple[Line, ...]:
    coded = code_words(Code(one.code, "opensps_certified_as"), languages) if one.code else ""
    return (*plain(coded), *(line for line in texts(one.texts) if line[0].text not in coded))


def _temperature(value: Certificate, languages: Languages) -> tuple[tuple[Line, ...], ...]:
    """Return the condition of the transport and each temperature set for its containers, once."""
    units = (*value.consignment.transport_equipment, *(one for line in value.lines for one in line.transport_equipment))
    shown = dict.fromkeys(flat(one, languages) for unit in units for one in unit.temperatures)
    return ((*say(value.consignment.transport_condition, languages), *plain(*shown)),)


SAYINGS: Mapping[str, Saying] = MappingProxyType(
    {
        "statement": Saying(("certifying_signatory.attestations",), _statement),
        "re-export": Saying(("lines.re_export",), _re_export),
        "replaced": Saying(("exchanged_document.replacement",), _replaced),
        "attestations": Saying(("certifying_signatory.attestations",), _attestations),
        "temperature": Saying(("consignment.transport_condition",), _temperature),
        "certified-as": Saying(("certifying_signatory.attestations",), _certified_as),
        "totals": Saying(("consignment.totals",), lambda value, languages: (totals.particulars(value, languages),)),
        "total-weights": Saying(
            ("consignment.totals.net_weight", "consignment.totals.gross_weight"),
            lambda value, languages: (totals.weights(value, languages),),
        ),
        "total-count": Saying(
            ("consignment.totals.count",), lambda value, languages: (say(totals.totals(value).count, languages),)
        ),
        "total-packages": Saying(
            ("consignment.totals.packages",), lambda value, languages: (say(totals.totals(value).packages, languages),)
        ),
    }
)
"""What a layout may say in sentences, by name."""


def notices(value: Certificate) -> tuple[Pair, ...]:
    """Return what stands below the signatures: who signed and how to check it, and the clause on liability."""
    document = value.exchanged_document
    authority = (document.issuer.name if document.issuer else None) or ""
    clause = {"authority": authority}
    liability = (
        codes.label("ippc_statements", "5") % clause,
        codes.label("ippc_statements", "5", "zh") % clause,
    )
    return (
        *((_signed(value, authority),) if document.number else ()),
        *((liability,) if document.has_financial_liability_clause else ()),
    )


def _signed(value: Certificate, authority: str) -> Pair:
    """Return who signed when for whom, and how to check it."""
    signatory = value.certifying_signatory
    at = (signatory.authenticated if signatory else None) or value.exchanged_document.issued
    if signatory is None or at is None:
        return _HOW_TO_CHECK
    person = signatory.provider.person
    who = {"officer": person.name if person else flat(signatory.provider, ("en",)), "authority": authority}
    time = clock(at)
    english = _SIGNED[0] % {**who, "day": day(at), "clock": f", {time}," if time else ""}
    chinese = _SIGNED[1] % {**who, "day": format_date(at.on, "y年M月d日"), "clock": f" {time} " if time else ""}
    return f"{english} {_HOW_TO_CHECK[0]}", chinese + _HOW_TO_CHECK[1]
