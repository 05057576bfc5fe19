"""Acts on sealing keys as events: object ``key``, named by its kid; the log makes leaves of them (`trust.md` 6.5)."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db import transaction

from opensps.accounts.queries import SYSTEM
from opensps.accounts.services import authority_set_approvals
from opensps.events.queries import events_for
from opensps.events.services import event_write
from opensps.project.exits import Exit, Stopped

PATTERN = re.compile(r"to:[A-Z]{2}|[0-9]{3}|[a-z_]{3,30}")
"""A destination, a type code, a kind."""

STATES: Mapping[str, str] = {"key.added": "in_use", "key.retired": "retired", "key.distrusted": "distrusted"}


def key_event_write(*, authority: str, kid: bytes, act: str, at: datetime, payload: Mapping[str, str]) -> None:
    """Write one act on a key; whoever runs the command is the system, the roots are the people."""
    with transaction.atomic():
        before = events_for(authority=authority, object_kind="key", object_id=kid.hex())
        event_write(
            authority=authority,
            object_kind="key",
            object_id=kid.hex(),
            act=act,
            from_state=before[-1].to_state if before else "",
            to_state=STATES[act],
            actor="system",
            role="system",
            at=at,
            payload=payload,
        )


def approvals_set(*, listed: tuple[str, ...], allows_password: bool, at: datetime) -> None:
    """Say what needs a second officer in this installation. Stops with a sentence at a word that is no such thing."""
    for each in listed:
        if not PATTERN.fullmatch(each):
            raise Stopped(Exit.USAGE, "Not a kind, a type code or a destination like to:XB: %(word)s", word=each)
    authority = settings.OPENSPS_AUTHORITY
    authority_set_approvals(
        authority=authority,
        two_officers=listed,
        allows_password=allows_password,
        actor=replace(SYSTEM, authority=authority),
        at=at,
    )
