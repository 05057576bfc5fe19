"""Who follows events: consumers by name, registered once at start by `project` (the sequencer by this room)."""

from typing import Protocol, runtime_checkable

from opensps.events.errors import ConsumerTaken
from opensps.events.views import EventView


class Consumer(Protocol):
    """Follows every event, once, some time after its act committed."""

    @property
    def name(self) -> str:
        """Permanent: due rows carry it."""

    def handle(self, event: EventView) -> None:
        """Do the work of this consumer inside the worker's transaction; raise to be called again later."""


@runtime_checkable
class BatchConsumer(Consumer, Protocol):
    """A consumer that does many events for little more than the price of one."""

    def handle_many(self, events: tuple[EventView, ...]) -> None:
        """Do the work for all of them, in order; raise and each is handed to `handle` alone."""


@runtime_checkable
class ChoosyConsumer(Consumer, Protocol):
    """A consumer that follows some kinds of object only; events of others leave it no due row."""

    @property
    def kinds(self) -> frozenset[str]:
        """Kinds of object it follows."""


_CONSUMERS: dict[str, Consumer] = {}


def register(consumer: Consumer) -> None:
    """Add a consumer; the same object twice is one. Raises `ConsumerTaken` when another one has the name."""
    if _CONSUMERS.setdefault(consumer.name, consumer) is not consumer:
        raise ConsumerTaken(consumer.name)


def unregister(name: str) -> None:
    """Forget a consumer; its due rows stay until it comes back."""
    _CONSUMERS.pop(name, None)


def consumers() -> tuple[Consumer, ...]:
    """Return the consumers in the order of their names."""
    return tuple(_CONSUMERS[name] for name in sorted(_CONSUMERS))


def consumers_of(object_kind: str) -> tuple[Consumer, ...]:
    """Return the consumers that follow a kind of object, in the order of their names."""
    return tuple(
        consumer
        for consumer in consumers()
        if not isinstance(consumer, ChoosyConsumer) or object_kind in consumer.kinds
    )
