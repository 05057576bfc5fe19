"""Results of laboratories as rule P15 reads them: cells of a loaded table, with the hours each method takes."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from opensps.rules.watching import Row


def result_rows(results: Iterable[Mapping[str, Any]], hours: Mapping[str, int]) -> tuple[Row, ...]:
    """Return the results as rows; a method whose hours nobody gave may take none."""
    return tuple(
        {
            "laboratory": each["laboratory"],
            "method": each["method"],
            "sample": each["sample"],
            "received_at": datetime.fromisoformat(each["received_at"]),
            "signed_at": datetime.fromisoformat(each["signed_at"]),
            "least_hours": hours.get(each["method"], 0),
            "value": Decimal(each["value"]) if each["value"] else None,
        }
        for each in results
    )
