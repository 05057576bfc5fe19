"""A certificate that says everything: every field of every record filled, no word twice."""

from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from opensps.certificate import (
    Attachment,
    Certificate,
    CertificateKind,
    CertificateNumber,
    Code,
    CountryCode,
    Measure,
    OfficialTime,
    Text,
    TradeLineItem,
)
from tests.factories.certificates import SMALL_PDF
from tests.factories.papers import NUMBER


class Everything:
    """Builds a value with every field of every record filled, no word twice."""

    def __init__(self) -> None:
        self.count = 100

    def make(self, hint: Any, name: str = "") -> Any:
        """Return a value of an annotation."""
        self.count += 1
        made = MADE.get((name if name in {"system", "id"} else "", hint)) or MADE.get(("", hint))
        if made:
            return made(self.count)
        origin, inner = get_origin(hint), get_args(hint)
        if origin is tuple:
            several = not is_dataclass(inner[0]) or inner[0] in (Text, TradeLineItem)
            return tuple(self.make(inner[0], name) for _ in range(1 + several))
        if inner:
            return self.make(next(one for one in inner if one is not type(None)), name)
        if isinstance(hint, type) and issubclass(hint, Enum):
            return next(iter(hint))
        hints = get_type_hints(hint)
        return hint(**{field.name: self.make(hints[field.name], field.name) for field in fields(hint)})


MADE: dict[tuple[str, Any], Any] = {
    ("", str): lambda count: f"word{count}",
    ("", bool): lambda _count: True,
    ("", int): lambda count: count,
    ("", bytes): lambda _count: SMALL_PDF,
    ("", Decimal): lambda count: Decimal(count) + Decimal("0.5"),
    ("", CertificateNumber): lambda count: CertificateNumber(f"NO-{count}"),
    ("", CountryCode): lambda _count: CountryCode("XB"),
    ("", Text): lambda count: Text(f"text{count}", "en"),
    ("", Code): lambda count: Code(f"C{count}"),
    ("", OfficialTime): lambda count: OfficialTime(date(2026, 1, 1) + timedelta(days=count)),
    ("", Attachment): lambda count: Attachment(f"file{count}.pdf", "application/pdf", SMALL_PDF),
    ("", Measure): lambda count: Measure(Decimal(count), "KGM"),
}


@cache
def everything(kind: CertificateKind) -> Certificate:
    """Return a certificate of a kind that leaves nothing out, with one line for the kind's own number."""
    made: Certificate = Everything().make(Certificate)
    document = replace(made.exchanged_document, number=NUMBER, status_code="70", type_code="851")
    return replace(made, kind=kind, exchanged_document=document)
