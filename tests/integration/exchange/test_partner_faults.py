"""Twelve ways in which a partner's server fails, over real HTTPS: nothing is lost, nothing arrives twice in effect, and
the page of the delivery says in words what happened (`exchange.md` 2.2, 8.2, 9.2).
"""

import itertools
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from opensps.accounts.queries import person_by_id
from opensps.events.models import Event
from opensps.events.queries import events_for
from opensps.exchange import services
from opensps.exchange.models import Attempt, CredentialUse, Envelope, PartnerConnection
from opensps.exchange.names import BREAKER_CLOSED, BREAKER_OPENED
from opensps.exchange.services.outcomes import envelope_outcome
from opensps.exchange.transports import Channel
from opensps.exchange.transports.hub import HubTransport
from opensps.exchange.transports.scripted import TransportsByChannel
from opensps.lifecycle import Role, TrackingInfo
from opensps.project.serving.tls import TlsFiles
from tests.factories import scripted_hub as hub
from tests.factories.certification import START, cast, certificate_in, person
from tests.factories.https_servers import HttpsServer, Received, Reset, Step, answer, server_files
from tests.factories.partners import MANAGER, confirmed_key, live_partner
from tests.factories.scripted_hub import RememberingHub
from tests.factories.web import Visitor

pytestmark = pytest.mark.django_db

PATIENCE, IMPATIENCE = 0.6, 0.15
"""Seconds a slow partner is given: at the first try, and at those after it."""

SEND = "ValidateAndDeliverEnvelope"
HANDSHAKE_FAILURE = b"\x15\x03\x03\x00\x02\x02\x28"
HTML = b"<!DOCTYPE html><html><body><h1>Bad gateway</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Gates:
    """The certificates of a server that is in order, and of one whose time is over."""

    good: TlsFiles
    expired: TlsFiles


@pytest.fixture(scope="module")
def gates(tmp_path_factory: pytest.TempPathFactory) -> Gates:
    folder = tmp_path_factory.mktemp("gates")
    return Gates(
        server_files(folder / "good"), server_files(folder / "expired", at=datetime.now(UTC) - timedelta(days=4000))
    )


Open = Callable[[Gates, RememberingHub], AbstractContextManager[HttpsServer] | None]


def says(*steps: Step) -> Open:
    """Return a gate that says this, whatever it is asked, and takes nothing."""
    return lambda gates, _: HttpsServer(gates.good, lambda _received: steps)


def takes(spoil: Callable[[bytes], list[Step]]) -> Open:
    """Return a gate behind which the partner takes what comes, and whose answer is spoilt on its way back."""

    def opened(gates: Gates, partner: RememberingHub) -> HttpsServer:
        def script(received: Received) -> list[Step]:
            (whole,) = partner(received)
            assert isinstance(whole, bytes)
            return spoil(whole)

        return HttpsServer(gates.good, script)

    return opened


def drips(_received: Received) -> Iterator[Step]:
    """Say the answer one octet at a time, much too slowly."""
    for octet in b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 1000\r\n\r\n" + b"<" * 1000:
        yield bytes([octet])
        yield 0.1


@dataclass(frozen=True, slots=True)
class Fault:
    """What a partner's server does, what we make of it, and what the page says."""

    name: str
    gate: Open
    state: str
    code: str
    english: str
    chinese: str
    pauses: str = ""


FAULTS = (
    Fault(
        "refuses", lambda _g, _p: None, "retrying", "connect", "Nobody answers at their address.", "对方地址无人应答。"
    ),
    Fault(
        "silent before TLS",
        lambda gates, _: HttpsServer(gates.good, lambda _received: [], handshake=False),
        "retrying",
        "time",
        "Their server did not answer in time.",
        "对方服务器未在规定时间内应答。",
    ),
    Fault(
        "alert",
        lambda gates, _: HttpsServer(gates.good, lambda _received: [], greeting=HANDSHAKE_FAILURE),
        "retrying",
        "tls",
        "No secure connection came about (TLS)",
        "未能建立安全连接（TLS）",
    ),
    Fault(
        "expired certificate",
        lambda gates, _: HttpsServer(gates.expired, lambda _received: []),
        "retrying",
        "expired",
        "The certificate of their server is out of date.",
        "对方服务器的证书已过期。",
    ),
    Fault("reset", says(Reset()), "uncertain", "cut", "broke off the connection before its answer", "中断了连接。"),
    Fault("half-open", says(0.8), "uncertain", "time", "Their server did not answer in time.", "未在规定时间内应答。"),
    Fault(
        "cut mid-answer",
        takes(lambda whole: [whole[:-20]]),
        "uncertain",
        "cut",
        "may have it or not. We ask before anything is sent again.",
        "中断了连接。",
    ),
    Fault(
        "one octet at a time",
        lambda gates, _: HttpsServer(gates.good, drips),
        "uncertain",
        "time",
        "Their server did not answer in time.",
        "未在规定时间内应答。",
    ),
    Fault(
        "ten megabytes",
        takes(lambda whole: answer(whole.partition(b"\r\n\r\n")[2] + b" " * 10_000_001)),
        "uncertain",
        "size",
        "The answer of their server was larger than anything we read.",
        "超过我们所能读取的大小",
    ),
    Fault(
        "wrong answer",
        says(*answer(hub.response("GetProfile"), headers={"Content-Type": "text/xml"})),
        "retrying",
        "200",
        "Their server answered, but not to what it was asked.",
        "答非所问",
    ),
    Fault(
        "500 and HTML",
        says(*answer(HTML, status=500, headers={"Content-Type": "text/html"})),
        "retrying",
        "500",
        "Their server answered with an error of its own (HTTP 500).",
        "对方服务器应答出错（HTTP 500）。",
    ),
    Fault(
        "502 and HTML",
        says(*answer(HTML, status=502, headers={"Content-Type": "text/html"})),
        "retrying",
        "502",
        "could not be reached. The next try is at",
        "对方服务器应答出错（HTTP 502）。",
    ),
    Fault(
        "redirect",
        says(*answer(status=307, headers={"Location": "https://elsewhere.example/"})),
        "retrying",
        "307",
        "nothing is sent over this connection until somebody resumes it.",
        "在有人恢复此连接之前",
        pauses="redirect",
    ),
)


@pytest.fixture(autouse=True)
def no_language_left() -> Iterator[None]:
    """No test reads the language of a visitor of another one."""
    yield
    translation.deactivate()


class World:
    """One certificate on its way to one partner behind a hub, whose gate is changed as a test wants it."""

    def __init__(self, gates: Gates) -> None:
        self.gates, self.partner, self.now = gates, RememberingHub(), START + timedelta(days=2)
        people = cast()
        self.manager = person("Mira Sand", Role.MANAGER)
        partner = live_partner("XB", channel=Channel.HUB)
        believed = gates.good.authority.read_text() + gates.expired.authority.read_text()
        confirmed_key(partner, use=CredentialUse.SERVER_TLS, material=believed)
        self.number = certificate_in(people).number
        for event in events_for(authority="XA", object_kind="certificate", object_id=self.number):
            services.envelopes_for_event(event)

    @property
    def row(self) -> Envelope:
        return Envelope.objects.select_related("connection").get()

    @property
    def connection(self) -> PartnerConnection:
        return PartnerConnection.objects.get()

    def deliver(self, gate: HttpsServer | None, *, seconds: float = 10.0) -> None:
        """Do what is due, with this server at the partner's address; None: nobody listens there."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            nobody = f"https://127.0.0.1:{free.getsockname()[1]}/hub/DeliveryService"
        address = nobody if gate is None else gate.url("/hub/DeliveryService")
        PartnerConnection.objects.update(address=address, limits={"seconds": seconds})
        transports = TransportsByChannel.of_pairs([(Channel.HUB, HubTransport())])
        services.deliver_due(authority="XA", transports=transports, clock=lambda: self.now)

    def turn(self) -> None:
        """Go to the time of the next try, or of the next look whether the partner is back."""
        times = (self.row.due_at, self.connection.breaker_probe_at)
        self.now = max([self.now, *(each for each in times if each is not None)])

    def fail(self, fault: Fault, *, until: Callable[[], bool]) -> None:
        """Let the partner fail until something is so."""
        with fault.gate(self.gates, self.partner) or nullcontext() as gate:
            for seconds in itertools.chain([PATIENCE], itertools.repeat(IMPATIENCE, 12)):
                self.deliver(gate, seconds=seconds if fault.code == "time" else 10.0)
                if until():
                    return
                self.turn()
        raise AssertionError(f"{fault.name}: {self.row.state}, {self.connection.breaker_failures} failures")

    def mend(self) -> None:
        """Let the partner behave until the envelope is there."""
        with HttpsServer(self.gates.good, self.partner) as gate:
            for _ in range(6):
                self.turn()
                self.deliver(gate)
                if self.row.state == "sent":
                    return
        raise AssertionError(f"{self.row.state}: {list(Attempt.objects.values_list('kind', 'result', 'code', 'text'))}")

    def page(self, prefix: str = "") -> str:
        """Return what staff read about the delivery."""
        staff = person_by_id(authority="XA", person_id=self.manager.id)
        return Visitor(staff, prefix=prefix).open(f"/deliveries/{self.row.delivery_number}").words

    def acts(self) -> list[str]:
        return list(Event.objects.filter(object_id="XB").order_by("pk").values_list("act", flat=True))


@pytest.fixture
def world(gates: Gates) -> World:
    return World(gates)


def five_failures_open_the_breaker(world: World, fault: Fault) -> None:
    """Let four more tries fail; asking what became of the first is a try too."""
    world.turn()
    world.fail(fault, until=lambda: world.connection.breaker_opened_at is not None)
    assert world.connection.breaker_failures == 5
    assert Attempt.objects.count() == world.row.attempts == 5
    assert world.acts().count(BREAKER_OPENED) == 1
    assert BREAKER_CLOSED not in world.acts()
    if fault.name == "refuses":
        assert "Several tries in a row failed" in world.page()
        assert "连续多次尝试失败" in world.page("/zh-hans")


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_nothing_is_lost_or_doubled_the_page_says_why_and_the_breaker_opens_and_closes(
    world: World, fault: Fault
) -> None:
    world.fail(fault, until=lambda: True)
    row, attempt = world.row, Attempt.objects.get()
    result = "uncertain" if fault.state == "uncertain" else "unreachable"
    assert (row.state, row.attempts, row.remote_number) == (fault.state, 1, "")
    assert (attempt.result, attempt.code, bool(attempt.ended_at)) == (result, fault.code, True)
    assert row.due_at is not None
    assert row.due_at > world.now, "it has a next time"
    assert world.connection.paused_reason == fault.pauses
    english = world.page()
    assert fault.english in english
    assert "Their remark" not in english, "what we noticed is not what they said"
    assert fault.chinese in world.page("/zh-hans")
    if fault.pauses:
        services.connection_resume(
            authority="XA", connection_id=world.connection.pk, reason="mended", actor=MANAGER, at=world.now
        )
    else:
        five_failures_open_the_breaker(world, fault)
    world.mend()
    assert world.connection.breaker_opened_at is None
    assert world.acts().count(BREAKER_CLOSED) == (0 if fault.pauses else 1)
    row = world.row
    assert (row.state, row.remote_number, row.tracking_text) == ("sent", "HUB-1", "")
    assert len(world.partner.kept) == 1, "once in effect"
    assert world.partner.came == 1, "and not sent again where asking was enough"
    ((_, _, _, _, number, _),) = world.partner.kept
    assert number == world.number
    outcome: dict[str, Any] = {"authority": "XA", "delivery_number": row.delivery_number, "at": world.now}
    assert envelope_outcome(word=TrackingInfo.DELIVERED, **outcome).changed
    assert not envelope_outcome(word=TrackingInfo.DELIVERED, **outcome).changed
    assert "confirmed it on" in world.page()


@pytest.mark.parametrize("name", ["refuses", "cut mid-answer", "502 and HTML"])
def test_after_72_hours_it_is_a_dead_letter_that_a_person_sends_again(world: World, name: str) -> None:
    fault = next(each for each in FAULTS if each.name == name)
    world.fail(fault, until=lambda: True)
    world.now += timedelta(hours=71)
    assert services.clocks_run(authority="XA", at=world.now).given_up == 0
    world.now += timedelta(hours=1)
    assert services.clocks_run(authority="XA", at=world.now).given_up == 1
    assert world.row.state == "dead"
    page = world.page()
    assert "could not be reached for 72 hours. Nothing was lost." in page
    assert "无人应答" in world.page("/zh-hans") or name != "refuses"
    number = world.row.delivery_number
    services.envelope_revive(
        authority="XA", delivery_number=number, actor=MANAGER, reason="They are back", at=world.now
    )
    world.mend()
    assert (world.row.delivery_number, world.row.remote_number) == (number, "HUB-1")
    assert len(world.partner.kept) == 1, "the partner knows the same certificate again"


def test_an_answer_that_comes_twice_counts_once(world: World) -> None:
    with HttpsServer(world.gates.good, lambda received: world.partner(received) * 2) as gate:
        world.deliver(gate)
    assert (world.row.state, world.row.attempts, world.row.remote_number) == ("sent", 1, "HUB-1")
    assert (world.partner.came, world.connection.breaker_failures) == (1, 0)
    assert "It was handed over." in world.page()
