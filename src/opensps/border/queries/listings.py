"""Whether the establishments a certificate names were on the list of their country on its day of issue.

Source: `fraud.md` 4 (producer, plant: ``list_lag``). The list is the table of registrations an installation loads with
its day (`opensps limits load registrations`). One that is not on it says nothing here: lists are never complete.
"""

from opensps.border.queries.limit_tables import limits_under
from opensps.border.records import CertificateRecord
from opensps.rules.limit_tables import LONGEST_KEY

_LIST = "registrations"


def was_listed_late(record: CertificateRecord) -> bool:
    """Tell whether an establishment was listed later than the day of issue. One query, where any is named."""
    issued = record.value.exchanged_document.issued if record.value is not None else None
    keys = _keys(record)
    if issued is None or not keys:
        return False
    found = limits_under(authority=record.authority, name=_LIST, keys=keys)
    first_days = (min(str(row.values["listed_from"]) for row in rows) for rows in found.values())
    return any(day > issued.on.isoformat() for day in first_days)


def _keys(record: CertificateRecord) -> set[str]:
    lines = record.value.lines if record.value is not None else ()
    named = (each for line in lines for each in line.establishments)
    places = ((each.country or record.export_country, each.approval_number.value) for each in named)
    return {f"{country}:{number}"[:LONGEST_KEY] for country, number in places}
