"""Which consumer follows which event: registered here, so that no room imports upward."""

from opensps.events.registry import Consumer, register

CONSUMERS: tuple[Consumer, ...] = ()
"""Those of the rooms above `events`; its own sequencer registers itself. Exchange and notices come here."""


def register_consumers() -> None:
    """Register every consumer in the registry of ``events``; called once, from `ProjectConfig.ready`."""
    for consumer in CONSUMERS:
        register(consumer)
