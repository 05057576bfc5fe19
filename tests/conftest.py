"""What every test may ask for.

``reference``: the root of the reference material beside the repository.
``fresh_database``: a migrated database of the test's own, for tests with threads, processes or real commits.
``heavy_count``: how many cases a heavy test runs today.
Markers: ``needs("chromium", ...)``, ``engine("sqlite" | "postgres")``, ``heavy``; see pyproject.toml.
"""

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import hypothesis
import pytest
from django.test.utils import setup_databases, teardown_databases

from tests import databases, needs, postgres
from tests.needs import NOT_RUN, PRESENT, REFERENCE

hypothesis.settings.register_profile("house", deadline=None, print_blob=True, derandomize=True, database=None)
hypothesis.settings.register_profile("searching", deadline=None, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("OPENSPS_HYPOTHESIS", "house"))

ENGINE = os.environ.get("OPENSPS_TEST_DATABASE", "sqlite")
HEAVY = os.environ.get("OPENSPS_HEAVY", "")
DATABASE_FIXTURES = frozenset({"db", "django_db_setup", "fresh_database"})
"""Whoever meets a database asks for one of these, directly or through other fixtures."""

_server: list[postgres.PrivateServer] = []


def pytest_configure(config: pytest.Config) -> None:
    """Start the private PostgreSQL, once per run: workers of xdist inherit its address."""
    needs.required()
    if HEAVY not in ("", "tenth", "full"):
        raise pytest.UsageError("OPENSPS_HEAVY is tenth or full")
    if ENGINE != "postgres" or hasattr(config, "workerinput") or postgres.PRIVATE not in os.environ:
        return
    server = postgres.PrivateServer(Path(os.environ[postgres.PRIVATE]))
    _server.append(server)
    try:
        server.start()
    except postgres.CannotStart as exc:
        raise pytest.UsageError(f"The private PostgreSQL does not start; set {postgres.GIVEN}. {exc}") from exc


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started and remove what was written."""
    if hasattr(config, "workerinput"):
        return
    for server in _server:
        server.stop()
    if scratch := os.environ.get("OPENSPS_TEST_SCRATCH"):
        shutil.rmtree(scratch, ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what belongs to the other database or to the other kind of run."""
    judged = [(item, _belongs(item)) for item in items]
    if left_out := [item for item, belongs in judged if not belongs]:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item, belongs in judged if belongs]


def _belongs(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("engine")
    is_heavy = item.get_closest_marker("heavy") is not None or "heavy" in item.path.parts
    is_here = ENGINE in marker.args if marker else ENGINE == "sqlite" or _meets_a_database(item)
    return is_here and is_heavy == bool(HEAVY)


def _meets_a_database(item: pytest.Item) -> bool:
    """Tell whether a test asks for a database at all; one that does not says the same whichever there is."""
    asked = getattr(item, "fixturenames", ())
    return item.get_closest_marker("django_db") is not None or not DATABASE_FIXTURES.isdisjoint(asked)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Do not run a test whose tools are missing."""
    for marker in item.iter_markers("needs"):
        for need in marker.args:
            if not PRESENT[need]():
                pytest.skip(NOT_RUN + need)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With ``OPENSPS_REQUIRE`` set, a test that was not run has failed."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and needs.required():
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid}: {_reason(report)} (OPENSPS_REQUIRE allows no test to be left out)"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count what was not run, and why, in the last lines."""
    reasons = [_reason(report) for report in terminalreporter.stats.get("skipped", ())]
    for reason in sorted(set(reasons)):
        terminalreporter.write_line(f"{reasons.count(reason)} {reason}", yellow=True)


def _reason(report: pytest.TestReport) -> str:
    longrepr = report.longrepr
    text = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr)
    return text.removeprefix("Skipped: ")


@pytest.fixture(scope="session")
def reference() -> Path:
    """The root of the reference material; the test counts as not run where it is missing."""
    if not PRESENT["reference"]():
        pytest.skip(NOT_RUN + "reference")
    return REFERENCE


@pytest.fixture(scope="session")
def heavy_count() -> Callable[[int], int]:
    """How many of ``full`` cases to run: all of them in the nightly run, a tenth in `make faults`."""
    return lambda full: full if HEAVY == "full" else max(1, full // 10)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: databases.Blocker, django_db_modify_db_settings: None
) -> Iterator[None]:
    """The session's test database; also where every chosen test asks for `fresh_database` and none for ``db``."""
    with django_db_blocker.unblock():
        config = setup_databases(verbosity=0, interactive=False)
    yield
    with django_db_blocker.unblock():
        teardown_databases(config, verbosity=0)


@pytest.fixture(scope="session")
def database_template(django_db_setup: None, django_db_blocker: databases.Blocker) -> Iterator[databases.Template]:
    """The migrated, empty database that `fresh_database` copies."""
    with django_db_blocker.unblock():
        template = databases.Template.of_test_database()
    yield template
    with django_db_blocker.unblock():
        template.drop()


@pytest.fixture
def fresh_database(
    database_template: databases.Template, django_db_blocker: databases.Blocker
) -> Iterator[databases.Fresh]:
    """A migrated database of this test alone, copied from a template, with real commits.

    Use it instead of ``transactional_db`` and ``live_server``: event tables are insert-only, so nothing can be flushed.
    Every thread of the test that uses Django's connections meets this database (close them at the thread's end with
    ``django.db.connections.close_all()``); give a process its address, ``fresh_database.url``, as
    ``OPENSPS_DATABASE_URL``. Works the same on SQLite and PostgreSQL. Do not ask for ``db`` in the same test.
    """
    with django_db_blocker.unblock():
        fresh = database_template.copy()
        try:
            yield fresh
        finally:
            fresh.drop()


@pytest.fixture
def transactional_db() -> None:
    """Refused: the event tables cannot be flushed."""
    raise pytest.UsageError("Use fresh_database: event tables are insert-only and cannot be flushed.")
