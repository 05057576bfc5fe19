"""Many wrong codes at once: the limit holds exactly."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from opensps.border.models import CheckAttempt, WrongCodeCounter
from opensps.border.services import check_number
from opensps.formats.carriers import verification_code
from tests.factories import signing

CODE = verification_code(b"\x07" * 16, signing.NUMBER)


def test_codes_sent_at_once_are_counted_one_by_one(fresh_database: object) -> None:
    barrier = threading.Barrier(8)

    def guess(_: int) -> str:
        try:
            barrier.wait(20)
            found = check_number(
                authority="XA",
                number_typed=signing.NUMBER,
                code_typed=CODE,
                network="192.0.2.17",
                at=signing.NOW,
                trust=signing.trust_list(),
            )
            return found.result
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        results = sorted(pool.map(guess, range(8)))
    assert results == ["no_match"] * 5 + ["too_many_tries"] * 3
    assert WrongCodeCounter.objects.get(scope="network").wrong == 5
    assert CheckAttempt.objects.count() == 8
