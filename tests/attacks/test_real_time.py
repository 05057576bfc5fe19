"""Row A30: what was issued a moment ago is answered at every door, and so is what becomes of it, within seconds."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from opensps.certification import services as certification
from opensps.certification.models import Certificate
from opensps.events.services import worker_run_until_idle
from opensps.exchange.contracts.certificate_service_types import CS
from opensps.exchange.services.delivering import deliver_due
from opensps.exchange.transports.scripted import TransportsByChannel
from tests.attacks.desks import DeskDoor, foreign_officer
from tests.attacks.doors import Door
from tests.attacks.world import World, sealed_files
from tests.factories.certification import certificate_in
from tests.factories.rest import ApiVisitor, partner_of
from tests.factories.service_callers import KEY_FILE, Program, soap_partner

pytestmark = pytest.mark.django_db
SECONDS = 5


@pytest.fixture
def asked(settings: Any, tmp_path: Path, world: World) -> "Channels":
    settings.OPENSPS_EXCHANGE_KEY = tmp_path / "exchange.key"
    settings.OPENSPS_EXCHANGE_KEY.write_text(KEY_FILE)
    settings.OPENSPS_DEMO = True
    soap_partner("XB")
    return Channels()


class Channels:
    """Everybody who may ask: the public, an officer abroad, two kinds of programs of his authority."""

    def __init__(self) -> None:
        self.public, self.abroad = Door(), DeskDoor(foreign_officer())
        self.rest, self.soap = ApiVisitor.of(partner_of("XB")), Program("XB")

    def say(self, it: Certificate) -> dict[str, tuple[str, str]]:
        """Return channel -> class and result."""
        desk = self.abroad.number(it.number)
        listed = self.abroad.many([it.number])[0]
        assert desk is not None
        assert listed is not None
        rest = self.rest.post("/checks", {"number": it.number}).json()
        soap = self.soap.call("VerifyCertificate", f"<number>{it.number}</number>", at=datetime.now(UTC))
        said = {
            "number and code": self.public.number(it.number, it.code).verdict,
            "link": self.public.token(it.token).verdict,
            "file": self.public.files(*sealed_files(it)).verdict,
            "list": self.public.many([f"{it.number},{it.code}"])[0].verdict,
            "desk": (desk.verdict_class, desk.result),
            "list at the desk": (listed.verdict_class, listed.result),
            "REST": (rest["verdict"], rest["result"]),
            "SOAP": (str(soap.findtext(f".//{{{CS}}}verdict")), str(soap.findtext(f".//{{{CS}}}result"))),
        }
        return {name: (colour.lower(), result.lower()) for name, (colour, result) in said.items()}


def worker() -> None:
    """One step of the worker: queue what happened, and offer it to whoever collects."""
    worker_run_until_idle(at=datetime.now(UTC))
    nothing = TransportsByChannel.of_pairs([])
    for _ in range(3):
        deliver_due(authority="XA", transports=nothing, clock=lambda: datetime.now(UTC))


def test_A30_what_was_issued_is_answered_on_every_channel_within_five_seconds(world: World, asked: Channels) -> None:
    """One step of the worker makes it known to programs; pages know it from the moment of signing."""
    issued = certificate_in(world.people)
    since = time.process_time()
    worker()
    assert set(asked.say(issued).values()) == {("green", "in_force")}, asked.say(issued)
    assert time.process_time() - since < SECONDS


def test_A30_what_is_put_on_hold_is_said_on_every_channel_at_once(world: World, asked: Channels) -> None:
    issued, people = certificate_in(world.people), world.people
    worker()
    which: dict[str, Any] = {"authority": "XA", "number": issued.number, "at": datetime.now(UTC)}
    certification.certificate_propose_withdrawal(reason_code="not_exported", actor=people.officer, **which)
    assert set(asked.say(issued).values()) == {("amber", "on_hold")}, asked.say(issued)
