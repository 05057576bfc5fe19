"""What coordination is made of, as plain values: the matter, the task of a body, which bodies there are. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from opensps.accounts.queries import OrganisationKind
from opensps.lifecycle.question import Procedure

BODIES: Final = (OrganisationKind.MINISTRY, OrganisationKind.COMPETENT_AUTHORITY, OrganisationKind.LABORATORY)
"""Kinds of organisations that can be given a part: bodies of the own country, no firm and nobody abroad."""

MOST_PARTS, MOST_ENTRIES, MOST_SIGNS = 60, 1000, 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What a case is about."""

    procedure: Procedure
    subject: str
    details: str = ""
    question: str = ""
    """Number of the question to the enquiry point, where it came from one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What one body is asked to do."""

    organisation: str
    """Its id, 32 hexadecimal digits."""

    text: str
    due_at: datetime | None = None


def is_body(kind: str) -> bool:
    """Tell whether an organisation of a kind can be given a part."""
    return kind in BODIES
