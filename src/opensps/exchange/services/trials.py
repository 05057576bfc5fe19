"""A person tries a connection: who may, how often, and what came of it. Source: `exchange.md` 7.1.

The request itself is made by a transport, outside any transaction; it counts neither for nor against the connection.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from opensps.accounts.queries import Actor
from opensps.exchange.errors import RecordRefused
from opensps.exchange.models import PartnerConnection
from opensps.exchange.names import CONNECTION_TRIED
from opensps.exchange.services.records import changing, partner_event
from opensps.exchange.transports.trying import Trial

EVERY = timedelta(seconds=10)
"""A connection is not tried more often: whoever enters addresses does not make us knock about."""


@transaction.atomic
def trial_begin(*, authority: str, partner: str, connection_id: int, actor: Actor, at: datetime) -> PartnerConnection:
    """Say who tries which connection. Raises `NotAllowed`, `RecordRefused` connection, tried_just_now."""
    row = changing(authority=authority, code=partner, actor=actor)
    connection = row.connections.select_related("partner").filter(pk=connection_id).first()
    if connection is None:
        raise RecordRefused("connection")
    if connection.tested_at is not None and connection.tested_at > at - EVERY:
        raise RecordRefused("tried_just_now")
    connection.tested_at, connection.tested_result, connection.trial = at, "under_way", {}
    connection.save(update_fields=["tested_at", "tested_result", "trial"])
    return connection


@transaction.atomic
def trial_end(*, connection: PartnerConnection, trial: Trial, actor: Actor, at: datetime) -> None:
    """Write down what came of it; words of the other side are cut, secrets are never among them."""
    row = changing(authority=connection.authority, code=connection.partner.code, actor=actor)
    kept: Mapping[str, Any] = {
        "tried": str(trial.tried),
        "asked": trial.asked,
        "code": trial.code[:60],
        "text": trial.text[:500],
        "facts": {name: value[:500] for name, value in trial.facts.items()},
    }
    rows = PartnerConnection.objects.filter(authority=connection.authority, pk=connection.pk)
    rows.update(tested_at=at, tested_result=str(trial.tried), trial=kept)
    told = {"connection": connection.pk, "channel": connection.channel, "tried": str(trial.tried)}
    partner_event(row, CONNECTION_TRIED, actor=actor, at=at, payload=told)
