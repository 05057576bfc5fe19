"""Nothing starts on a database that does not protect what must stay: events, sealed certificates, numbers."""

from opensps.certification.immutable import missing_triggers
from opensps.events.errors import GuardsMissing
from opensps.events.guards import verify_triggers


def refuse_unprotected() -> None:
    """Raise `GuardsMissing` unless every trigger of both rooms is there; `DatabaseError` where nobody can be asked."""
    verify_triggers()
    if missing := missing_triggers():
        raise GuardsMissing(", ".join(missing))
