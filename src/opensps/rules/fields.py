"""The fields kinds of certificate are told apart by: where each stands, when it is there, what to say about it.

One row for each field a `kind.toml` may mark; the paths are those of `certificate.kinds`. Rules of a standard ask for a
field under their own clause (`asks_for`); what no clause asks for is judged by `core_kind`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from opensps.certificate import CertificateKind, Location, Mark, Signatory, TradeLineItem, profile_of
from opensps.rules.case import Case
from opensps.rules.findings import NO_PARAMS, Area, Level
from opensps.rules.rule import Found, Judge, Rule, judged_by

QUANTITIES = tuple(
    f"lines.{name}" for name in ("net_weight", "gross_weight", "net_volume", "gross_volume", "count", "other_quantity")
)
PACKINGS = ("lines.packages", "lines.package_text")
CHOICES = (QUANTITIES, PACKINGS)
"""Fields a kind may offer as alternatives of each other."""

ORIGINAL_CERTIFICATE = "AWR"
"""UNCL 1153: the original certificate, or its certified true copy, attached."""

_LINES, _SIGNATORY = "lines.", "certifying_signatory"


@dataclass(frozen=True, slots=True)
class Field:
    """A field a kind may mark."""

    path: str
    """As in the marks of a kind."""

    name: str
    """What an officer calls it."""

    value: Callable[[Any], object]
    """Of a case, or of a trade line: true when the field is there."""

    @property
    def is_on_lines(self) -> bool:
        """Whether every trade line has it."""
        return self.path.startswith(_LINES)

    @property
    def place(self) -> str:
        """Where a finding stands: a path of the value model, below the line for a field of lines."""
        path = self.path.partition("[")[0].removeprefix(_LINES)
        return path.replace(_SIGNATORY, "exchanged_document.signatories[0]")

    @property
    def is_given_at_issue(self) -> bool:
        """Whether a draft cannot have it yet."""
        return self.path.startswith(_SIGNATORY) or self.path in _GIVEN_AT_ISSUE

    @property
    def missing(self) -> str:
        """What to do where it is mandatory and missing."""
        if self.is_on_lines:
            return f"Line %(line)s: enter {self.name}, as this kind of certificate demands."
        return f"Enter {self.name}, as this kind of certificate demands."

    @property
    def out_of_place(self) -> str:
        """What to do where it is there and has no place."""
        if self.is_on_lines:
            return f"Line %(line)s: remove {self.name}. This kind of certificate does not have that field."
        return f"Remove {self.name}. This kind of certificate does not have that field."


_GIVEN_AT_ISSUE = frozenset(
    {
        "exchanged_document.number",
        "exchanged_document.issued",
        "exchanged_document.issuer.name",
        "exchanged_document.status_code",
    }
)


def _signatory(case: Case) -> Signatory:
    return case.certificate.certifying_signatory or Signatory()


def _names_something(place: Location | None) -> bool:
    return place is not None and bool(place.id or place.names)


def _issuer(case: Case) -> object:
    return case.document.issuer and case.document.issuer.name


def _original(case: Case) -> bool:
    return any(one.relationship.value == ORIGINAL_CERTIFICATE for one in case.document.references)


def _has_hs(line: TradeLineItem) -> bool:
    return any(one.system.value == "HS" and one.class_code for one in line.classifications)


def _of_consignment(path: str, name: str) -> Field:
    attribute = path.rpartition(".")[2]
    return Field(path, name, lambda case: getattr(case.certificate.consignment, attribute))


def _of_line(attribute: str, name: str) -> Field:
    return Field(_LINES + attribute, name, lambda line: getattr(line, attribute))


_ROWS = (
    Field("exchanged_document.number", "the number of the certificate", lambda case: case.document.number),
    Field("exchanged_document.issued", "the date of issue", lambda case: case.document.issued),
    Field("exchanged_document.issuer.name", "the authority that issues the certificate", _issuer),
    Field("exchanged_document.status_code", "the status of the certificate", lambda case: case.document.status_code),
    Field(
        "exchanged_document.has_financial_liability_clause",
        "the clause on financial liability",
        lambda case: case.document.has_financial_liability_clause,
    ),
    Field("exchanged_document.references[relationship=AWR]", "the original certificate", _original),
    Field("certifying_signatory.place", "the place of issue", lambda case: _names_something(_signatory(case).place)),
    Field(
        "certifying_signatory.provider.person", "the certifying officer", lambda case: _signatory(case).provider.person
    ),
    Field("certifying_signatory.attestations", "the attestations", lambda case: _signatory(case).attestations),
    Field(
        "consignment.consignor.name",
        "the name of the consignor",
        lambda case: case.certificate.consignment.consignor.name,
    ),
    Field(
        "consignment.consignee.name",
        "the name of the consignee",
        lambda case: case.certificate.consignment.consignee.name,
    ),
    Field(
        "consignment.export_country.code",
        "the exporting country",
        lambda case: case.certificate.consignment.export_country.code,
    ),
    Field(
        "consignment.import_country.code",
        "the importing country",
        lambda case: case.certificate.consignment.import_country.code,
    ),
    Field(
        "consignment.point_of_entry",
        "the point of entry",
        lambda case: _names_something(case.certificate.consignment.point_of_entry),
    ),
    Field(
        "consignment.place_of_loading",
        "the place of loading",
        lambda case: _names_something(case.certificate.consignment.place_of_loading),
    ),
    _of_consignment("consignment.main_carriages", "the means of transport"),
    _of_consignment("consignment.export_exit", "the date of departure"),
    _of_consignment("consignment.availability_due", "the expected date of arrival"),
    _of_consignment("consignment.despatch_party", "the place the goods are sent from"),
    _of_consignment("consignment.transport_equipment", "the containers and seals"),
    _of_consignment("consignment.transport_condition", "the temperature of transport"),
    Field("consignment.items", "the goods", lambda case: case.lines),
    _of_line("descriptions", "the name of the goods"),
    _of_line("common_names", "the common name"),
    _of_line("scientific_names", "the scientific name"),
    _of_line("intended_uses", "the intended use"),
    Field("lines.origins", "the country of origin", lambda line: any(one.code for one in line.origins)),
    _of_line("treatments", "the treatments"),
    Field("lines.classifications[system=HS]", "the HS code", _has_hs),
    _of_line("establishments", "the approved establishments"),
    _of_line("batches", "the batch numbers"),
    _of_line("expiries", "the dates of expiry"),
    _of_line("re_export", "the re-export statement"),
    _of_line("animals", "the animals"),
    _of_line("net_weight", "the net weight"),
    _of_line("gross_weight", "the gross weight"),
    _of_line("net_volume", "the net volume"),
    _of_line("gross_volume", "the gross volume"),
    _of_line("count", "the number of animals or pieces"),
    _of_line("other_quantity", "the quantity in words"),
    _of_line("packages", "the number and kind of packages"),
    _of_line("package_text", "the packages in words"),
)

FIELDS: Mapping[str, Field] = MappingProxyType({row.path: row for row in _ROWS})
"""Path of a field to the field."""


def is_demanded(kind: CertificateKind, path: str) -> bool:
    """Say whether a kind demands the field, by its mark or as the first field of a choice."""
    profile = profile_of(kind)
    return profile.mark(path) is Mark.MANDATORY or any(choice.fields[0] == path for choice in profile.choices)


def missing(field: Field) -> Judge:
    """Return a judge that finds the field where neither it nor what the kind takes in its place is there."""
    return _missing_on_lines(field) if field.is_on_lines else _missing(field)


def _missing(field: Field) -> Judge:
    path, value = field.place, field.value

    def judge(case: Case) -> Iterator[Found]:
        if not value(case):
            yield path, NO_PARAMS

    return judge


def _instead(kind: CertificateKind, path: str) -> tuple[Callable[[Any], object], ...]:
    chosen = next((choice.fields for choice in profile_of(kind).choices if choice.fields[0] == path), (path,))
    return tuple(FIELDS[one].value for one in chosen)


def _missing_on_lines(field: Field) -> Judge:
    values = {kind: _instead(kind, field.path) for kind in CertificateKind}
    path = field.place

    def judge(case: Case) -> Iterator[Found]:
        alternatives = values[case.certificate.kind]
        for number, (start, line) in enumerate(case.lines, 1):
            if not any(value(line) for value in alternatives):
                yield f"{start}.{path}", {"line": str(number)}

    return judge


def out_of_place(field: Field) -> Judge:
    """Return a judge that finds the field where it is there."""

    def judge(case: Case) -> Iterator[Found]:
        if field.is_on_lines:
            for number, (start, line) in enumerate(case.lines, 1):
                if field.value(line):
                    yield f"{start}.{field.place}", {"line": str(number)}
        elif field.value(case):
            yield field.place, NO_PARAMS

    return judge


def asks_for(path: str, id_: str, source: str, template: str, *, group: str) -> Rule:
    """Return the rule of a clause that asks for a field, where kinds of its group mark the field mandatory."""
    kinds = frozenset(kind for kind in judged_by(group) if is_demanded(kind, path))
    judge = missing(FIELDS[path])
    return Rule(id_, source, Level.SEVERE, Area.MANDATORY_ELEMENTS, template, judge, kinds, demands=path)
