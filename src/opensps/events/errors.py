"""Errors of the room.

`EventsError` > `NotInTransaction`, `DoesNotFollow`, `ConsumerTaken`, `GuardsMissing`, `PayloadNotFound`.
"""


class EventsError(Exception):
    """Base of the errors of this room."""


class NotInTransaction(EventsError):
    """An event was to be written outside the transaction of its act."""


class DoesNotFollow(EventsError):
    """The act starts from another state than the object's last event reached."""


class ConsumerTaken(EventsError):
    """Two consumers ask for the same name."""


class GuardsMissing(EventsError):
    """The database does not protect the events: triggers are missing, changed or switched off."""


class PayloadNotFound(EventsError):
    """The event has no payload, or it was erased before."""
