"""Questions the model certificates of WOAH and Codex both ask; the clauses stand in `woah` and `cxg38`.

A received document that follows another authority's form, such as an entry document of TRACES or of the United
Kingdom, is no model certificate, whatever its type code says: nothing of these standards is asked of it.
"""

from collections.abc import Iterator

from opensps.certificate import Party, Signatory
from opensps.rules.case import Case
from opensps.rules.findings import NO_PARAMS
from opensps.rules.rule import Found, Judge

_SIGNATORY = "exchanged_document.signatories[0]"
FOREIGN_SUBJECTS = frozenset({"CHED_TYPE"})
FOREIGN_LISTS = ("ched_", "eu_intra_")
"""Subjects, and beginnings of list ids, that only forms of TRACES and the United Kingdom have."""


def follows_another_form(case: Case) -> bool:
    """Say whether the document follows the form of TRACES or of the United Kingdom."""
    subjects = [note.subject_code for note in case.document.other_notes if note.subject_code]
    return any(one.value in FOREIGN_SUBJECTS or (one.list_id or "").startswith(FOREIGN_LISTS) for one in subjects)


def lacks_address(party: Party) -> bool:
    """Say whether a named party has no address."""
    address = party.address
    return bool(party.name) and not (address and (address.lines or address.city or address.postcode))


def consignor_lacks_address(case: Case) -> bool:
    """Say whether the consignor has a name and no address."""
    return lacks_address(case.certificate.consignment.consignor)


def consignee_lacks_address(case: Case) -> bool:
    """Say whether the consignee has a name and no address."""
    return lacks_address(case.certificate.consignment.consignee)


def _signatory(case: Case) -> Signatory:
    return case.certificate.certifying_signatory or Signatory()


def attestation_without_text(case: Case) -> Iterator[Found]:
    """Find every attestation that neither says its text nor has a coded value."""
    for place, one in enumerate(_signatory(case).attestations):
        if not one.texts and not one.code:
            yield f"{_SIGNATORY}.attestations[{place}]", {"statement": one.id or str(place + 1)}


def attestation_without_language(case: Case) -> Iterator[Found]:
    """Find every attestation with a text of which nobody says the language."""
    for place, one in enumerate(_signatory(case).attestations):
        if any(text.language is None for text in one.texts):
            yield f"{_SIGNATORY}.attestations[{place}]", {"statement": one.id or str(place + 1)}


def officer_without_position(case: Case) -> bool:
    """Say whether the officer is named without official position."""
    person = _signatory(case).provider.person
    return person is not None and not person.qualifications


def establishment_without(attribute: str) -> Judge:
    """Return a judge that finds every establishment without approval number, or name; parameter `line`."""

    def judge(case: Case) -> Iterator[Found]:
        for number, (path, line) in enumerate(case.lines, 1):
            for place, one in enumerate(line.establishments):
                said = one.approval_number.value if attribute == "approval_number" else one.name
                if not (said or "").strip():
                    yield f"{path}.establishments[{place}].{attribute}", {"line": str(number)}

    return judge


def unnamed_zone_of_origin(case: Case) -> Iterator[Found]:
    """Find every zone of origin that has neither number nor name; parameter `line`."""
    for number, (path, line) in enumerate(case.lines, 1):
        for place, country in enumerate(line.origins):
            if any(not area.id and not area.names for area in country.areas):
                yield f"{path}.origins[{place}].areas", {"line": str(number)}


def unnamed_zone_of_destination(case: Case) -> Iterator[Found]:
    """Find the zones of destination when one has neither number nor name."""
    if any(not area.id and not area.names for area in case.certificate.consignment.import_country.areas):
        yield "consignment.import_country.areas", NO_PARAMS


def equipment_without_seal(case: Case) -> Iterator[Found]:
    """Find every container that has no seal."""
    for place, one in enumerate(case.certificate.consignment.transport_equipment):
        if not one.seals:
            yield f"consignment.transport_equipment[{place}].seals", {"container": one.id.value if one.id else "-"}
