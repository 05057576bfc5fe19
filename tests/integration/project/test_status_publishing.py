"""The worker publishes status lists by itself, and none that nobody would believe."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from opensps.certification.models import LogLeaf
from opensps.certification.services.log_leaves import LOG_CONSUMER
from opensps.events.registry import register, unregister
from opensps.project import status_publishing
from opensps.project.status_publishing import AT_LEAST, LOOK_EVERY, StatusPublisher, publish_all
from opensps.signing import SealError, TrustList
from opensps.transparency.status_list import read_status_list
from tests.factories import certification
from tests.factories.certification import AUTHORITY, Story
from tests.factories.log_at_rest import LATER, LogBook
from tests.factories.signing import FROM, signer, trust_list, trusted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def consumer() -> Iterator[None]:
    """The log follows events."""
    register(LOG_CONSUMER)
    yield
    unregister(LOG_CONSUMER.name)


@pytest.fixture
def book(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> LogBook:
    """An installation with a log, one certificate in it, and a key that may sign lists."""
    settings.OPENSPS_LOG_DIR, settings.OPENSPS_AUTHORITY = tmp_path, AUTHORITY
    made = LogBook.create(tmp_path)
    story = Story(certification.cast())
    story("submit", "open", "order", "inspect", "mark_ready", "issue")
    made.follow()
    made.append()
    monkeypatch.setattr(status_publishing, "own_signer", signer)
    monkeypatch.setattr(status_publishing, "directory_of", lambda _origin: made.directory)
    believe(monkeypatch, trust_list(trusted(uses=("status",), from_at=FROM)))
    return made


def believe(monkeypatch: pytest.MonkeyPatch, trust: TrustList) -> None:
    monkeypatch.setattr(status_publishing, "own_trust", lambda: trust)


def test_the_worker_publishes_what_is_due_and_looks_again_later(book: LogBook) -> None:
    publisher = StatusPublisher()
    publisher.run(LATER)
    first = book.directory.status_path.read_bytes()
    assert read_status_list(first)[1].issued_at == LATER
    publisher.run(LATER + LOOK_EVERY / 2)
    publisher.run(LATER + LOOK_EVERY)
    publisher.run(LATER + AT_LEAST)
    assert book.directory.status_path.read_bytes() == first
    publisher.run(LATER + timedelta(hours=1))
    assert book.directory.status_path.read_bytes() != first


@pytest.mark.parametrize("uses", [("xml",), ("training",)])
def test_a_list_nobody_would_believe_is_not_published(
    book: LogBook, monkeypatch: pytest.MonkeyPatch, uses: tuple[str, ...]
) -> None:
    believe(monkeypatch, trust_list(trusted(uses=uses, from_at=FROM)))
    with pytest.raises(SealError):
        publish_all(authority=AUTHORITY, at=LATER)
    StatusPublisher().run(LATER)
    assert not book.directory.status_path.exists()
    assert LogLeaf.objects.filter(kind=9).count() == 0


def test_an_installation_without_a_log_has_no_list(settings: Any) -> None:
    settings.OPENSPS_LOG_DIR = None
    publisher = StatusPublisher()
    publisher.run(LATER)
    assert publisher.not_before is None


def test_the_list_is_served_beside_the_checkpoint(book: LogBook, client: Client, settings: Any) -> None:
    StatusPublisher().run(LATER)
    place = settings.OPENSPS_LOG_DIR / "xa" / "2026"
    place.mkdir(parents=True)
    (place / "status").write_bytes(book.directory.status_path.read_bytes())
    answer = client.get("/log/xa/2026/status", secure=True)
    assert answer["Content-Type"] == "application/statuslist+cwt"
    assert answer["Cache-Control"] == "public, max-age=60"
    assert client.get("/log/xa/2027/status", secure=True).status_code == 404
