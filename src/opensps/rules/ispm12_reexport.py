"""ISPM 12, section 6 and Annex 2: the certificate for re-export and its statement."""

from collections.abc import Callable, Iterator

from opensps.certificate import ReExportStatement, TradeLineItem
from opensps.rules.case import Case
from opensps.rules.fields import ORIGINAL_CERTIFICATE
from opensps.rules.findings import NO_PARAMS, Area, Level
from opensps.rules.rule import REEXPORT, Found, Judge, Rule, on_lines

_ANNEX = "ISPM 12, section 6 and Annex 2"


def _statements(case: Case) -> Iterator[tuple[int, str, TradeLineItem, ReExportStatement]]:
    for number, (path, line) in enumerate(case.lines, 1):
        if line.re_export:
            yield number, f"{path}.re_export", line, line.re_export


def _on_statements(field: str, is_wrong: Callable[[ReExportStatement], bool]) -> Judge:
    def judge(case: Case) -> Iterator[Found]:
        for number, path, _, statement in _statements(case):
            if is_wrong(statement):
                yield f"{path}.{field}", {"line": str(number)}

    return judge


def _neither_nor_both(first: bool, second: bool) -> bool:  # two boxes of the form
    return first == second


def _attached(case: Case) -> list[str]:
    return [one.id for one in case.document.references if one.relationship.value == ORIGINAL_CERTIFICATE]


def _nothing_attached(case: Case) -> Iterator[Found]:
    if not _attached(case):
        yield "exchanged_document.references", NO_PARAMS


def _not_attached(case: Case) -> Iterator[Found]:
    attached = _attached(case)
    for _, path, _, statement in _statements(case):
        for place, number in enumerate(statement.original_numbers):
            if attached and number not in attached:
                yield f"{path}.original_numbers[{place}]", {"number": number}


def _from_here(case: Case) -> Iterator[Found]:
    here = case.certificate.consignment.export_country.code
    for number, path, _, statement in _statements(case):
        for place, country in enumerate(statement.origin_countries):
            if country == here:
                yield f"{path}.origin_countries[{place}]", {"line": str(number), "country": country}


def _other_origin(case: Case) -> Iterator[Found]:
    for number, path, line, statement in _statements(case):
        origins = {origin.code for origin in line.origins if origin.code}
        if statement.origin_countries and origins and not origins & set(statement.origin_countries):
            yield f"{path}.origin_countries", {"line": str(number), "country": ", ".join(sorted(origins))}


def _own_number(case: Case) -> Iterator[Found]:
    for _, path, _, statement in _statements(case):
        for place, number in enumerate(statement.original_numbers):
            if number == case.document.number:
                yield f"{path}.original_numbers[{place}]", {"number": number}


_MISSING, _SENSE = Area.MANDATORY_ELEMENTS, Area.CONSISTENCY

RULES = (
    Rule(
        "ISPM12-A2-STATEMENT",
        f"{_ANNEX} (certifying statement)",
        Level.SEVERE,
        _MISSING,
        "Line %(line)s: fill in the re-export statement: where the goods came from and under which certificate.",
        on_lines("re_export", lambda line: line.re_export is None or not line.re_export.has_statement),
        REEXPORT,
        demands="lines.re_export",
    ),
    Rule(
        "ISPM12-A2-ORIGIN",
        f"{_ANNEX} (contracting party of origin)",
        Level.SEVERE,
        _MISSING,
        "Line %(line)s: choose the country the goods were imported from.",
        _on_statements("origin_countries", lambda statement: not statement.origin_countries),
        REEXPORT,
    ),
    Rule(
        "ISPM12-A2-NUMBER",
        f"{_ANNEX} (covered by phytosanitary certificate No.)",
        Level.SEVERE,
        _MISSING,
        "Line %(line)s: enter the number of the certificate the goods were imported with.",
        _on_statements("original_numbers", lambda statement: not statement.original_numbers),
        REEXPORT,
    ),
    Rule(
        "ISPM12-A2-ORIGINAL",
        f"{_ANNEX} (original or certified true copy)",
        Level.SEVERE,
        _MISSING,
        "Line %(line)s: say whether the original certificate or a certified true copy is attached; tick one box.",
        _on_statements("is_original", lambda one: _neither_nor_both(one.is_original, one.is_certified_true_copy)),
        REEXPORT,
    ),
    Rule(
        "ISPM12-A2-PACKED",
        f"{_ANNEX} (packed or repacked)",
        Level.SEVERE,
        _MISSING,
        "Line %(line)s: say whether the goods are packed or were repacked; tick one box.",
        _on_statements("is_packed", lambda one: _neither_nor_both(one.is_packed, one.is_repacked)),
        REEXPORT,
    ),
    Rule(
        "ISPM12-A2-CONTAINERS",
        f"{_ANNEX} (original or new containers)",
        Level.SEVERE,
        _MISSING,
        "Line %(line)s: say whether the goods are in original or in new containers; tick one box at least.",
        _on_statements(
            "in_original_containers", lambda one: not one.in_original_containers and not one.in_new_containers
        ),
        REEXPORT,
    ),
    Rule(
        "ISPM12-A2-BASIS",
        f"{_ANNEX} (based on the original certificate and additional inspection)",
        Level.SEVERE,
        _MISSING,
        "Line %(line)s: say what you rely on: the original certificate, an additional inspection, or both.",
        _on_statements(
            "based_on_original", lambda one: not one.based_on_original and not one.with_additional_inspection
        ),
        REEXPORT,
    ),
    Rule(
        "ISPM12-A2-ATTACHED",
        f"{_ANNEX} (attached to this certificate)",
        Level.SEVERE,
        _MISSING,
        "Attach the original phytosanitary certificate or its certified true copy.",
        _nothing_attached,
        REEXPORT,
        demands="exchanged_document.references[relationship=AWR]",
    ),
    Rule(
        "ISPM12-A2-ATTACHED-NUMBER",
        f"{_ANNEX} (attached to this certificate)",
        Level.WARNING,
        _SENSE,
        "Attach certificate %(number)s too, or correct its number; no attached original has it.",
        _not_attached,
        REEXPORT,
    ),
    Rule(
        "ISPM12-A2-FROM-HERE",
        "ISPM 12, section 6.1 (considerations for issuing a certificate for re-export)",
        Level.WARNING,
        _SENSE,
        "Line %(line)s comes from %(country)s, which certifies here. Its own goods need an export certificate.",
        _from_here,
        REEXPORT,
    ),
    Rule(
        "ISPM12-A2-OTHER-ORIGIN",
        f"{_ANNEX} (place of origin)",
        Level.WARNING,
        _SENSE,
        "Line %(line)s: the place of origin is %(country)s, but the statement names another country. Check both.",
        _other_origin,
        REEXPORT,
    ),
)

AT_ISSUE = (
    Rule(
        "ISPM12-A2-OWN-NUMBER",
        f"{_ANNEX} (covered by phytosanitary certificate No.)",
        Level.SEVERE,
        _SENSE,
        "Enter the number of the original certificate. %(number)s is the number of this one.",
        _own_number,
        REEXPORT,
    ),
)
