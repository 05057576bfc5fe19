"""The log of a case: every look and every change, chained by digests, written under the lock of the case."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from opensps.accounts.queries import Actor
from opensps.border.errors import CaseRefused
from opensps.border.models import Case, CaseEntry
from opensps.lifecycle import Role
from opensps.lifecycle.case import CASE_READERS
from opensps.verification.evidence import LogLine, entry_digest


def locked_case(*, authority: str, actor: Actor, case_number: str) -> Case:
    """Return a case under its lock. Raises `CaseRefused` not_found, also for people without the case role."""
    if actor.authority != authority or not actor.roles & CASE_READERS:
        raise CaseRefused("not_found")
    found = Case.objects.select_for_update().filter(authority=authority, case_number=case_number).first()
    if found is None:
        raise CaseRefused("not_found")
    return found


def changeable_case(*, authority: str, actor: Actor, case_number: str) -> Case:
    """Return a case that a case officer may add to, under its lock. Raises `CaseRefused` not_found, ended."""
    case = locked_case(authority=authority, actor=actor, case_number=case_number)
    if Role.CASE_OFFICER not in actor.roles:
        raise CaseRefused("not_found")
    if case.state in ("dismissed", "closed"):
        raise CaseRefused("ended")
    return case


def entry_write(case: Case, *, act: str, actor: str, at: datetime, data: Mapping[str, Any] | None = None) -> CaseEntry:
    """Add a line to the log of a locked case; ``data`` is JSON-able. The caller saves nothing else for it."""
    last = CaseEntry.objects.filter(case=case).order_by("-sequence").first()
    previous, sequence = (last.digest, last.sequence + 1) if last is not None else ("", 1)
    when = max(at, last.at) if last is not None else at
    line = LogLine(sequence, when, actor, act, dict(data or {}))
    case.entry_count = sequence
    case.save(update_fields=["entry_count"])
    return CaseEntry.objects.create(
        authority=case.authority,
        case=case,
        sequence=sequence,
        at=when,
        actor=actor,
        act=act,
        data=line.data,
        previous_digest=previous,
        digest=entry_digest(previous, line),
    )
