"""Bring the demo's database to the newest form and fill it once; run by ``opensps demo`` in a process of its own."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from opensps.accounts.queries import SYSTEM
from opensps.accounts.services import authority_change_check_host
from opensps.events.guards import verify_triggers
from opensps.events.services import worker_run_until_idle
from opensps.exchange.queries.deliveries import partners_for_staff
from opensps.project import lifeline
from opensps.project.abroad.keys import AbroadKeys
from opensps.project.abroad.records import partners_create
from opensps.project.demo.loading import CERTIFICATES, load
from opensps.project.demo.logging_past import Past, log_begun, past_of, write_past
from opensps.project.log_installation import directory_of, own_log_signer, own_policy


class Command(BaseCommand):
    """Migrate, and with ``--fill`` load the made-up data through the same services the pages use."""

    help = "Migrate the demo database and load its data."
    requires_system_checks = ()

    def add_arguments(self, parser: Any) -> None:
        """Take the flag that the supervisor sets for a new database."""
        parser.add_argument("--fill", action="store_true")
        parser.add_argument("--certificates", type=int, default=CERTIFICATES)
        parser.add_argument("--until-stdin-closes", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Refuse outside the demo: made-up people with one-click sign-in belong nowhere else."""
        if not settings.OPENSPS_DEMO:
            raise CommandError("This is not a demo: OPENSPS_DEMO is not set.")
        if options["until_stdin_closes"]:
            lifeline.terminate_when_stdin_closes()
        call_command("migrate", verbosity=0, interactive=False)
        verify_triggers()
        past = _past()
        log = log_begun(past, at=datetime.now(UTC))
        if options["fill"]:
            _fill(options["certificates"], past)
        else:
            _partners(datetime.now(UTC))  # a demo of a version that had none
        if not options["fill"] and not log.size:  # a demo of a version that had no log
            write_past(past, now=datetime.now(UTC))
        # Another port than last time: paper printed from now on leads there.
        authority_change_check_host(
            authority=settings.OPENSPS_AUTHORITY,
            check_host=settings.OPENSPS_CHECK_HOST,
            actor=SYSTEM,
            at=datetime.now(UTC),
        )


def _partners(at: datetime) -> None:
    """Write down the partners abroad, unless they are there."""
    key: Path | None = settings.OPENSPS_EXCHANGE_KEY
    if key is not None and not partners_for_staff(authority=settings.OPENSPS_AUTHORITY):
        partners_create(AbroadKeys(key.parent), at=at)


def _past() -> Past:
    """Return what the past of the log is written with."""
    signer = own_log_signer()
    return past_of(
        authority=settings.OPENSPS_AUTHORITY,
        directory=directory_of(signer.name),
        signer=signer,
        policy=own_policy(),
        witnesses=Path(settings.OPENSPS_TRUST_FILE or "").parent.parent,
    )


def _fill(certificates: int, past: Past) -> None:
    """Load without waiting for the disk at each step: what is interrupted is thrown away and begun again.

    The events are followed to the last one, so that the first visitor shares the database with nobody.
    """
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
        now = datetime.now(UTC)
        load(at=now, certificates=certificates)
        _partners(now)
        worker_run_until_idle(at=datetime.now(UTC))
        write_past(past, now=datetime.now(UTC))
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
