"""A thousand certificates, each event sent 1 to 10 times over three channels in any order, workers killed meanwhile.

Exactly a thousand are there at the end, each in the state that follows from what happened to it; every envelope that
was taken has one acknowledgement, and every acknowledgement finds the envelope it is about on the partner's side.
"""

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from opensps.events.queries import audit
from opensps.events.services import worker_run_until_idle
from opensps.exchange.models import Envelope, IncomingCertificate, ReceivedMessage
from opensps.exchange.services.messages import LEASE, messages_process_due
from tests.databases import Fresh
from tests.factories.conversations import TERMS, Conversation, Sending, fates

CERTIFICATES = 1_000
WORKERS = 2
MOST_ROUNDS = 40
"""Of work before a worker is killed, in the middle of the next one."""

LONGEST_PAUSE_SECONDS = 0.2


class _Worker(threading.Thread):
    """A worker that is killed again and again after some work, until nobody needs it any more."""

    def __init__(self, database: Fresh, seed: int) -> None:
        super().__init__()
        self.database, self.stop, self.kills = database, threading.Event(), 0
        self.choice = random.Random(seed)  # noqa: S311 when to kill is no secret

    def run(self) -> None:
        while not self.stop.is_set():
            process = self._begun()
            assert process.stdout is not None
            for _ in range(self.choice.randint(1, MOST_ROUNDS)):
                process.stdout.readline()
            time.sleep(self.choice.uniform(0, LONGEST_PAUSE_SECONDS))
            process.kill()
            process.communicate()
            self.kills += 1

    def _begun(self) -> subprocess.Popen[str]:
        environment = {**os.environ, "OPENSPS_DATABASE_URL": self.database.url}
        command = [sys.executable, "-m", "tests.heavy.processing"]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def _all_sent(conversation: Conversation, sendings: list[Sending]) -> None:
    for sending in sendings:
        conversation.send(sending)
    deadline = time.monotonic() + 6000
    while ReceivedMessage.objects.filter(decision="arrived", tries=0).exists():
        assert time.monotonic() < deadline, "messages still wait"
        time.sleep(0.5)


@pytest.mark.timeout(7200)
def test_a_thousand_certificates_survive_repeats_disorder_and_deaths(
    fresh_database: Fresh, heavy_count: Callable[[int], int]
) -> None:
    conversation = Conversation.begin(at=datetime.now(UTC), seed=11)
    count = heavy_count(CERTIFICATES)
    events, ends = fates(count, conversation.choice)
    sendings = conversation.sendings(events)
    workers = [_Worker(fresh_database, seed) for seed in range(WORKERS)]
    for worker in workers:
        worker.start()
    try:
        _all_sent(conversation, sendings)
    finally:
        for worker in workers:
            worker.stop.set()
        for worker in workers:
            worker.join()
    assert all(worker.kills for worker in workers)
    while messages_process_due(authority="XA", terms=TERMS, at=datetime.now(UTC) + 20 * LEASE):
        pass
    _all_is_as_it_happened(conversation, sendings, dict(ends), count)


def _all_is_as_it_happened(
    conversation: Conversation, sendings: list[Sending], ends: dict[str, str], count: int
) -> None:
    assert dict(IncomingCertificate.objects.values_list("number", "state")) == ends
    assert len(ends) == count
    assert not ReceivedMessage.objects.filter(decision__in=("arrived", "quarantined")).exists()
    arrived = Envelope.objects.filter(authority="XA", direction="in")
    deliveries = {sending.delivery for sending in sendings}
    assert set(arrived.values_list("remote_number", flat=True)) == deliveries
    assert arrived.count() == len(deliveries)
    by_message = arrived.filter(channel__in=("hub", "test")).count()
    assert conversation.carry_answers() == by_message, "one acknowledgement for each that is answered by a message"
    theirs = Envelope.objects.filter(authority="XB", direction="out")
    assert set(theirs.values_list("state", flat=True)) <= {"received", "received_remarks"}
    worker_run_until_idle(at=datetime.now(UTC) + timedelta(days=1))
    assert audit("XA") == ()
