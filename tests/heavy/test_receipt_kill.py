"""Kill -9 at every step between receipt and answer (`exchange.md` 8.4): no answer before it is kept, nothing twice.

A process takes one envelope and dies at its first, second, third ... statement and commit, until one time it lives to
the end. Whatever it had answered is there; the same envelope, sent again, is taken once and answered the same.
"""

import itertools
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, connections

from opensps.exchange.models import Envelope, IncomingCertificate, PartnerConnection, ReceivedMessage
from opensps.exchange.services import hub_store
from opensps.exchange.services.messages import LEASE, message_receive, messages_process_due
from opensps.exchange.services.receiving import envelope_receive
from opensps.exchange.terms import ReceivingTerms
from opensps.exchange.transports import Channel
from opensps.lifecycle import TrackingInfo
from tests.databases import Fresh
from tests.factories.certificates import country
from tests.factories.incoming import header, theirs
from tests.factories.participants import between, participant
from tests.factories.partners import live_partner

AT = datetime(2026, 11, 22, 7, tzinfo=UTC)
TERMS = ReceivingTerms(extra_countries=frozenset({"XA", "XB", "XC"}))
MOST_STEPS = 400


@dataclass
class _Death:
    """Kills its own process at a step."""

    at_step: int
    step: int = 0

    def take(self) -> None:
        """Take a step, perhaps the last one."""
        self.step += 1
        if self.step == self.at_step:
            os.kill(os.getpid(), signal.SIGKILL)

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Die before or after a statement."""
        self.take()
        result = execute(sql, params, many, context)
        self.take()
        return result


def _in_child(act: Callable[[], str], *, at_step: int) -> tuple[str, bool]:
    """Do something in a process that dies at a step; return what it had answered, and whether it lived."""
    connections.close_all()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _live(act, writing, at_step)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading) as said:
        answer = said.read()
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "it failed by itself"
    return answer, not os.WIFSIGNALED(status)


def _live(act: Callable[[], str], writing: int, at_step: int) -> None:
    code = 1
    try:
        death = _Death(at_step)
        connection.ensure_connection()
        commit = connection._commit

        def commit_or_die() -> None:
            death.take()
            commit()
            death.take()

        connection._commit = commit_or_die
        with connection.execute_wrapper(death):
            os.write(writing, act().encode())
        code = 0
    finally:
        os._exit(code)


def _every_step(act: Callable[[str], str], check: Callable[[str, str], None]) -> int:
    """Let it die at every step, each time with a number of its own; return how many steps there are."""
    for at_step in range(1, MOST_STEPS):
        number = f"XB/K/{at_step}"
        answer, lived = _in_child(lambda name=number: act(name), at_step=at_step)  # type: ignore[misc]  # bound early
        check(number, answer)
        if lived:
            return at_step
    raise AssertionError("it has no end")


def _stands_once(number: str) -> None:
    kept = IncomingCertificate.objects.get(number=number)
    assert kept.state == "in_force"
    rows = Envelope.objects.filter(number=number, direction="in")
    assert rows.count() == 1
    assert Envelope.objects.filter(number=number, kind="acknowledgement").count() <= 1


@pytest.mark.timeout(1200)
def test_an_envelope_that_is_answered_at_once_is_kept_before(fresh_database: Fresh) -> None:
    partner = live_partner("XB")

    def take(number: str) -> str:
        return envelope_receive(
            authority="XA",
            partner=partner,
            channel=Channel.TEST,
            header=header(number),
            content=theirs(number),
            remote_number=f"R {number}",
            terms=TERMS,
            at=AT,
        ).delivery_number

    def check(number: str, answer: str) -> None:
        if answer:
            assert Envelope.objects.filter(delivery_number=answer, direction="in").exists()
        again = take(number)
        assert again == (answer or again)
        _stands_once(number)

    assert _every_step(take, check) > 20


@pytest.mark.timeout(1200)
def test_a_message_that_is_stored_first_is_processed_to_the_end(fresh_database: Fresh) -> None:
    partner = live_partner("XB")
    connected, numbers = partner.connections.get(), itertools.count(1)

    def store(number: str) -> str:
        facts = {"from_code": "XB", "to_code": "XA", "type_code": 851, "status_code": 70, "number": number}
        return str(
            message_receive(
                authority="XA",
                channel=Channel.TEST,
                raw=theirs(number),
                facts={"header": facts, "remote_number": f"R {number}", "connection": connected.pk},
                at=AT,
            ).pk
        )

    def store_and_process(number: str) -> str:
        stored = store(number)
        messages_process_due(authority="XA", terms=TERMS, at=AT)
        return stored

    def check(number: str, answer: str) -> None:
        if answer:
            assert ReceivedMessage.objects.filter(pk=int(answer)).exists()
        if not ReceivedMessage.objects.filter(facts__remote_number=f"R {number}").exists():
            store(number)  # it was never answered: the other side sends it again
        messages_process_due(authority="XA", terms=TERMS, at=AT + next(numbers) * 2 * LEASE)
        _stands_once(number)
        assert Envelope.objects.filter(number=number, kind="acknowledgement").count() == 1

    assert _every_step(store_and_process, check) > 20


def _westmark() -> tuple[PartnerConnection, PartnerConnection, Callable[[str], str]]:
    sender, receiver = participant("XB"), participant("XC")

    def hand_in(number: str) -> str:
        return hub_store.hub_deliver(
            authority="XA",
            caller=sender,
            header=between(number),
            content=theirs(number, consignment__import_country=country("XC")),
            validate=False,
            terms=TERMS,
            at=AT,
        ).delivery_number

    return sender, receiver, hand_in


@pytest.mark.timeout(1200)
def test_our_hub_keeps_what_it_gave_a_number(fresh_database: Fresh) -> None:
    sender, receiver, hand_in = _westmark()

    def check(number: str, answer: str) -> None:
        again = hand_in(number)
        assert again == (answer or again)
        assert [one.number for one in hub_store.hub_under_delivery(caller=sender)].count(number) == 1
        hub_store.hub_acknowledge(
            authority="XA", caller=receiver, number=again, result=TrackingInfo.DELIVERED, text="", at=AT
        )

    assert _every_step(hand_in, check) > 10


@pytest.mark.timeout(1200)
def test_a_word_that_was_confirmed_stays(fresh_database: Fresh) -> None:
    _, receiver, hand_in = _westmark()
    given: dict[str, str] = {}

    def say(number: str) -> str:
        word = TrackingInfo.DELIVERED_WITH_WARNINGS
        return hub_store.hub_acknowledge(
            authority="XA", caller=receiver, number=given[number], result=word, text="x", at=AT
        )

    def check(number: str, answer: str) -> None:
        row = Envelope.objects.get(delivery_number=given[number])
        assert (row.state == "received_remarks") or not answer
        assert say(number) in ("OK", "Already DeliveredWithWarnings")

    for step in range(1, MOST_STEPS):
        number = f"XB/K/{step}"
        given[number] = hand_in(number)
        answer, lived = _in_child(lambda name=number: say(name), at_step=step)  # type: ignore[misc]  # bound early
        check(number, answer)
        if lived:
            break
    assert step > 8
