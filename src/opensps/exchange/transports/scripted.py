"""The channel ``test``: a partner that answers by a script. For tests, the demo's fake partner and conformance runs.

It keeps what it was sent and may be told to misbehave; it is a real transport, only its other side is made up.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from opensps.exchange.errors import WrongTransport
from opensps.exchange.transports.transport import Answer, Outbound, Seen, Sent, Transport, Unreachable

Script = Callable[[Outbound], Answer]
Memory = Callable[[Outbound], "Seen | Unreachable"]


def takes_everything(outbound: Outbound) -> Answer:
    """Accept an envelope under a number made of ours."""
    return Sent(remote_number=f"R-{outbound.delivery_number}")


@dataclass(slots=True)
class ScriptedTransport:
    """Answers by its script; remembers every envelope it was given, in order."""

    script: Script = takes_everything
    memory: Memory | None = None
    """What it says when asked; without one it knows exactly what it was sent and accepted."""

    received: list[Outbound] = field(default_factory=list)
    asked: list[Outbound] = field(default_factory=list)
    _known: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, outbound: Outbound) -> Answer:
        """Keep the envelope and answer by the script."""
        with self._lock:
            self.received.append(outbound)
        answer = self.script(outbound)
        if isinstance(answer, Sent):
            with self._lock:
                self._known[outbound.delivery_number] = answer.remote_number
        return answer

    def ask(self, outbound: Outbound) -> Seen | Unreachable:
        """Say what is known of an envelope."""
        with self._lock:
            self.asked.append(outbound)
            known = self._known.get(outbound.delivery_number)
        if self.memory is not None:
            return self.memory(outbound)
        return Seen(is_known=known is not None, remote_number=known or "")


@dataclass(frozen=True, slots=True)
class TransportsByChannel:
    """Channel -> transport; the registry of an installation."""

    transports: tuple[tuple[str, Transport], ...]

    @classmethod
    def of_pairs(cls, pairs: Iterable[tuple[str, Transport]]) -> "TransportsByChannel":
        """Return the registry; a channel named twice is a defect."""
        found = tuple(pairs)
        if len({channel for channel, _ in found}) != len(found):
            raise WrongTransport("a channel has two transports")
        return cls(found)

    def of(self, channel: str) -> Transport:
        """Return the transport of a channel."""
        for name, transport in self.transports:
            if name == channel:
                return transport
        raise WrongTransport(channel)
