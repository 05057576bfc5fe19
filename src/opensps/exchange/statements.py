"""What a partner has said about one certificate, as it is kept beside it: plain data and back. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from opensps.lifecycle.receipt import ISSUED, Said, Settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One thing said, and the first envelope that said it."""

    said: Said
    delivery_number: str
    """Ours."""

    replaces: str = ""
    """Number of the certificate it names as the one it replaces."""

    has_proven_signature: bool = False


Statements = tuple[Statement, ...]


def to_plain(statements: Statements) -> list[dict[str, Any]]:
    """Return statements as JSON."""
    return [
        {
            "type": one.said.type_code,
            "status": one.said.status_code,
            "digest": one.said.digest,
            "version": one.said.version,
            "issued_at": one.said.issued_at.isoformat() if one.said.issued_at is not None else None,
            "held": one.said.is_held,
            "envelope": one.delivery_number,
            "replaces": one.replaces,
            "signed": one.has_proven_signature,
        }
        for one in statements
    ]


def from_plain(rows: Iterable[Mapping[str, Any]]) -> Statements:
    """Return statements from their JSON."""
    return tuple(
        Statement(
            said=Said(
                type_code=row["type"],
                status_code=row["status"],
                digest=row["digest"],
                version=row["version"],
                issued_at=datetime.fromisoformat(row["issued_at"]) if row["issued_at"] else None,
                is_held=row["held"],
            ),
            delivery_number=row["envelope"],
            replaces=row["replaces"],
            has_proven_signature=row.get("signed", False),
        )
        for row in rows
    )


def with_statement(known: Statements, new: Statement) -> Statements:
    """Return what is known with one more; of the same thing said again a higher version or a signature is learned."""
    same = next((one for one in known if one.said.key == new.said.key), None)
    if same is None:
        return (*known, new)
    version = max((one.version for one in (same.said, new.said) if one.version is not None), default=None)
    is_signed = same.has_proven_signature or new.has_proven_signature
    learned = replace(same, said=replace(same.said, version=version), has_proven_signature=is_signed)
    return tuple(learned if one is same else one for one in known)


def said_by(statements: Statements) -> tuple[Said, ...]:
    """Return what was said, without who said it."""
    return tuple(one.said for one in statements)


def counting(statements: Statements, settled: Settled) -> Statement | None:
    """Return the statement whose content counts; ``None`` while there is a conflict about it."""
    fitting = [one for one in statements if one.said.digest == settled.digest]
    return max(fitting, key=lambda one: (one.said.place, one.said.key), default=None)


def replaced_number(statements: Statements, *, chosen: str = "") -> str:
    """Return the number of the certificate this one replaces; empty for none.

    What was issued says so rather than what ended it; what a person still has to look at says nothing, unless the
    person chose it.
    """
    saying = [one for one in statements if one.replaces and (not one.said.is_held or one.said.digest == chosen)]
    issued = [one for one in saying if one.said.status_code == ISSUED]
    last = max(issued or saying, key=lambda one: (one.said.place, one.said.key), default=None)
    return last.replaces if last is not None else ""
