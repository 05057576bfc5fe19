"""Certificates as other rooms send them on: the bytes and the seal exactly as sealed, many at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

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


def certificates_among(
    *,
    authority: str,
    numbers: Iterable[str],
    text: str = "",
    state: str = "",
    type_code: str = "",
    issued_from: date | None = None,
    offset: int = 0,
    limit: int,
) -> tuple[Certificate, ...]:
    """Return a page of the certificates of these numbers that fit, newest first, without their bytes. One query."""
    rows = Certificate.objects.filter(authority=authority, number__in=tuple(numbers))
    named = Q()
    wanted = {"state": state, "type_code": type_code, "issued_at__date__gte": issued_from}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    for name in ("number", "goods", "consignor_name", "consignee_name") if text else ():
        named |= Q(**{f"{name}__icontains": text})
    rows = rows.filter(named)
    return tuple(rows.defer("xml", "seal", "digest", "salt").order_by("-issued_at")[offset : offset + limit])
