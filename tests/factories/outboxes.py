"""A partner that answers as it was told, a clock, and the steps of the worker that delivers to it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from opensps.certification.models import Certificate
from opensps.events.services import worker_run_until_idle
from opensps.exchange.models import Envelope
from opensps.exchange.services.delivering import deliver_due
from opensps.exchange.transports import (
    Answer,
    Channel,
    Outbound,
)
from opensps.exchange.transports.scripted import ScriptedTransport, TransportsByChannel
from opensps.lifecycle import CertificateState
from tests.factories.certification import START, Cast, certificate_in

NOW = START + timedelta(days=2)


@dataclass
class World:
    """A clock, a scripted partner and the worker's steps."""

    people: Cast
    transport: ScriptedTransport = field(default_factory=ScriptedTransport)
    now: datetime = NOW

    def follow(self) -> None:
        """Let the outbox follow the events."""
        worker_run_until_idle(at=self.now)

    def deliver(self) -> None:
        """Deliver what is due."""
        transports = TransportsByChannel.of_pairs([(Channel.TEST, self.transport)])
        deliver_due(authority="XA", transports=transports, clock=lambda: self.now)

    def later(self, **step: float) -> None:
        """Let time pass, and deliver."""
        self.now += timedelta(**step)
        self.deliver()

    def sent(self) -> list[tuple[str, str]]:
        """Return receiver and status of what arrived."""
        return [(one.to_code, one.status_code) for one in self.transport.received]


def issued(world: World, state: CertificateState = CertificateState.IN_FORCE) -> Certificate:
    """Issue a certificate, or bring one into a state, and let the outbox follow."""
    certificate = certificate_in(world.people, state)
    world.follow()
    return certificate


def only() -> Envelope:
    """Return the one envelope there is."""
    return Envelope.objects.get()


def answering(*answers: Answer) -> Callable[[Outbound], Answer]:
    """Return what gives these answers one after the other, and then the last."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]
