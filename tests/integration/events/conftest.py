"""The room alone: consumers of the rooms above are put aside, so that due rows can be counted."""

from collections.abc import Iterator

import pytest

from opensps.events.registry import consumers, register, unregister


@pytest.fixture(autouse=True)
def the_room_alone() -> Iterator[None]:
    """Leave only the room's own sequencer registered."""
    above = [consumer for consumer in consumers() if consumer.name != "sequencer"]
    for consumer in above:
        unregister(consumer.name)
    yield
    for consumer in above:
        register(consumer)
