"""One size of `bench.border` in a process of its own: ``python -m bench.desk DATABASE_URL SIZE ACCOUNTS ROUNDS``.

Prints JSON: per kind of question p50, p95 and p99 in milliseconds, how many a second one process answers, and how many
queries one takes.
"""

import itertools
import json
import os
import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

GENUINE = 20
"""Certificates that were really issued, and are checked in turn."""


def main(url: str, size: int, accounts: int, rounds: int) -> None:
    """Measure and print."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "opensps.project.settings"
    os.environ["OPENSPS_DATABASE_URL"] = url
    os.environ.setdefault("OPENSPS_SECRET_KEY", "for this run only")
    import django  # noqa: PLC0415  settings read the environment that was just set
    from django.core.management import call_command  # noqa: PLC0415  the same

    django.setup()
    call_command("migrate", verbosity=0)
    works = _works(size, accounts)
    print(json.dumps(_measured(works, rounds)))


def _measured(works: dict[str, Callable[[], object]], rounds: int) -> dict[str, dict[str, float]]:
    from django.db import connection  # noqa: PLC0415  models need the installation
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415  the same

    found: dict[str, dict[str, float]] = {name: {} for name in ("p50_ms", "p95_ms", "p99_ms", "per_second", "queries")}
    for name, work in works.items():
        work()
        with CaptureQueriesContext(connection) as counted:
            work()
        taken = sorted(_timed(work) for _ in range(rounds))
        found["queries"][name] = len(counted)
        found["per_second"][name] = rounds / sum(taken)
        for mark in (50, 95, 99):
            found[f"p{mark}_ms"][name] = taken[min(rounds - 1, rounds * mark // 100)] * 1000
    return found


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _works(size: int, accounts: int) -> dict[str, Callable[[], object]]:
    from bench.desk_rows import certificates_fill, officials_fill  # noqa: PLC0415  models need the installation
    from opensps.border.desk import Desk  # noqa: PLC0415  the same
    from opensps.border.records import record_for  # noqa: PLC0415  the same
    from opensps.border.services import check_number  # noqa: PLC0415  the same
    from opensps.border.services.desk import desk_number  # noqa: PLC0415  the same
    from opensps.certificate.numbers import IssuedNumber  # noqa: PLC0415  the same
    from opensps.certification.queries import certificates_for_actor  # noqa: PLC0415  the same
    from tests.factories.certification import cast, certificate_in, keys  # noqa: PLC0415  the same

    now = datetime.now(UTC)
    people = cast(at=now - timedelta(days=2))
    genuine = [certificate_in(people, at=now - timedelta(days=2)) for _ in range(GENUINE)]
    certificates_fill(genuine[0], size)
    askers = itertools.cycle(officials_fill(accounts, at=now - timedelta(days=2)))
    turn, choice = itertools.cycle(genuine), random.Random(1)  # noqa: S311  the same every time
    trust = keys().trust

    def desk(**options: Any) -> Desk:
        return Desk(
            authority="XA", actor=next(askers), at=datetime.now(UTC), trust=trust, network="10.0.0.1", **options
        )

    def at_the_desk() -> None:
        kept = desk_number(desk(), number=next(turn).number)
        assert kept.verdict_class == "green", kept.result

    def invented() -> None:
        number = str(IssuedNumber("XA", 2025, "999", choice.randint(1, 9_999_999)))
        assert desk_number(desk(), number=number).verdict_class != "green"

    def in_public() -> None:
        asked = next(turn)
        place = f"10.{choice.randint(1, 250)}.{choice.randint(1, 250)}.1"
        options: dict[str, Any] = {"authority": "XA", "network": place, "at": datetime.now(UTC), "trust": trust}
        assert check_number(number_typed=asked.number, code_typed=asked.code, **options).result == "in_force"

    def record() -> None:
        assert record_for(authority="XA", actor=next(askers), issuer="XA", number=next(turn).number).value

    def newest() -> None:
        assert certificates_for_actor(authority="XA", actor=people.officer, limit=50)

    return {
        "check at the desk": at_the_desk,
        "a number never issued": invented,
        "public check with code": in_public,
        "full record": record,
        "newest fifty": newest,
    }


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
