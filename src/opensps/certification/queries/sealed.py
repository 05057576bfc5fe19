"""Certificates as other rooms send them on: the bytes and the seal exactly as sealed, many at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from opensps.certification.models import Certificate


@dataclass(frozen=True, slots=True)
class Sealed:
    """One certificate at rest."""

    number: str
    state: str
    type_code: str
    xml: bytes
    seal: bytes
    issued_at: datetime
    export_country: str
    import_country: str


def sealed_by_numbers(*, authority: str, numbers: Iterable[str]) -> Mapping[str, Sealed]:
    """Return number -> certificate of those that exist and have their bytes. One query."""
    rows = Certificate.objects.filter(authority=authority, number__in=set(numbers), xml__isnull=False)
    columns = ("number", "state", "type_code", "xml", "seal", "issued_at", "export_country", "import_country")
    return {
        number: Sealed(number, state, type_code, bytes(xml), bytes(seal or b""), *further)
        for number, state, type_code, xml, seal, *further in rows.values_list(*columns)
    }
