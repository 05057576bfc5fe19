"""What a rule looks at: one certificate, the policy it is judged under, and where everything in it stands.

A `Case` is made once per check; it walks the value and keeps every record under its type with its path, so that a
rule about all codes or all measures asks for them instead of walking again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from opensps.certificate import Certificate, ExchangedDocument, TradeLineItem

R = TypeVar("R")

ATTACHMENTS_LIMIT = 5 * 1024 * 1024
"""Bytes; a sealed document is refused above 10 MiB, and base64 makes files a third longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the judgement depends on beside the certificate; it comes in as an argument."""

    now: datetime
    """Aware UTC."""

    extra_countries: frozenset[str] = frozenset()
    """Codes that count as countries beside those of ISO 3166-1: demonstration, training, partners' own."""

    attachments_limit: int = ATTACHMENTS_LIMIT
    """Bytes, all attached files together."""


@cache
def _record_fields(record: type) -> tuple[str, ...]:
    """Return the names of a record's fields; none for a type that is no record."""
    return tuple(field.name for field in fields(record)) if is_dataclass(record) else ()


def _walk(path: str, value: Any, found: dict[type, list[tuple[str, Any]]]) -> None:
    """Put the value, if it is a record, and all records in it under their types."""
    kind: Any = type(value)
    if kind is tuple:
        for place, inner in enumerate(value):
            _walk(f"{path}[{place}]", inner, found)
    elif names := _record_fields(kind):
        found.setdefault(kind, []).append((path, value))
        prefix = f"{path}." if path else ""
        for name in names:
            if (inner := getattr(value, name)) and type(inner) is not str:
                _walk(prefix + name, inner, found)


@dataclass(frozen=True, slots=True)
class Case:
    """One certificate under judgement."""

    certificate: Certificate
    policy: Policy
    lines: tuple[tuple[str, TradeLineItem], ...]
    """Every trade line with its path, in document order."""

    records: Mapping[type, list[tuple[str, Any]]]
    """Type to the records of that type with their paths, in document order."""

    @property
    def document(self) -> ExchangedDocument:
        """The certificate's header."""
        return self.certificate.exchanged_document

    def every(self, record: type[R]) -> list[tuple[str, R]]:
        """Return all records of a type with their paths."""
        return self.records.get(record, [])

    def texts(self) -> Iterator[tuple[str, str]]:
        """Give every text of every record with its path."""
        for kind, records in self.records.items():
            names = _record_fields(kind)
            for path, record in records:
                prefix = f"{path}." if path else ""
                for name in names:
                    value = getattr(record, name)
                    for text in value if type(value) is tuple else (value,):
                        if type(text) is str:
                            yield f"{prefix}{name}", text


def case_of(certificate: Certificate, policy: Policy) -> Case:
    """Return the certificate laid out for judging."""
    found: dict[type, list[tuple[str, Any]]] = {}
    _walk("", certificate, found)
    return Case(certificate, policy, tuple(found.get(TradeLineItem, ())), found)
