"""A running demo and a browser for the journeys. They have a pytest run of their own (see the Makefile): Playwright's
event loop and Django's connections do not live well in one process. Of several workers each has a demo and a browser of
its own, so that no journey meets what another file's journeys leave.
"""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests import needs
from tests.e2e import running
from tests.e2e.papers import Issued, issued_from, picture_of
from tests.e2e.visitor import Enter, Visitor

FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Without the network flags Chromium looks for its maker's hosts at every start, which closed networks refuse."""


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[running.RunningDemo]:
    """A complete demo, shared by all journeys of this process: leave what you find of others.

    To save its first minute while writing tests, name the directory of a filled demo in ``OPENSPS_TEST_DEMO``: a copy
    of it is used.
    """
    directory = tmp_path_factory.mktemp("demo")
    if filled := os.environ.get("OPENSPS_TEST_DEMO"):
        directory = copy_of(Path(filled), directory / "copy")
    site = running.start(directory)
    yield site
    site.stop()


@pytest.fixture
def copied_demo(demo: running.RunningDemo, tmp_path: Path) -> Path:
    """The directory of a demo that does not run: a copy of the shared one, database and all."""
    return copy_of(demo.directory, tmp_path / "copy")


def copy_of(filled: Path, directory: Path) -> Path:
    """Copy a demo's directory, even while it runs."""
    shutil.copytree(filled, directory, ignore=shutil.ignore_patterns("opensps.sqlite3*", "log", "lock"))
    with (
        contextlib.closing(sqlite3.connect(filled / "opensps.sqlite3")) as source,
        contextlib.closing(sqlite3.connect(directory / "opensps.sqlite3")) as target,
    ):
        source.backup(target)
    return directory


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright itself; it brings no browser, the system's Chromium is used."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """The system's Chromium; the test counts as not run where there is none."""
    path = needs.chromium()
    if path is None:
        pytest.skip(needs.NOT_RUN + "chromium")
    is_root = os.geteuid() == 0
    started = playwright.chromium.launch(executable_path=path, args=list(FLAGS), chromium_sandbox=not is_root)
    yield started
    started.close()


@pytest.fixture
def new_context(browser: Browser, demo: running.RunningDemo) -> Iterator[Callable[..., BrowserContext]]:
    """Return a function that opens a browser window of its own, as a stranger to the site.

    Arguments are those of Playwright's ``new_context``, for instance ``java_script_enabled=False`` or
    ``locale="zh-CN"``. Addresses may begin with a slash.
    """
    opened: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(base_url=demo.address, ignore_https_errors=True, **options)
        context.set_default_timeout(15_000)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()


@pytest.fixture
def enter(new_context: Callable[..., BrowserContext]) -> Enter:
    """Return a function that opens a browser for one person, or for a stranger: ``enter("officer", "zh-hans")``."""

    def make(mailbox: str = "", language: str = "en", **options: Any) -> Visitor:
        visitor = Visitor(new_context(accept_downloads=True, **options).new_page(), language)
        return visitor.sign_in(mailbox) if mailbox else visitor

    return make


@pytest.fixture(scope="session")
def officer(browser: Browser, demo: running.RunningDemo) -> Iterator[Visitor]:
    """A certifying officer who only reads."""
    context = browser.new_context(base_url=demo.address, ignore_https_errors=True, accept_downloads=True)
    yield Visitor(context.new_page()).sign_in("officer")
    context.close()


@pytest.fixture(scope="session")
def in_force(officer: Visitor) -> list[str]:
    """Numbers of certificates in force, newest first; the last is `genuine`."""
    officer.open("/certificates?state=in_force")
    return officer.page.locator("tbody th .num").all_inner_texts()


@pytest.fixture(scope="session")
def genuine(officer: Visitor, in_force: list[str], tmp_path_factory: pytest.TempPathFactory) -> Issued:
    """A certificate in force with its files, downloaded as an officer does.

    It came with the demo: what a journey issued just now is in no status list before the next hour.
    """
    return issued_from(officer, in_force[-1], tmp_path_factory.mktemp("genuine"))


@pytest.fixture(scope="session")
def paper(officer: Visitor, genuine: Issued) -> bytes:
    """The first page of `genuine` as a picture."""
    return picture_of(officer.page.context, genuine.pdf)
