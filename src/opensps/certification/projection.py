"""The handful of columns projected from a certificate's value, by one pure function (`architecture.md` 3)."""

from dataclasses import dataclass

from opensps.certificate import Certificate, TradeLineItem

_NAME = 450
_LINES_NAMED = 3


@dataclass(frozen=True, slots=True)
class Projection:
    """What lists, filters and searches need of a value."""

    consignor_name: str
    consignee_name: str
    export_country: str
    import_country: str
    goods: str
    """The first three lines in words, at most 450 characters."""

    line_count: int


def _words(line: TradeLineItem) -> str:
    texts = line.descriptions or line.common_names or line.scientific_names
    return texts[0].value if texts else ""


def project(value: Certificate) -> Projection:
    """Return the columns of a value; the same value always gives the same columns."""
    consignment = value.consignment
    named = [words for words in map(_words, value.lines[:_LINES_NAMED]) if words]
    return Projection(
        consignor_name=(consignment.consignor.name or "")[:_NAME],
        consignee_name=(consignment.consignee.name or "")[:_NAME],
        export_country=consignment.export_country.code or "",
        import_country=consignment.import_country.code or "",
        goods=", ".join(named)[:_NAME],
        line_count=len(value.lines),
    )
