"""HUB rules: what the IPPC ePhyto Hub asks of every 851 and 657, and of the envelope it travels in.

Rules of the envelope are silent where the policy has none, and where nobody asked the Hub about the receiver. What the
Hub's lists hold beyond the codes we carry is fetched from it (`opensps codes refresh`).
"""

from collections.abc import Iterator

from opensps.certificate import Code, Treatment
from opensps.rules.case import Case
from opensps.rules.core_codes import is_missing
from opensps.rules.fields import ORIGINAL_CERTIFICATE
from opensps.rules.findings import NO_PARAMS, Area, Level
from opensps.rules.rule import EXPORT, PLANTS, REEXPORT, Found, Rule, on_document, on_lines, on_treatments

_GUIDE = "IPPC ePhyto Hub guide and mapping"
_NPPOS = "IPPC ePhyto Hub, GetActiveNppos"


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


def _unknown_treatments(case: Case) -> Iterator[Found]:
    for path, treatment in case.every(Treatment):
        levels = (("type_level_1", treatment.type_level_1), ("type_level_2", treatment.type_level_2))
        for field, level in levels:
            if isinstance(level, Code) and is_missing("ippc_treatment_types", level.value):
                yield f"{path}.{field}", {"code": level.value}


def _does_not_take(case: Case) -> Iterator[Found]:
    receiver, document = case.policy.receiver, case.document
    if receiver and (document.type_code, document.status_code) not in receiver.allowed:
        yield "exchanged_document.type_code", {"type": document.type_code, "status": document.status_code}


def _wrong_channel(case: Case) -> Iterator[Found]:
    receiver, envelope = case.policy.receiver, case.policy.envelope
    if receiver is None or envelope is None:
        return
    if receiver.delegate and envelope.receiver != receiver.delegate:
        yield "consignment.import_country", {"channel": receiver.delegate}
    for channel in sorted(receiver.forwards - envelope.forwardings):
        yield "consignment.import_country", {"channel": channel}


def _connection_code(case: Case) -> Iterator[Found]:
    envelope, goods = case.policy.envelope, case.certificate.consignment
    if envelope is None:
        return
    for field, code, country in (
        ("export_country", envelope.sender, goods.export_country.code),
        ("import_country", envelope.receiver, goods.import_country.code),
    ):
        if code != country:
            yield f"consignment.{field}.code", {"code": code or "-", "country": country or "-"}


RULES = (
    Rule(
        "HUB-ALLOWED",
        _NPPOS,
        Level.SEVERE,
        Area.ENVELOPE,
        "Send this certificate another way; the receiver takes nothing through the Hub.",
        on_document(
            "consignment.import_country",
            lambda case: case.policy.receiver is not None and not case.policy.receiver.receives,
        ),
        PLANTS,
    ),
    Rule(
        "HUB-ALLOWED",
        _NPPOS,
        Level.SEVERE,
        Area.ENVELOPE,
        "Send this certificate another way; the receiver takes no type %(type)s with status %(status)s.",
        _does_not_take,
        PLANTS,
    ),
    Rule(
        "HUB-CHANNEL",
        _NPPOS,
        Level.SEVERE,
        Area.ENVELOPE,
        "Address the envelope, or a copy of it, to channel %(channel)s, as the receiver has ruled.",
        _wrong_channel,
        PLANTS,
    ),
    Rule(
        "HUB-CODES",
        "IPPC ePhyto Hub, GetTreatmentTypes",
        Level.WARNING,
        Area.CODES,
        "Check the treatment code %(code)s; it is not in our copy of the Hub's list.",
        _unknown_treatments,
        PLANTS,
    ),
    Rule(
        "HUB-FROM-TO",
        _GUIDE,
        Level.INFO,
        Area.ENVELOPE,
        "The Hub knows this partner as %(code)s; the certificate names the country %(country)s.",
        _connection_code,
        PLANTS,
    ),
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
