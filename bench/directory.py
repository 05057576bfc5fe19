"""The directory of a large authority: 130,000 people in 600 offices, on SQLite, in a process of its own (row B04).

People, roles and words are rows made in bulk; every question is the query of a page, and the change of a role is the
act of an administrator for a whole office.
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from uuid import UUID

STAFF, OFFICES = 130_000, 600
_FAMILY = [
    "Adeyemi",
    "Berg",
    "Castillo",
    "Dumont",
    "Eriksen",
    "Fischer",
    "Garcia",
    "Haddad",
    "Ivanova",
    "Jensen",
    "Kim",
    "Li",
    "Moreau",
    "Nakamura",
    "Ortiz",
]
_ENDS = tuple("a an ber ca dal er ford gren holm in ko ley man ner os quist ris sen ton vik wa zek".split())  # noqa: SIM905  the same
_CHINESE = "王李张刘陈杨黄赵周吴"
_GIVEN = "伟芳娜敏静磊强洋艳勇军杰娟涛明超秀霞平刚"
_BATCH = 5_000


def said(*, rounds: int, staff: int = STAFF, url: str = "") -> str:
    """Return the lines of the table."""
    with tempfile.TemporaryDirectory() as directory:
        place = url or f"sqlite:///{directory}/directory.sqlite3"
        command = [sys.executable, "-m", "bench.directory", place, str(staff), str(rounds)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = [f"Directory of {staff:,} people in {OFFICES} offices (aim: p95 below 300 ms; a role below 5 s)", "-" * 70]
    if done.returncode:
        return "\n".join([*lines, f"not measured ({(done.stderr.strip().splitlines() or ['?'])[-1]})"])
    return "\n".join([*lines, *done.stdout.splitlines()])


def main(url: str, staff: int, rounds: int) -> None:
    """Fill, ask, and print one line per question."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "opensps.project.settings"
    os.environ["OPENSPS_DATABASE_URL"] = url
    os.environ.setdefault("OPENSPS_SECRET_KEY", "for this run only")
    import django  # noqa: PLC0415  settings read the environment that was just set
    from django.core.management import call_command  # noqa: PLC0415  the same

    django.setup()
    call_command("migrate", verbosity=0)
    filled(staff)
    for name, work in _questions().items():
        print(_measured(name, work, rounds))
    print(_office_changed())


def _name(choice: random.Random, number: int) -> str:
    if number % 3 == 0:
        return choice.choice(_CHINESE) + "".join(choice.choices(_GIVEN, k=2))
    family = choice.choice(_FAMILY) if number % 5 == 0 else choice.choice(_FAMILY)[:3] + choice.choice(_ENDS)
    return f"{choice.choice(_FAMILY)[:4]}{choice.choice(_ENDS)} {family.title()}"


def _in_batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch


def filled(staff: int) -> None:
    """Write so many people with their words, first events and one or two roles in an office each."""
    from django.db import transaction  # noqa: PLC0415  models need the installation

    from opensps.accounts.models import Office, Person, PersonWord, RoleGrant  # noqa: PLC0415  the same
    from opensps.accounts.name_words import words_of  # noqa: PLC0415  the same
    from opensps.lifecycle import Role  # noqa: PLC0415  the same
    from tests.factories.accounts import START, make_authority, make_office  # noqa: PLC0415  the same

    make_authority()
    with transaction.atomic():
        for number in range(OFFICES):
            make_office(f"{number:03d}")
    offices, choice = list(Office.objects.order_by("code")), random.Random(4)  # noqa: S311  the same every time
    roles = (Role.INSPECTOR, Role.EXAMINER, Role.REVIEWER, Role.CERTIFYING_OFFICER, Role.BORDER_OFFICER, Role.PLANNER)
    columns = {"authority": "XA", "password": "!", "preferred_language": "en"}
    people = (
        Person(id=UUID(int=n + 1), email=f"p{n}@staff.example", name=_name(choice, n), **columns) for n in range(staff)
    )
    for batch in _in_batches(people):
        with transaction.atomic():
            Person.objects.bulk_create(batch, batch_size=500)
            words = [PersonWord(authority="XA", person=p, word=w) for p in batch for w in words_of(p.name, p.email)]
            PersonWord.objects.bulk_create(words, batch_size=500)
            grants = [
                RoleGrant(
                    id=UUID(int=choice.getrandbits(128)),
                    authority="XA",
                    person=person,
                    role=role,
                    office=offices[person.id.int % OFFICES],
                    valid_from=START,
                )
                for person in batch
                for role in choice.sample(roles, 1 + person.id.int % 2)
            ]
            RoleGrant.objects.bulk_create(grants, batch_size=500)
            _born(batch, START)


def _born(people: list[Any], at: datetime) -> None:
    """Write the event with which each account began."""
    from opensps.events.services import event_write  # noqa: PLC0415  models need the installation

    for person in people:
        if person.id.int % OFFICES < 2:  # the offices whose role is changed
            event_write(
                authority="XA",
                object_kind="person",
                object_id=person.opaque_id,
                act="person.created",
                to_state="active",
                actor="system",
                role="system",
                at=at,
            )


def _questions() -> dict[str, Callable[[], object]]:
    from opensps.accounts.people_queries import colleagues, people_found  # noqa: PLC0415  models need it

    choice, at = random.Random(5), datetime.now(UTC)  # noqa: S311  the same every time
    asked: dict[str, Any] = {"authority": "XA", "at": at}
    return {
        "people, all by name": lambda: people_found(**asked),
        "people by a family name": lambda: people_found(text=choice.choice(_FAMILY), **asked),
        "people by three letters": lambda: people_found(text=choice.choice(_FAMILY)[:3], **asked),
        "people by one letter": lambda: people_found(text=choice.choice("bgm"), **asked),
        "people by two words": lambda: people_found(
            text=f"{choice.choice(_FAMILY)[:3]} {choice.choice(_FAMILY)[:4]}", **asked
        ),
        "people by a Chinese name": lambda: people_found(text=choice.choice(_CHINESE) + choice.choice(_GIVEN), **asked),
        "people by a given name": lambda: people_found(text="".join(choice.choices(_GIVEN, k=2)), **asked),
        "people by mail address": lambda: people_found(text=f"p{choice.randrange(99_999)}@staff.example", **asked),
        "people of an office": lambda: people_found(office=f"{choice.randrange(OFFICES):03d}", **asked),
        "people of a role": lambda: people_found(role="planner", **asked),
        "name that nobody has": lambda: people_found(text="Xyzzy", **asked),
        "colleagues by name": lambda: colleagues(text=choice.choice(_FAMILY)[:4], **asked),
        "colleagues of an office": lambda: colleagues(office=f"{choice.randrange(OFFICES):03d}", **asked),
        "colleagues, all by name": lambda: colleagues(**asked),
    }


def _measured(name: str, work: Callable[[], object], rounds: int) -> str:
    from django.db import connection  # noqa: PLC0415  models need the installation
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415  the same

    taken, busy = [], []
    for _ in range(max(rounds, 20)):
        begun, worked = time.perf_counter(), time.thread_time()
        work()
        taken.append((time.perf_counter() - begun) * 1000)
        busy.append((time.thread_time() - worked) * 1000)
    with CaptureQueriesContext(connection) as counted:
        work()
    cuts, work_p95 = statistics.quantiles(taken, n=100), statistics.quantiles(busy, n=100)[94]
    spent = f"p50 {cuts[49]:6.1f}, p95 {cuts[94]:6.1f}, p99 {cuts[98]:6.1f} ms"
    return f"{name:<26} {spent} (p95 of work {work_p95:5.1f} ms); {len(counted)} queries"


def _office_changed() -> str:
    from opensps.accounts.queries import SYSTEM  # noqa: PLC0415  models need the installation
    from opensps.accounts.services import OfficeChange, office_roles_change  # noqa: PLC0415  the same
    from opensps.lifecycle import Role  # noqa: PLC0415  the same

    change = OfficeChange("000", held=Role.INSPECTOR, given=Role.BORDER_OFFICER, ends_held=True)
    begun = time.perf_counter()
    many = office_roles_change(authority="XA", change=change, actor=SYSTEM, at=datetime.now(UTC))
    return f"role of one office: {many} people in {time.perf_counter() - begun:.2f} s"


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
