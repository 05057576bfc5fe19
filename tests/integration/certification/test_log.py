"""The log at rest: what gets a leaf and in which order, how the tree grows, what a certificate can prove."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from opensps.certification import services
from opensps.certification.errors import LogError
from opensps.certification.log_directory import LogDirectory
from opensps.certification.log_leaves import head_digest
from opensps.certification.models import Certificate, LogCheckpoint, LogLeaf, LogWitness, TransparencyLog
from opensps.certification.queries import log as queries
from opensps.certification.services import log_growth
from opensps.certification.services.log_growth import log_append, log_create, log_freeze
from opensps.certification.services.log_leaves import LOG_CONSUMER, log_head_append, log_public_object
from opensps.events.models import EventDue
from opensps.events.queries import chain_head, due_rows_failing, events_for
from opensps.events.registry import register, unregister
from opensps.transparency.bundle import check_bundle, read_bundle
from opensps.transparency.cosignature import Quorum, WitnessKey
from opensps.transparency.leaf import LeafEvent, read_leaf
from opensps.transparency.merkle import EMPTY_ROOT, leaf_hash
from opensps.transparency.merkle import root as merkle_root
from opensps.transparency.tiles import Tile
from opensps.transparency.tree import TreeView
from tests.factories import logs
from tests.factories.certification import AUTHORITY, START, Cast, Story, cast
from tests.factories.log_at_rest import LATER, LogBook

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def consumer() -> Iterator[None]:
    """The log follows events, as in an installation that has one."""
    register(LOG_CONSUMER)
    yield
    unregister(LOG_CONSUMER.name)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def book(tmp_path: Path) -> LogBook:
    return LogBook.create(tmp_path)


def issued(people: Cast) -> Certificate:
    story = Story(people)
    story("submit", "open", "order", "inspect", "mark_ready", "issue")
    return Certificate.objects.get(application__reference=story.reference)


def _leaves() -> list[LogLeaf]:
    return list(LogLeaf.objects.order_by("index"))


def _kinds() -> list[LeafEvent]:
    return [read_leaf(bytes(leaf.data)).event for leaf in _leaves()]


def _hold(people: Cast, certificate: Certificate) -> None:
    services.certificate_hold(
        authority=AUTHORITY,
        number=certificate.number,
        reason_code="partner_question",
        decide_by=services.hold_decide_by(LATER),
        actor=people.officer,
        at=LATER,
    )


def _withdraw(people: Cast, certificate: Certificate) -> None:
    act = {"authority": AUTHORITY, "number": certificate.number}
    services.certificate_propose_withdrawal(**act, reason_code="not_exported", actor=people.officer, at=LATER)
    services.certificate_confirm_withdrawal(**act, actor=people.senior, at=LATER + timedelta(minutes=1))


def test_what_changes_for_the_status_of_a_certificate_gets_a_leaf_and_nothing_else(people: Cast, book: LogBook) -> None:
    certificate = issued(people)
    _withdraw(people, certificate)
    book.follow()
    assert _kinds() == [LeafEvent.ISSUE, LeafEvent.HOLD, LeafEvent.WITHDRAW]
    leaves = [read_leaf(bytes(leaf.data)) for leaf in _leaves()]
    assert [leaf.prev_index for leaf in leaves] == [None, 0, 0]
    assert {leaf.commitment for leaf in leaves} == {leaves[0].commitment}
    assert leaves[2].handle is not None


def test_an_issue_from_before_there_was_a_log_gets_its_leaf_before_the_first_change(
    people: Cast, book: LogBook
) -> None:
    certificate = issued(people)
    _hold(people, certificate)
    EventDue.objects.filter(consumer="log", event__act="certificate.issued").delete()
    book.follow()
    assert _kinds() == [LeafEvent.ISSUE, LeafEvent.HOLD]


def test_while_no_log_was_created_the_events_wait(people: Cast, tmp_path: Path) -> None:
    issued(people)
    LogBook.follow(LogBook(LogDirectory(tmp_path), ()))
    assert LogLeaf.objects.count() == 0
    assert {row.last_error for row in due_rows_failing(authority=AUTHORITY)} == {"LogError"}


def test_each_event_gets_one_leaf_however_often_it_is_followed(people: Cast, book: LogBook) -> None:
    certificate = issued(people)
    book.follow()
    told = events_for(authority=AUTHORITY, object_kind="certificate", object_id=certificate.number)
    with transaction.atomic():
        LOG_CONSUMER.handle_many((*told, *told))
    assert _kinds() == [LeafEvent.ISSUE]


def test_the_tree_is_that_of_the_leaves_and_is_served_signed(people: Cast, book: LogBook) -> None:
    issued(people)
    book.follow()
    done = book.append()
    hashes = [leaf_hash(bytes(leaf.data)) for leaf in _leaves()]
    assert done.leaves == len(hashes) == 1
    assert bytes(book.row.root) == merkle_root(hashes) == TreeView(book.directory, 1).root()
    assert book.directory.entries(0, width=1) == (bytes(_leaves()[0].data),)
    published = queries.published_checkpoint(book.directory)
    assert published == queries.signed_checkpoint(book.row)
    assert published is not None
    assert published.root == merkle_root(hashes)
    assert book.append().leaves == 0


def test_a_certificate_proves_that_it_is_logged_and_who_has_seen_it(people: Cast, book: LogBook) -> None:
    certificate = issued(people)
    book.grow()
    place = queries.log_place(authority=AUTHORITY, number=certificate.number)
    assert place is not None
    assert (str(place), place.is_in_tree, place.witnessed_at) == (f"{logs.ORIGIN} no. 0", True, LATER)
    raw = queries.proof_bundle(authority=AUTHORITY, number=certificate.number, directory=book.directory)
    checked = check_bundle(
        read_bundle(raw),
        digest=bytes(certificate.digest),
        log_keys=[logs.LOG.key],
        witness_keys=[WitnessKey(each.organisation, key) for each in book.policy.witnesses for key in each.keys],
        quorum=Quorum(2, frozenset({"XB", "XC"})),
    )
    assert (checked.logged, checked.witnessed) == (None, None)
    _hold(people, certificate)
    book.grow()
    assert queries.proof_bundle(authority=AUTHORITY, number=certificate.number, directory=book.directory) == raw


def test_before_the_quorum_the_newest_signed_checkpoint_proves_it(people: Cast, book: LogBook) -> None:
    certificate = issued(people)
    with pytest.raises(LogError, match="not_logged"):
        queries.proof_bundle(authority=AUTHORITY, number=certificate.number, directory=book.directory)
    book.follow()
    with pytest.raises(LogError, match="not_logged"):
        queries.proof_bundle(authority=AUTHORITY, number=certificate.number, directory=book.directory)
    place = queries.log_place(authority=AUTHORITY, number=certificate.number)
    assert place is not None
    assert not place.is_in_tree
    book.append()
    raw = queries.proof_bundle(authority=AUTHORITY, number=certificate.number, directory=book.directory)
    assert read_bundle(raw).checkpoint == bytes(book.row.checkpoint)
    assert queries.log_place(authority=AUTHORITY, number="XA-P-2026-014-9999999-9") is None


def test_the_head_of_the_chain_is_a_leaf_at_most_every_ten_minutes(people: Cast, book: LogBook) -> None:
    assert log_head_append(authority=AUTHORITY, at=LATER) is None
    book.follow()
    head = chain_head(authority=AUTHORITY)
    assert head is not None
    leaf = log_head_append(authority=AUTHORITY, at=LATER)
    assert leaf is not None
    assert read_leaf(bytes(leaf.data)).commitment == head_digest(head)
    assert log_head_append(authority=AUTHORITY, at=LATER + timedelta(hours=1)) is None  # it has not moved
    issued(people)
    book.follow()
    assert log_head_append(authority=AUTHORITY, at=LATER + timedelta(minutes=9)) is None
    assert log_head_append(authority=AUTHORITY, at=LATER + timedelta(minutes=10)) is not None
    book.append()
    heads = list(queries.audit_heads(book.row))
    assert [place for _, place, _ in heads] == [head.position, chain_head(authority=AUTHORITY).position]
    assert queries.is_head(head.position, head.chain, heads[0][2])


def test_public_objects_are_logged_by_their_digest(book: LogBook) -> None:
    with transaction.atomic():
        for act, index in (("key.added", None), ("key.distrusted", 7)):
            log_public_object(
                authority=AUTHORITY, act=act, digest=b"\x07" * 32, actor="system", role="system", at=START, index=index
            )
    book.follow()
    leaves = [read_leaf(bytes(leaf.data)) for leaf in _leaves()]
    assert [(leaf.event, leaf.prev_index) for leaf in leaves] == [
        (LeafEvent.KEY_ADD, None),
        (LeafEvent.KEY_DISTRUST, 7),
    ]


def test_a_log_is_created_once_and_ends_frozen(people: Cast, book: LogBook) -> None:
    with pytest.raises(LogError, match="exists"):
        log_create(authority=AUTHORITY, origin=logs.ORIGIN, signer=logs.LOG, at=START)
    with pytest.raises(LogError, match="key"):
        log_create(authority=AUTHORITY, origin="log.xa.example/xa/2027", signer=logs.LOG, at=START)
    certificate = issued(people)
    book.follow()
    assert log_freeze(authority=AUTHORITY, directory=book.directory, signer=logs.LOG).log.size == 1
    with pytest.raises(LogError, match="none"):
        book.append()
    with pytest.raises(LogError, match="exists"):
        log_create(authority=AUTHORITY, origin=logs.ORIGIN, signer=logs.LOG, at=START)
    following = logs.signer("log.xa.example/xa/2027", logs.KeyType.ED25519)
    assert log_create(authority=AUTHORITY, origin=following.name, signer=following, at=START).ordinal == 2
    _hold(people, certificate)
    book.follow()
    held = _leaves()[-1]
    assert (held.log.ordinal, read_leaf(bytes(held.data)).prev_index) == (2, None)
    assert len(queries.logs_of(AUTHORITY)) == 2


def test_another_key_signs_nothing(book: LogBook) -> None:
    with pytest.raises(LogError, match="key"):
        log_append(
            authority=AUTHORITY, directory=book.directory, signer=logs.signer(logs.ORIGIN, logs.KeyType.ED25519, seed=1)
        )


def test_the_database_keeps_the_log_as_it_is(people: Cast, book: LogBook) -> None:
    issued(people)
    book.grow()
    attempts = (
        lambda: TransparencyLog.objects.update(size=0, root=EMPTY_ROOT),
        lambda: TransparencyLog.objects.update(root=EMPTY_ROOT),
        lambda: LogLeaf.objects.update(data=b"other"),
        lambda: LogLeaf.objects.update(index=9),
        lambda: LogLeaf.objects.all().delete(),
        lambda: LogCheckpoint.objects.update(note=b"other"),
        lambda: LogCheckpoint.objects.all().delete(),
    )
    for attempt in attempts:
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_a_witness_that_is_down_costs_nothing_but_the_quorum(people: Cast, book: LogBook) -> None:
    issued(people)
    book.witnesses[1].is_down = True
    book.grow()
    assert LogCheckpoint.objects.count() == 0
    assert LogWitness.objects.get(url=book.witnesses[1].url).failure == "no_answer"
    book.witnesses[1].is_down = False
    seen = book.witness()
    assert seen is not None
    assert (seen.organisations, seen.is_quorum, seen.failing) == (("XB", "XC"), True, ())
    assert LogCheckpoint.objects.get().organisations == "XB XC"
    assert book.directory.published() == (1, 5)


def test_a_witness_that_signs_with_another_key_does_not_count(people: Cast, book: LogBook) -> None:
    issued(people)
    book.witnesses[0].is_liar = True
    book.follow()
    book.append()
    seen = book.witness()
    assert seen is not None
    assert (seen.organisations, seen.failing) == (("XC",), (book.witnesses[0].url,))


def test_a_witness_that_knows_less_than_we_thought_is_asked_again(people: Cast, book: LogBook) -> None:
    issued(people)
    book.grow()
    book.witnesses[0].seen = type(book.witnesses[0].seen)()  # it lost its state; that is its own affair
    issued(people)
    book.grow()
    assert book.row.state == TransparencyLog.OPEN
    assert LogCheckpoint.objects.count() == 2


def test_nobody_is_asked_before_something_is_signed(book: LogBook) -> None:
    assert book.witness() is None


def test_many_leaves_go_in_batch_by_batch(book: LogBook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_growth, "BATCH", 100)
    LogLeaf.objects.bulk_create(
        LogLeaf(authority=AUTHORITY, log=book.row, index=n, kind=1, data=n.to_bytes(4, "big")) for n in range(530)
    )
    assert book.append().leaves == 530
    hashes = [leaf_hash(n.to_bytes(4, "big")) for n in range(530)]
    assert bytes(book.row.root) == merkle_root(hashes)
    assert book.directory.read(Tile(0, 2, 18)) == b"".join(hashes[512:])
    assert book.directory.entries(2, width=18)[-1] == (529).to_bytes(4, "big")


def test_the_status_of_a_log_is_told(people: Cast, book: LogBook) -> None:
    issued(people)
    book.follow()
    assert queries.log_status(authority=AUTHORITY)[0].waiting == 1
    book.append()
    book.witness()
    status = queries.log_status(authority=AUTHORITY)[0]
    assert (status.size, status.signed_size, status.waiting, status.witnessed_size) == (1, 1, 0, 1)
    assert [each.size for each in status.witnesses] == [1, 1]
    assert [leaf.event for leaf in queries.log_leaves(log=book.row, end=1)] == [LeafEvent.ISSUE]
    assert queries.newest_witnessed(book.row) is not None
