"""Rounds at a hub: what waits is stored and judged once, what became of ours is noted, and nothing stops the round."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError
from structlog.testing import capture_logs

from opensps.exchange.models import (
    AllowedDocument,
    Direction,
    Envelope,
    IncomingCertificate,
    Partner,
    PartnerConnection,
    ReceivedMessage,
)
from opensps.exchange.services import hub_cycle
from opensps.exchange.services.hub_cycle import HINTS_EVERY, INTERVAL, LISTS_EVERY, Ways, hub_cycles_run
from opensps.exchange.services.messages import message_receive
from opensps.exchange.terms import ReceivingTerms
from opensps.exchange.transports import Channel
from opensps.exchange.transports.http_client import HttpClient, Limits
from opensps.exchange.transports.http_tls import TlsSettings
from opensps.exchange.transports.hub_client import HubClient
from opensps.project.serving.tls import TlsFiles
from tests.factories import scripted_hub as hub
from tests.factories.https_servers import HttpsServer, Received, Step, answer, server_files
from tests.factories.incoming import NUMBER, theirs
from tests.factories.partners import connect, live_partner

pytestmark = pytest.mark.usefixtures("fresh_database")

NOW = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)
THEIRS = {"From": "XB1", "To": "XA", "NPPOCertificateNumber": NUMBER}
TERMS = ReceivingTerms(extra_countries=frozenset({"XA", "XB", "XC"}))
NPPO = (
    "<hub:Nppo><hub:Country>XB1</hub:Country><hub:AllowedDocument active='true'><certificateType number='851'/>"
    "<certificateStatus number='70'/></hub:AllowedDocument></hub:Nppo>"
)


@dataclass(slots=True)
class Hub:
    """A hub with a queue for us; answers every question of a round."""

    waiting: dict[str, str] = field(default_factory=dict)
    """Number to content."""

    sent: dict[str, str] = field(default_factory=dict)
    """Number to word, for envelopes of ours; pending ones are under delivery."""

    nppos: str = NPPO
    broken: frozenset[str] = frozenset()
    """Operations answered with an error page."""

    asked: list[str] = field(default_factory=list)

    def __call__(self, received: Received) -> Iterable[Step]:
        operation = received.headers["soapaction"].strip('"').rpartition("/")[2]
        self.asked.append(operation)
        if operation in self.broken:
            return answer(b"<html>", status=502)
        found = re.search(rb"<eph:hubTrackingNumber>([^<]*)<", received.body)
        return answer(self._said(operation, found[1].decode() if found else ""))

    def _said(self, operation: str, number: str) -> bytes:
        match operation:
            case "GetImportEnvelopeHeaders":
                return hub.result(operation, _several(hub.header(number=each, **THEIRS) for each in self.waiting))
            case "PULLSingleImportEnvelope":
                content = self.waiting[number].replace("&", "&amp;").replace("<", "&lt;")
                inner = f"{hub.header(number=number, **THEIRS)}<hub:Content>{content}</hub:Content>"
                return hub.result(operation, inner)
            case "GetUnderDeliveryEnvelope":
                pending = [each for each, word in self.sent.items() if word == "PendingDelivery"]
                return hub.result(operation, _several(hub.header(number=each) for each in pending))
            case "GetEnvelopeTrackingInfo":
                return hub.result(operation, hub.header(number=number, word=self.sent[number], text="their words"))
        return hub.result(operation, self.nppos)


def _several(headers: Iterable[str]) -> str:
    return "".join(f"<hub:EnvelopeHeader>{each}</hub:EnvelopeHeader>" for each in headers)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> TlsFiles:
    """Return certificate and authority of the hub."""
    return server_files(tmp_path_factory.mktemp("hub"))


@pytest.fixture
def there(files: TlsFiles) -> Iterator[tuple[Hub, PartnerConnection]]:
    """Return a running hub and our connection with XB over it."""
    script = Hub()
    with HttpsServer(files, script) as server:
        address = server.url("/hub/DeliveryService")
        partner = live_partner("XB", channel=Channel.HUB, connection_code="XB1", own_code="XA", address=address)
        yield script, PartnerConnection.objects.get(partner=partner)


@dataclass(slots=True)
class Told:
    """What the round says of envelopes of ours."""

    words: list[tuple[str, str, str]] = field(default_factory=list)

    def __call__(self, *, delivery_number: str, word: str, text: str, **_other: object) -> None:
        self.words.append((delivery_number, word, text))


def ways(files: TlsFiles, told: Told | None = None) -> Ways:
    """Return a client for any hub of this test."""
    tls = TlsSettings(files.authority.read_bytes())
    http = HttpClient(tls, Limits(5, 5, 5, 10_000_000))
    return Ways(client=lambda each: HubClient(each.address, http, http), terms=TERMS, outcome=told or Told())


def run(files: TlsFiles, *, at: datetime = NOW, told: Told | None = None) -> int:
    """Do the rounds that are due."""
    return hub_cycles_run(authority="XA", ways=ways(files, told), at=at)


def test_what_waits_is_stored_judged_and_answered_and_not_pulled_again(
    files: TlsFiles, there: tuple[Hub, PartnerConnection]
) -> None:
    script, _ = there
    script.waiting["HUB-1"] = theirs().decode()
    assert run(files) == 1
    kept = ReceivedMessage.objects.get()
    assert (kept.message_key, kept.decision) == ("HUB-1", "applied")
    assert IncomingCertificate.objects.get().number == NUMBER
    assert Envelope.objects.filter(kind="acknowledgement", direction="out").count() == 1
    run(files, at=NOW + INTERVAL)
    assert script.asked.count("PULLSingleImportEnvelope") == 1


def test_one_envelope_that_cannot_be_read_stops_nothing(files: TlsFiles, there: tuple[Hub, PartnerConnection]) -> None:
    script, _ = there
    script.waiting |= {"HUB-1": "", "HUB-2": "<html>", "HUB-3": theirs().decode()}
    run(files)
    assert ReceivedMessage.objects.count() == 3
    assert IncomingCertificate.objects.count() == 1


def test_what_cannot_be_stored_is_logged_by_kind_and_place_without_its_content(
    files: TlsFiles, there: tuple[Hub, PartnerConnection], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_given: object) -> None:
        raise DatabaseError("Failing row contains (Wilma Oak, 3 Mill Lane)")

    script, _ = there
    script.waiting["HUB-1"] = theirs().decode()
    monkeypatch.setattr(hub_cycle, "message_receive", full)
    with capture_logs() as lines:
        run(files)
    (line,) = [each for each in lines if each["event"] == "hub_envelope_not_taken"]
    assert (line["kind"], line["where"].partition(":")[0]) == ("DatabaseError", "test_hub_cycle.py")
    assert not {"exc_info", "exception"} & set(line)


def test_a_round_waits_for_its_time_and_for_whoever_holds_its_lease(
    files: TlsFiles, there: tuple[Hub, PartnerConnection]
) -> None:
    _, connection = there
    assert run(files) == 1
    assert run(files, at=NOW + INTERVAL / 2) == 0
    assert run(files, at=NOW + INTERVAL) == 1
    rows = PartnerConnection.objects.filter(pk=connection.pk)
    rows.update(cycle_lease="0" * 32, cycle_lease_until=NOW + timedelta(hours=1))
    assert run(files, at=NOW + 2 * INTERVAL) == 0
    assert run(files, at=NOW + timedelta(hours=2)) == 1


def test_two_partners_behind_one_hub_share_one_round(files: TlsFiles, there: tuple[Hub, PartnerConnection]) -> None:
    script, connection = there
    other = live_partner("XC", channel=Channel.HUB, connection_code="XC", own_code="XA", address=connection.address)
    assert run(files) == 1
    assert script.asked.count("GetImportEnvelopeHeaders") == 1
    assert not AllowedDocument.objects.filter(partner=other, direction=Direction.OUT, active=True).exists()


def sent(connection: PartnerConnection, remote: str) -> None:
    """Write down an envelope of ours that the hub has."""
    Envelope.objects.create(
        authority="XA",
        delivery_number=f"01JD{remote:0>22}",
        direction="out",
        partner=connection.partner,
        connection=connection,
        channel="hub",
        from_code="XA",
        to_code="XB1",
        number=f"XA-{remote}",
        type_code="851",
        status_code="70",
        sha256=f"{remote:0>64}",
        state="sent",
        remote_number=remote,
        queued_at=NOW,
        sent_at=NOW,
        changed_at=NOW,
    )


def test_ours_are_asked_after_only_when_they_are_no_longer_under_way(
    files: TlsFiles, there: tuple[Hub, PartnerConnection]
) -> None:
    script, connection = there
    script.sent |= {"1": "PendingDelivery", "2": "Delivered", "3": "Archived"}
    for number in script.sent:
        sent(connection, number)
    told = Told()
    run(files, told=told)
    assert told.words == [(f"01JD{'2':0>22}", "Delivered", "their words")]
    assert script.asked.count("GetEnvelopeTrackingInfo") == 2


def test_once_a_day_the_hub_says_what_each_partner_takes(files: TlsFiles, there: tuple[Hub, PartnerConnection]) -> None:
    script, connection = there
    run(files)
    rows = AllowedDocument.objects.filter(partner=connection.partner, direction=Direction.OUT, active=True)
    assert set(rows.values_list("type_code", "status_code")) == {("851", "70")}
    script.nppos = ""
    run(files, at=NOW + INTERVAL)
    assert rows.exists()
    run(files, at=NOW + LISTS_EVERY)
    assert not rows.exists()


def test_a_hub_that_answers_with_pages_is_noted_and_asked_again(
    files: TlsFiles, there: tuple[Hub, PartnerConnection]
) -> None:
    script, connection = there
    script.broken = frozenset({"GetImportEnvelopeHeaders"})
    run(files)
    connection.refresh_from_db()
    assert (connection.cycle_result, connection.cycle_text, connection.breaker_failures) == ("failed", "HTTP 502", 1)
    script.broken = frozenset()
    run(files, at=NOW + INTERVAL)
    connection.refresh_from_db()
    assert (connection.cycle_result, connection.breaker_failures) == ("done", 0)


def test_a_hub_that_stops_giving_content_is_left_alone_after_three_times(
    files: TlsFiles, there: tuple[Hub, PartnerConnection]
) -> None:
    script, _ = there
    script.waiting |= {f"HUB-{place}": theirs().decode() for place in range(20)}
    script.broken = frozenset({"PULLSingleImportEnvelope"})
    run(files)
    assert script.asked.count("PULLSingleImportEnvelope") == 3
    assert not ReceivedMessage.objects.exists()


def test_nobody_is_asked_for_a_suspended_partner(files: TlsFiles, there: tuple[Hub, PartnerConnection]) -> None:
    _, connection = there
    Partner.objects.filter(pk=connection.partner_id).update(
        state="suspended", resumes_as="live", suspended_reason="request"
    )
    assert run(files) == 0
    connect(live_partner("XC"), Channel.HUB, is_active=False)
    assert run(files) == 0


def test_a_hint_leads_to_a_round_before_its_time_and_is_never_believed(
    files: TlsFiles, there: tuple[Hub, PartnerConnection]
) -> None:
    script, connection = there
    run(files)
    facts = {"pushed": "deliver"}
    message_receive(
        authority="XA", channel="hub", raw=theirs(), facts=facts, connection=connection, is_hint=True, at=NOW
    )
    assert run(files, at=NOW + HINTS_EVERY) == 1
    assert script.asked.count("GetImportEnvelopeHeaders") == 2
    assert not IncomingCertificate.objects.exists()
    assert run(files, at=NOW + 2 * HINTS_EVERY) == 0
