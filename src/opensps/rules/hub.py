"""HUB rules that judge the certificate itself: what the IPPC ePhyto Hub asks of every 851 and 657."""

from collections.abc import Iterator

from opensps.rules.case import Case
from opensps.rules.findings import NO_PARAMS, Area, Level
from opensps.rules.ispm12_reexport import ORIGINAL_CERTIFICATE
from opensps.rules.rule import EXPORT, PLANTS, REEXPORT, Found, Rule, on_lines, on_treatments

_GUIDE = "IPPC ePhyto Hub guide and mapping"


def _not_an_export(case: Case) -> Iterator[Found]:
    signatory = case.certificate.certifying_signatory
    clauses = [attestation.id for attestation in signatory.attestations] if signatory else []
    if "1" not in clauses:
        yield "exchanged_document.signatories[0].attestations", NO_PARAMS
    yield from ((f"{path}.re_export", NO_PARAMS) for path, line in case.lines if line.re_export)


def _not_a_reexport(case: Case) -> Iterator[Found]:
    signatory = case.certificate.certifying_signatory
    if signatory and signatory.attestations:
        yield "exchanged_document.signatories[0].attestations", NO_PARAMS
    for path, line in case.lines:
        statement = line.re_export
        if statement is None or not statement.based_on_original:
            yield f"{path}.re_export", NO_PARAMS
    if all(one.relationship.value != ORIGINAL_CERTIFICATE for one in case.document.references):
        yield "exchanged_document.references", NO_PARAMS


RULES = (
    Rule(
        "HUB-ZZZ",
        _GUIDE,
        Level.SEVERE,
        Area.MAPPING,
        "Line %(line)s: describe the treatment in its own fields; the Hub takes no other process code than ZZZ.",
        on_treatments("process_code", lambda one: one.process_code.value != "ZZZ"),
        PLANTS,
    ),
    Rule(
        "HUB-TTFT",
        _GUIDE,
        Level.WARNING,
        Area.MANDATORY_ELEMENTS,
        "Line %(line)s: write the whole treatment in words too; some importing countries read nothing else.",
        on_treatments("full_text", lambda one: not one.full_text),
        PLANTS,
    ),
    Rule(
        "HUB-PACKAGES",
        _GUIDE,
        Level.SEVERE,
        Area.MAPPING,
        "Line %(line)s: the Hub wants the packages exactly once, as number and kind or in words.",
        on_lines("packages", lambda line: bool(line.packages) == bool(line.package_text)),
        PLANTS,
    ),
    Rule(
        "HUB-DESCRIPTION",
        _GUIDE,
        Level.SEVERE,
        Area.MANDATORY_ELEMENTS,
        "Line %(line)s: the Hub wants the name of the produce.",
        on_lines("descriptions", lambda line: not line.descriptions),
        PLANTS,
    ),
    Rule(
        "HUB-ORIGIN",
        _GUIDE,
        Level.SEVERE,
        Area.MANDATORY_ELEMENTS,
        "Line %(line)s: the Hub wants a country of origin.",
        on_lines("origins", lambda line: all(origin.code is None for origin in line.origins)),
        PLANTS,
    ),
    Rule(
        "HUB-851",
        _GUIDE,
        Level.SEVERE,
        Area.MAPPING,
        "The Hub wants statement 1 and nothing of a re-export on an export certificate. Correct one or the other.",
        _not_an_export,
        EXPORT,
    ),
    Rule(
        "HUB-657",
        _GUIDE,
        Level.SEVERE,
        Area.MAPPING,
        "The Hub wants the original attached, no numbered statement, and every line based on the original certificate.",
        _not_a_reexport,
        REEXPORT,
    ),
)
