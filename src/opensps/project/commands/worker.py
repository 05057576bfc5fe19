"""``opensps worker``: follows the events that acts leave behind."""

import signal
import threading
from datetime import UTC, datetime
from types import FrameType

import click
import structlog
from django.db import DatabaseError, connection

from opensps.events.errors import GuardsMissing
from opensps.events.services import worker_run_once, worker_run_until_idle
from opensps.project import lifeline
from opensps.project.chores import Chores
from opensps.project.commands.manners import verbose_option
from opensps.project.exchanging import Exchanging, exchange_once
from opensps.project.exits import Exit, Stopped
from opensps.project.log_writing import LogWriter
from opensps.project.protection import refuse_unprotected
from opensps.project.status_publishing import StatusPublisher

log = structlog.get_logger("opensps.worker")

IDLE_SECONDS = 1.0
BETWEEN_SECONDS = 0.05
"""Between two busy runs: SQLite's write lock has no queue, and people who wait for it would never get a turn."""

LONGEST_PAUSE_SECONDS = 30.0


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now and stop.")
@click.option("--until-stdin-closes", is_flag=True, hidden=True)
@verbose_option
def worker(*, once: bool, until_stdin_closes: bool) -> None:
    """Serve the event consumers and deliver to partners until stopped (Ctrl-C or SIGTERM).

    Several workers may run at once. A worker that is killed loses nothing: what it had taken comes back.

    \b
    Example:
      opensps worker --once
    """
    _refuse_without_guards()
    if once:
        Chores().run(datetime.now(UTC))
        report = worker_run_until_idle(at=datetime.now(UTC))
        exchange_once(datetime.now(UTC))
        LogWriter().run(datetime.now(UTC))
        click.echo(f"{report.done} done, {report.failed} failed")
        return
    stop = threading.Event()

    def leave(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    if until_stdin_closes:
        lifeline.terminate_when_stdin_closes()
    exchanging = Exchanging()
    exchanging.start()
    try:
        _serve(stop)
    finally:
        exchanging.end()


def _refuse_without_guards() -> None:
    try:
        refuse_unprotected()
    except GuardsMissing as exc:
        raise Stopped(
            Exit.UNEXPECTED, "The database does not protect the events (%(why)s). Run: opensps doctor", why=exc
        ) from exc
    except DatabaseError as exc:
        raise Stopped(Exit.TRY_LATER, "The database does not answer (%(why)s).", why=type(exc).__name__) from exc


def _serve(stop: threading.Event) -> None:
    pause, chores, writer, publisher = IDLE_SECONDS, Chores(), LogWriter(), StatusPublisher()
    while not stop.is_set():
        try:
            chores.run(datetime.now(UTC))
            is_idle = worker_run_once(at=datetime.now(UTC)).is_idle
            writer.run(datetime.now(UTC))
            publisher.run(datetime.now(UTC))
            pause = IDLE_SECONDS
        except DatabaseError as error:  # the database went away: come back more and more slowly
            log.warning("worker_database_lost", kind=type(error).__name__)
            connection.close()
            is_idle, pause = True, min(pause * 2, LONGEST_PAUSE_SECONDS)
        stop.wait(pause if is_idle else BETWEEN_SECONDS)
