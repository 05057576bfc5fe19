"""Trying a connection from a page: the request is made by what `project` registered here at start."""

from collections.abc import Callable
from datetime import datetime

from opensps.exchange.queries.rows import PartnerConnection
from opensps.exchange.transports.trying import Trial, Tried

Try = Callable[[PartnerConnection, datetime], Trial]

_registered: list[Try] = []


def trial_register(do: Try) -> None:
    """Name what tries connections; the last one counts."""
    _registered[:] = [do]


def tried(row: PartnerConnection, at: datetime) -> Trial:
    """Try one connection, outside any transaction."""
    if not _registered:
        return Trial(tried=Tried.MISSING, asked=str(row.channel), code="no_way")
    return _registered[0](row, at)
