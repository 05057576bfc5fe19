"""ISPM 12, Annex 1, head and foot of the certificate, and section 2.2, replacement certificates.

What can be judged only when a certificate is issued (number, date, officer, statement) stands apart: a draft does
not have it yet.
"""

from collections.abc import Iterator

from opensps.certificate import Signatory
from opensps.rules.case import Case
from opensps.rules.findings import NO_PARAMS, Area, Level
from opensps.rules.rule import EXPORT, PLANTS, Found, Rule, on_document

KNOWN_STATEMENTS = frozenset({"1", "2"})
"""Codes of the certifying statements an 851 may carry (list ippc_statements)."""

_SIGNATORY = "exchanged_document.signatories[0]"


def _signatory(case: Case) -> Signatory:
    return case.certificate.certifying_signatory or Signatory()


def _no_officer(case: Case) -> bool:
    return _signatory(case).provider.person is None


def _no_place(case: Case) -> bool:
    place = _signatory(case).place
    return place is None or not place.names


def _no_statement(case: Case) -> bool:
    return all(attestation.id != "1" for attestation in _signatory(case).attestations)


def _other_statements(case: Case) -> Iterator[Found]:
    for place, attestation in enumerate(_signatory(case).attestations):
        if attestation.id not in KNOWN_STATEMENTS:
            yield f"{_SIGNATORY}.attestations[{place}]", {"statement": attestation.id or "?"}


def _replaces_itself(case: Case) -> bool:
    replaced, number = case.document.replacement, case.document.number
    return replaced is not None and number is not None and replaced.number == number


def _replaces_a_later_one(case: Case) -> Iterator[Found]:
    replaced, issued = case.document.replacement, case.document.issued
    if replaced and replaced.issued and issued and replaced.issued.on > issued.on:
        yield "exchanged_document.replacement.issued", {"date": replaced.issued.on.isoformat()}


def _replaces_without_number(case: Case) -> bool:
    replaced = case.document.replacement
    return replaced is not None and replaced.number is None


def _replaces_without_saying_so(case: Case) -> Iterator[Found]:
    replaced = case.document.replacement
    if replaced is not None and not replaced.has_statement:
        yield "exchanged_document.replacement.has_statement", NO_PARAMS


def _no_country_to(case: Case) -> bool:
    return case.certificate.consignment.import_country.code is None


def _no_country_from(case: Case) -> bool:
    return case.certificate.consignment.export_country.code is None


_MISSING, _SENSE = Area.MANDATORY_ELEMENTS, Area.CONSISTENCY

RULES = (
    Rule(
        "ISPM12-A1-TO",
        "ISPM 12, section 5 (To: Plant Protection Organization(s) of) and Annex 1",
        Level.SEVERE,
        _MISSING,
        "Choose the importing country. The certificate is addressed to its plant protection organization.",
        on_document("consignment.import_country", _no_country_to),
        PLANTS,
        demands="consignment.import_country.code",
    ),
    Rule(
        "ISPM12-A1-FROM",
        "ISPM 12, section 5 (Plant Protection Organization of) and Annex 1",
        Level.SEVERE,
        _MISSING,
        "Choose the country the goods leave from, whose plant protection organization certifies them.",
        on_document("consignment.export_country", _no_country_from),
        PLANTS,
        demands="consignment.export_country.code",
    ),
    Rule(
        "ISPM12-2.2-NUMBER",
        "ISPM 12, section 2.2 (replacement phytosanitary certificates)",
        Level.SEVERE,
        _MISSING,
        "Give the number of the certificate this one replaces.",
        on_document("exchanged_document.replacement.number", _replaces_without_number),
        PLANTS,
    ),
    Rule(
        "ISPM12-2.2-STATEMENT",
        "ISPM 12, section 2.2 (replacement phytosanitary certificates)",
        Level.SEVERE,
        _MISSING,
        "Include the statement that this certificate replaces and cancels the earlier one.",
        _replaces_without_saying_so,
        PLANTS,
    ),
)
"""What an exporter's draft can already be judged by."""

AT_ISSUE = (
    Rule(
        "ISPM12-A1-NUMBER",
        "ISPM 12, section 5 (No.) and Annex 1",
        Level.SEVERE,
        _MISSING,
        "Give the certificate its number.",
        on_document("exchanged_document.number", lambda case: case.document.number is None),
        PLANTS,
        demands="exchanged_document.number",
    ),
    Rule(
        "ISPM12-A1-ISSUER",
        "ISPM 12, section 5 (Plant Protection Organization of) and Annex 1",
        Level.SEVERE,
        _MISSING,
        "Name the plant protection organization that issues the certificate.",
        on_document(
            "exchanged_document.issuer", lambda case: case.document.issuer is None or not case.document.issuer.name
        ),
        PLANTS,
        demands="exchanged_document.issuer.name",
    ),
    Rule(
        "ISPM12-A1-DATE",
        "ISPM 12, section 5 (name of authorized officer, date and signature) and Annex 1",
        Level.SEVERE,
        _MISSING,
        "Give the date of issue.",
        on_document("exchanged_document.issued", lambda case: case.document.issued is None),
        PLANTS,
        demands="exchanged_document.issued",
    ),
    Rule(
        "ISPM12-A1-OFFICER",
        "ISPM 12, section 5 (name of authorized officer, date and signature) and Annex 1",
        Level.SEVERE,
        _MISSING,
        "Name the authorized officer who certifies.",
        on_document(f"{_SIGNATORY}.provider.person", _no_officer),
        PLANTS,
        demands="certifying_signatory.provider.person",
    ),
    Rule(
        "ISPM12-A1-PLACE",
        "ISPM 12, Annex 1 (place of issue)",
        Level.SEVERE,
        _MISSING,
        "Give the place of issue.",
        on_document(f"{_SIGNATORY}.place", _no_place),
        PLANTS,
        demands="certifying_signatory.place",
    ),
    Rule(
        "ISPM12-A1-STATEMENT",
        "ISPM 12, Annex 1 (certifying statement)",
        Level.SEVERE,
        _MISSING,
        "Include certifying statement 1: inspected or tested, free from the quarantine pests, in conformity.",
        on_document(f"{_SIGNATORY}.attestations", _no_statement),
        EXPORT,
        demands="certifying_signatory.attestations",
    ),
    Rule(
        "ISPM12-A1-STATEMENT-KNOWN",
        "ISPM 12, Annex 1 (certifying statement)",
        Level.SEVERE,
        Area.CODES,
        "Remove certifying statement %(statement)s. An export certificate carries statement 1, and 2 where it is used.",
        _other_statements,
        EXPORT,
    ),
    Rule(
        "ISPM12-2.2-SELF",
        "ISPM 12, section 2.2 (replacement phytosanitary certificates)",
        Level.SEVERE,
        _SENSE,
        "Give the number of the earlier certificate. A certificate cannot replace itself.",
        on_document("exchanged_document.replacement.number", _replaces_itself),
        PLANTS,
    ),
    Rule(
        "ISPM12-2.2-DATE",
        "ISPM 12, section 2.2 (replacement phytosanitary certificates)",
        Level.SEVERE,
        _SENSE,
        "Check the date of the replaced certificate: %(date)s is later than the date of this one.",
        _replaces_a_later_one,
        PLANTS,
    ),
)
"""What can be judged only when the issue is prepared."""
