"""Nothing starts on a database that does not protect what must stay: events, certificates, numbers, exchange."""

from opensps.border.immutable import missing_triggers as border_missing
from opensps.certification.immutable import missing_triggers
from opensps.events.errors import GuardsMissing
from opensps.events.guards import verify_triggers
from opensps.exchange.immutable import missing_triggers as exchange_missing


def refuse_unprotected() -> None:
    """Raise `GuardsMissing` unless every trigger of all rooms is there; `DatabaseError` where nobody can be asked."""
    verify_triggers()
    if missing := (*missing_triggers(), *exchange_missing(), *border_missing()):
        raise GuardsMissing(", ".join(missing))
