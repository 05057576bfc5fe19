"""One size of `bench.border` in a process of its own: ``python -m bench.desk DATABASE_URL SIZE ACCOUNTS``.

Fills the database, prints how many queries each question takes, and then, for every line it reads, asks each question
once and prints the seconds it took; all as one line of JSON. It ends with its input.
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

Works = dict[str, Callable[[], object]]


def main(url: str, size: int, accounts: int) -> None:
    """Fill, and answer until the input ends."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "opensps.project.settings"
    os.environ["OPENSPS_DATABASE_URL"] = url
    os.environ.setdefault("OPENSPS_SECRET_KEY", "for this run only")
    import django  # noqa: PLC0415  settings read the environment that was just set
    from django.core.management import call_command  # noqa: PLC0415  the same

    django.setup()
    call_command("migrate", verbosity=0)
    works = _works(size, accounts)
    print(json.dumps({name: _queries(work) for name, work in works.items()}), flush=True)
    for _line in sys.stdin:
        print(json.dumps({name: _timed(work) for name, work in works.items()}), flush=True)


def _queries(work: Callable[[], object]) -> int:
    from django.db import connection  # noqa: PLC0415  models need the installation
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415  the same

    work()
    with CaptureQueriesContext(connection) as counted:
        work()
    return len(counted)


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _works(size: int, accounts: int) -> Works:
    from bench.desk_rows import certificates_fill, officials_fill, rows_settle  # noqa: PLC0415  models need it
    from tests.factories.certification import cast, certificate_in  # noqa: PLC0415  the same

    now = datetime.now(UTC)
    people = cast(at=now - timedelta(days=2))
    genuine = [certificate_in(people, at=now - timedelta(days=2)) for _ in range(GENUINE)]
    certificates_fill(genuine[0], size)
    officials = officials_fill(accounts, at=now - timedelta(days=2))
    rows_settle()
    return {**_checks(genuine, officials), **_lists(genuine, officials, people.officer)}


def _checks(genuine: Any, officials: Any) -> Works:
    from opensps.border.desk import Desk  # noqa: PLC0415  models need the installation
    from opensps.border.services import check_number  # noqa: PLC0415  the same
    from opensps.border.services.desk import desk_number  # noqa: PLC0415  the same
    from opensps.certificate.numbers import IssuedNumber  # noqa: PLC0415  the same
    from tests.factories.certification import keys  # noqa: PLC0415  the same

    askers, turn = itertools.cycle(officials), itertools.cycle(genuine)
    trust, choice = keys().trust, random.Random(1)  # noqa: S311  the same every time

    def desk() -> Desk:
        return Desk(authority="XA", actor=next(askers), at=datetime.now(UTC), trust=trust, network="10.0.0.1")

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

    return {"check at the desk": at_the_desk, "a number never issued": invented, "public check with code": in_public}


def _lists(genuine: Any, officials: Any, officer: Any) -> Works:
    from opensps.border.records import Sought, record_for, records_for  # noqa: PLC0415  models need the installation
    from opensps.certification.queries import certificates_for_actor  # noqa: PLC0415  the same

    askers, turn = itertools.cycle(officials), itertools.cycle(genuine)
    goods = genuine[0].goods.split()[0]

    def record() -> None:
        assert record_for(authority="XA", actor=next(askers), issuer="XA", number=next(turn).number).value

    def found(text: str) -> int:
        return len(records_for(authority="XA", actor=next(askers), sought=Sought(text=text)))

    def by_number() -> None:
        assert found(next(turn).number) == 1

    def by_word() -> None:
        assert found(goods) > 1

    def nothing() -> None:
        assert found("unheard-of") == 0

    def newest() -> None:
        assert certificates_for_actor(authority="XA", actor=officer, limit=50)

    return {
        "full record": record,
        "search by number": by_number,
        "search by a word": by_word,
        "search that finds nothing": nothing,
        "newest fifty": newest,
    }


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
