"""Status lists are published hourly and when something happened, and the log knows every one of them."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from opensps.certification import services
from opensps.certification.models import Certificate, LogLeaf, TransparencyLog
from opensps.certification.queries.log import log_leaves
from opensps.certification.services.log_growth import log_create, log_freeze
from opensps.certification.services.log_leaves import LOG_CONSUMER
from opensps.certification.services.status_lists import Place, newest_news, published, status_list_publish
from opensps.events.registry import register, unregister
from opensps.transparency.leaf import LeafEvent
from opensps.transparency.status_list import TIME_TO_LIVE, Status, StatusList, read_status_list, statuses
from tests.factories import logs
from tests.factories.certification import AUTHORITY, Cast, Story
from tests.factories.log_at_rest import LATER, LogBook
from tests.factories.signing import signer

pytestmark = pytest.mark.django_db

ADDRESS = "https://log.xa.example/xa/2026/status"


@pytest.fixture(autouse=True)
def consumer() -> Iterator[None]:
    """The log follows events."""
    register(LOG_CONSUMER)
    yield
    unregister(LOG_CONSUMER.name)


@pytest.fixture
def book(tmp_path: Path) -> LogBook:
    return LogBook.create(tmp_path)


def issued(people: Cast) -> Certificate:
    story = Story(people)
    story("submit", "open", "order", "inspect", "mark_ready", "issue")
    return Certificate.objects.get(application__reference=story.reference)


def hold(people: Cast, certificate: Certificate) -> None:
    services.certificate_hold(
        authority=AUTHORITY,
        number=certificate.number,
        reason_code="partner_question",
        decide_by=services.hold_decide_by(LATER),
        actor=people.officer,
        at=LATER,
    )


def publish(book: LogBook, *, minutes: int = 0, log: TransparencyLog | None = None) -> StatusList | None:
    row = TransparencyLog.objects.get(pk=log.pk) if log else TransparencyLog.objects.get(state="open")
    place = Place(book.directory, ADDRESS)
    return status_list_publish(log=row, place=place, signer=signer(), at=LATER + timedelta(minutes=minutes))


def grow(book: LogBook) -> None:
    book.follow()
    book.append()


def test_a_list_is_published_hourly_and_at_once_when_something_happens(people: Cast, book: LogBook) -> None:
    assert publish(book) is None
    certificate = issued(people)
    grow(book)
    assert newest_news(authority=AUTHORITY) == 0
    first = publish(book)
    assert first is not None
    assert first.status(0) is Status.IN_FORCE
    assert publish(book, minutes=59) is None
    hold(people, certificate)
    book.follow()
    assert newest_news(authority=AUTHORITY) == 0
    book.append()
    assert newest_news(authority=AUTHORITY) > 0
    second = publish(book, minutes=1)
    assert second is not None
    assert second.status(0) is Status.ON_HOLD
    assert publish(book, minutes=2) is None
    assert publish(book, minutes=2 + int(TIME_TO_LIVE.total_seconds() // 60)) is not None


def test_the_list_that_is_served_is_signed_known_to_the_log_and_follows_from_it(people: Cast, book: LogBook) -> None:
    certificate = issued(people)
    hold(people, certificate)
    grow(book)
    listed = publish(book)
    served = book.directory.status_path.read_bytes()
    assert read_status_list(served)[1] == listed == published(book.directory)
    assert listed is not None
    row = TransparencyLog.objects.get()
    assert listed.packed == statuses(tuple(log_leaves(log=row, end=listed.size)))
    grow(book)
    told = LogLeaf.objects.get(kind=LeafEvent.STATUS_LIST)
    assert hashlib.sha256(served).digest() in bytes(told.data)
    assert publish(book, minutes=1) is None


def test_a_frozen_log_keeps_getting_lists(people: Cast, book: LogBook, tmp_path: Path) -> None:
    certificate = issued(people)
    grow(book)
    old = TransparencyLog.objects.get()
    assert publish(book) is not None
    log_freeze(authority=AUTHORITY, directory=book.directory, signer=logs.LOG)
    newer = logs.signer("log.xa.example/xa/2027", logs.KeyType.ED25519)
    log_create(authority=AUTHORITY, origin=newer.name, signer=newer, at=LATER)
    hold(people, certificate)
    book.follow()
    listed = publish(book, minutes=1, log=old)
    assert listed is not None
    assert listed.status(0) is Status.ON_HOLD


def test_a_list_that_cannot_be_read_is_published_anew(people: Cast, book: LogBook) -> None:
    issued(people)
    grow(book)
    assert publish(book) is not None
    book.directory.status_path.write_bytes(b"nothing")
    assert published(book.directory) is None
    assert publish(book, minutes=1) is not None
