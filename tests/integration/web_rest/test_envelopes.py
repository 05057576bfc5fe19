"""Envelopes over REST: delivered once, listed without a gap, read as signed, acknowledged once, seen by one alone."""

import base64
import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from opensps.exchange.models import Content, Envelope, Partner, PartnerConnection
from opensps.web.rest.bodies import content_digest
from tests.databases import Fresh
from tests.factories.incoming import NUMBER, theirs
from tests.factories.rest import ApiVisitor, partner_of, waiting_envelope


def body(content: bytes | None = None, **changes: Any) -> dict[str, Any]:
    data = theirs() if content is None else content
    given = {
        "from": "XB",
        "to": "XA",
        "type_code": "851",
        "status_code": "70",
        "number": NUMBER,
        "content": base64.b64encode(data).decode(),
        **changes,
    }
    return {name: value for name, value in given.items() if value is not None}


@pytest.fixture(autouse=True)
def _demo(settings: Any) -> None:
    """Northland and Examplia are countries here."""
    settings.OPENSPS_DEMO = True


@pytest.fixture
def partner(db: None) -> Partner:
    return partner_of()


@pytest.fixture
def visitor(partner: Partner) -> ApiVisitor:
    return ApiVisitor.of(partner)


@pytest.fixture
def stranger(db: None) -> ApiVisitor:
    return ApiVisitor.of(partner_of("XC"), name="xc-system")


def test_a_certificate_is_taken_stored_and_answered_with_its_acknowledgement(visitor: ApiVisitor) -> None:
    response = visitor.post("/envelopes", body(delivery_number="theirs-1"))
    assert response.status_code == 202
    receipt = response.json()
    assert (receipt["tracking_info"], receipt["result"]) == ("Delivered", "RECEIVED"), receipt
    assert receipt["sha256"] == hashlib.sha256(theirs()).hexdigest()
    here = response.headers["Location"].removeprefix("/api/v1")
    shown = visitor.get(here).json()
    assert (shown["box"], shown["sender_number"], shown["from"], shown["to"]) == ("sent", "theirs-1", "XB", "XA")
    assert visitor.get(f"{here}/content").content == theirs()


def test_what_cannot_be_read_is_stored_and_said(visitor: ApiVisitor) -> None:
    receipt = visitor.post("/envelopes", body(b"no xml at all")).json()
    assert (receipt["tracking_info"], receipt["result"]) == ("DeliveredNotReadable", "UNREADABLE")
    assert receipt["findings"][0]["level"] == "SEVERE"


def test_a_certificate_for_somebody_else_is_rejected(visitor: ApiVisitor) -> None:
    receipt = visitor.post("/envelopes", body(to="XC")).json()
    assert receipt["tracking_info"] == "FailedDelivery"


def test_nobody_sends_under_the_name_of_another(visitor: ApiVisitor) -> None:
    response = visitor.post("/envelopes", body(**{"from": "XC"}))
    assert (response.status_code, response.json()["code"]) == (403, "CHANNEL_NOT_AGREED")
    assert not Envelope.objects.exists()


def test_the_same_key_and_body_give_the_same_answer_and_one_envelope(visitor: ApiVisitor) -> None:
    first = visitor.post("/envelopes", body(), Idempotency_Key="key-number-1")
    again = visitor.post("/envelopes", body(), Idempotency_Key="key-number-1")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert "Idempotency-Replayed" not in first.headers
    other = visitor.post("/envelopes", body(number="OTHER"), Idempotency_Key="key-number-1")
    assert (other.status_code, other.json()["code"]) == (422, "REQUEST_ID_REUSED")
    assert Envelope.objects.count() == 1


def test_another_key_with_the_same_delivery_number_is_the_same_delivery(visitor: ApiVisitor) -> None:
    one, two = (visitor.post("/envelopes", body(delivery_number="theirs-1")).json() for _ in range(2))
    assert one["delivery_number"] == two["delivery_number"]
    assert Envelope.objects.count() == 1


def test_a_key_of_one_client_means_nothing_for_another(visitor: ApiVisitor, stranger: ApiVisitor) -> None:
    visitor.post("/envelopes", body(), Idempotency_Key="key-number-1")
    response = stranger.post("/envelopes", body(**{"from": "XC"}), Idempotency_Key="key-number-1")
    assert "Idempotency-Replayed" not in response.headers
    assert response.status_code == 202


def test_of_many_equal_calls_at_once_one_is_done_and_nothing_is_doubled(fresh_database: Fresh) -> None:
    visitor = ApiVisitor.of(partner_of())
    gate = threading.Barrier(8)

    def send(_: int) -> Any:
        gate.wait(20)
        try:
            return visitor.post("/envelopes", body(), Idempotency_Key="key-number-1")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert len({answer.content for answer in answers if answer.status_code == 202}) == 1
    assert all(answer.json()["code"] == "REQUEST_IN_PROGRESS" for answer in answers if answer.status_code == 409)
    assert Envelope.objects.count() == 1
    assert send_again(visitor).headers["Idempotency-Replayed"] == "true"


def send_again(visitor: ApiVisitor) -> Any:
    return visitor.post("/envelopes", body(), Idempotency_Key="key-number-1")


def test_content_comes_as_it_was_signed_with_its_digest_and_is_not_acknowledged_by_reading(
    partner: Partner, visitor: ApiVisitor
) -> None:
    row = waiting_envelope(partner, content=b"<signed>\xc3\xa4</signed>\n")
    response = visitor.get(f"/envelopes/{row.delivery_number}/content")
    assert response.content == b"<signed>\xc3\xa4</signed>\n"
    assert response.headers["Content-Type"] == "application/xml"
    assert response.headers["Content-Digest"] == f"sha-256=:{content_digest(response.content)}:"
    assert response.headers["ETag"] == f'"{row.sha256}"'
    row.refresh_from_db()
    assert row.state == "waiting"
    assert row.fetched_at is not None
    unchanged = visitor.get(f"/envelopes/{row.delivery_number}/content", If_None_Match=f'"x", W/"{row.sha256}"')
    assert (unchanged.status_code, unchanged.content) == (304, b"")


def test_an_envelope_has_an_etag_that_changes_with_it(partner: Partner, visitor: ApiVisitor) -> None:
    row = waiting_envelope(partner)
    here = f"/envelopes/{row.delivery_number}"
    tag = visitor.get(here).headers["ETag"]
    assert visitor.get(here, If_None_Match=tag).status_code == 304
    assert visitor.get(here, If_None_Match='"other"').status_code == 200
    visitor.post(f"{here}/acknowledgement", {"result": "RECEIVED"})
    changed = visitor.get(here, If_None_Match=tag)
    assert (changed.status_code, changed.json()["box"]) == (200, "received")


def test_content_that_is_kept_no_longer_is_gone(partner: Partner, visitor: ApiVisitor) -> None:
    row = waiting_envelope(partner)
    Content.objects.update(data=None, removed_at=row.queued_at)
    response = visitor.get(f"/envelopes/{row.delivery_number}/content")
    assert (response.status_code, response.json()["code"]) == (410, "REMOVED")


@pytest.mark.parametrize("part", ["signature", "proof", "pdf"])
def test_what_an_envelope_does_not_have_is_not_found(partner: Partner, visitor: ApiVisitor, part: str) -> None:
    row = waiting_envelope(partner)
    assert visitor.get(f"/envelopes/{row.delivery_number}/{part}").status_code == 404


def test_a_detached_signature_is_handed_out_as_it_is(partner: Partner, visitor: ApiVisitor) -> None:
    row = waiting_envelope(partner, detached_signature=b"<seal/>")
    for here in (f"/envelopes/{row.delivery_number}", f"/certificates/{row.number}"):
        assert visitor.get(f"{here}/signature").content == b"<seal/>"


@pytest.mark.parametrize(
    ("result", "word"),
    [
        ("RECEIVED", "Delivered"),
        ("RECEIVED_REMARKS", "DeliveredWithWarnings"),
        ("UNREADABLE", "DeliveredNotReadable"),
        ("REJECTED", "FailedDelivery"),
    ],
)
def test_the_first_final_word_stays(partner: Partner, visitor: ApiVisitor, result: str, word: str) -> None:
    row = waiting_envelope(partner, was_sent_again=True)
    here = f"/envelopes/{row.delivery_number}/acknowledgement"
    first = visitor.post(here, {"result": result, "message": "as we see it"}).json()
    assert first == {"delivery_number": row.delivery_number, "tracking_info": word, "changed": True}
    assert visitor.post(here, {"result": result}).json()["changed"] is False
    row.refresh_from_db()
    assert row.tracking == word


def test_findings_of_theirs_become_words_beside_the_delivery(partner: Partner, visitor: ApiVisitor) -> None:
    row = waiting_envelope(partner)
    finding = {"area": "CODES", "level": "WARNING", "field": "a.b", "message": "not listed\nhere"}
    given = {"result": "RECEIVED_REMARKS", "message": "look", "findings": [finding]}
    visitor.post(f"/envelopes/{row.delivery_number}/acknowledgement", given)
    row.refresh_from_db()
    assert row.tracking_text == "look; WARNING CODES a.b: not listed here"


def test_an_acknowledgement_of_other_content_changes_nothing(partner: Partner, visitor: ApiVisitor) -> None:
    row = waiting_envelope(partner)
    here = f"/envelopes/{row.delivery_number}/acknowledgement"
    assert visitor.post(here, {"result": "RECEIVED", "sha256": "0" * 64}).json()["changed"] is False
    row.refresh_from_db()
    assert row.state == "waiting"
    assert visitor.post(here, {"result": "RECEIVED", "sha256": row.sha256}).json()["changed"] is True


def test_many_acknowledgements_are_judged_one_by_one(
    partner: Partner, visitor: ApiVisitor, stranger: ApiVisitor
) -> None:
    one, two = waiting_envelope(partner), waiting_envelope(partner, number="XA-2")
    foreign = waiting_envelope(partner_of("XC"))
    numbers = (one.delivery_number, foreign.delivery_number, "nothing", two.delivery_number)
    items = [{"delivery_number": number, "result": "RECEIVED"} for number in numbers]
    results = visitor.post("/acknowledgements", {"item": items}).json()["item"]
    assert [each["tracking_info"] for each in results] == [
        "Delivered", "EnvelopeNotExists", "EnvelopeNotExists", "Delivered",
    ]  # fmt: skip
    foreign.refresh_from_db()
    assert foreign.state == "waiting"
    assert visitor.post("/acknowledgements", {"item": items * 26}).status_code == 422


def test_nobody_acknowledges_what_he_sent_himself(visitor: ApiVisitor) -> None:
    number = visitor.post("/envelopes", body()).json()["delivery_number"]
    assert visitor.post(f"/envelopes/{number}/acknowledgement", {"result": "RECEIVED"}).status_code == 404


def test_boxes_and_filters_show_what_was_asked_for(partner: Partner, visitor: ApiVisitor) -> None:
    first = waiting_envelope(partner, number="XA-1")
    second = waiting_envelope(partner, number="XA-2", type_code="657", status_code="40")
    visitor.post(f"/envelopes/{first.delivery_number}/acknowledgement", {"result": "RECEIVED"})

    def numbers(query: str) -> list[str]:
        response = visitor.get(f"/envelopes{query}")
        assert response.status_code == 200, response.content
        return [each["number"] for each in response.json()["data"]]

    assert numbers("") == ["XA-2"]
    assert numbers("?box=received") == ["XA-1"]
    assert sorted(numbers("?box=received&box=waiting")) == ["XA-1", "XA-2"]
    assert numbers("?type=657&status=40&from=XA&to=XB") == ["XA-2"]
    assert numbers("?type=851") == []
    assert numbers("?number=XA-2") == ["XA-2"]
    since = second.changed_at.isoformat().replace("+00:00", "Z")
    assert numbers(f"?box=waiting&updated_since={since}") == ["XA-2"]
    assert numbers("?updated_since=2100-01-01T00:00:00Z") == []
    for wrong in (
        "?box=all",
        "?limit=0",
        "?limit=201",
        "?updated_since=yesterday",
        "?updated_since=2026-01-01T00:00:00",
    ):
        assert visitor.get(f"/envelopes{wrong}").status_code == 422, wrong


def test_what_is_not_on_its_way_yet_or_blocked_is_not_shown(partner: Partner, visitor: ApiVisitor) -> None:
    now = waiting_envelope(partner).queued_at
    hidden = [
        waiting_envelope(partner, number=f"XA-{state}", state=state, **fields)
        for state, fields in (
            ("queued", {"due_at": now}),
            ("blocked", {"blocked_reason": "no_channel"}),
            ("not_needed", {}),
        )
    ]
    assert len(visitor.get("/certificates").json()["data"]) == 1
    assert [visitor.get(f"/envelopes/{row.delivery_number}").status_code for row in hidden] == [404] * 3


def pages(visitor: ApiVisitor, query: str) -> list[str]:
    """Follow the cursors to the end and return the numbers."""
    found, address = [], f"/envelopes?{query}"
    while True:
        response = visitor.get(address)
        page = response.json()
        found += [each["number"] for each in page["data"]]
        if not page["has_more"]:
            assert "Link" not in response.headers
            return found
        assert 'rel="next"' in response.headers["Link"]
        address = response.headers["Link"].partition(">")[0].removeprefix("</api/v1")


def test_a_cursor_goes_on_where_it_stopped_also_later(partner: Partner, visitor: ApiVisitor) -> None:
    for number in range(7):
        waiting_envelope(partner, number=f"XA-{number}")
    assert pages(visitor, "limit=3") == [f"XA-{number}" for number in range(7)]
    cursor = visitor.get("/envelopes?limit=100").json()["next_cursor"]
    assert visitor.get(f"/envelopes?cursor={cursor}").json()["data"] == []
    waiting_envelope(partner, number="XA-new")
    assert [each["number"] for each in visitor.get(f"/envelopes?cursor={cursor}").json()["data"]] == ["XA-new"]


def test_a_cursor_is_good_for_its_question_and_its_client_only(visitor: ApiVisitor, stranger: ApiVisitor) -> None:
    cursor = visitor.get("/envelopes").json()["next_cursor"]
    assert visitor.get(f"/envelopes?limit=5&cursor={cursor}").status_code == 200
    for other in (
        visitor.get(f"/envelopes?type=851&cursor={cursor}"),
        visitor.get(f"/certificates?cursor={cursor}"),
        visitor.get(f"/envelopes?cursor={cursor}x"),
        visitor.get("/envelopes?cursor=WzFd"),
        stranger.get(f"/envelopes?cursor={cursor}"),
    ):
        assert (other.status_code, other.json()["code"]) == (400, "CURSOR_INVALID")


def test_whoever_follows_the_cursor_while_others_write_misses_nothing(fresh_database: Fresh) -> None:
    partner = partner_of()
    visitor, writers, each = ApiVisitor.of(partner), 4, 15

    def write(writer: int) -> None:
        try:
            for number in range(each):
                waiting_envelope(partner, number=f"XA-{writer}-{number}")
        finally:
            connections.close_all()

    seen: list[str] = []
    cursor = ""
    with ThreadPoolExecutor(writers) as pool:
        work = [pool.submit(write, writer) for writer in range(writers)]
        while True:
            is_over = all(future.done() for future in work)
            page = visitor.get(f"/envelopes?limit=7&cursor={cursor}").json()
            seen += [row["number"] for row in page["data"]]
            cursor = page["next_cursor"]
            if is_over and not page["has_more"]:
                break
        for future in work:
            future.result()
    assert len(seen) == len(set(seen)) == writers * each


def test_certificates_show_the_newest_of_each_and_all_that_was_said(partner: Partner, visitor: ApiVisitor) -> None:
    waiting_envelope(partner, number="XA-1", content=b"<one/>", export_country="XA", import_country="XB")
    waiting_envelope(partner, number="XA-1", content=b"<two/>", version=2, status_code="40", import_country="XB")
    assert visitor.get("/certificates/XA-1").json()["version"] == 2
    assert [row["version"] for row in visitor.get("/certificates/XA-1/versions").json()["data"]] == [1, 2]
    assert visitor.get("/certificates/XA-1/content").content == b"<two/>"
    assert len(visitor.get("/certificates?import_country=XB&number=XA-1").json()["data"]) == 2
    assert visitor.get("/certificates?import_country=XC").json()["data"] == []
    assert visitor.get("/certificates?import_country=nowhere").status_code == 422


def test_what_is_not_theirs_is_as_if_it_were_not_there(partner: Partner, stranger: ApiVisitor) -> None:
    row = waiting_envelope(partner, detached_signature=b"<seal/>")
    for base in (f"/envelopes/{row.delivery_number}", f"/certificates/{row.number}"):
        for part in ("", "/content", "/signature", "/proof", "/pdf", "/versions"):
            if part == "/versions" and base.startswith("/envelopes"):
                continue
            theirs_, nothing = stranger.get(base + part), stranger.get(base + "x" + part)
            assert theirs_.status_code == nothing.status_code == 404, base + part
            assert theirs_.json()["code"] == nothing.json()["code"]
    response = stranger.post(f"/envelopes/{row.delivery_number}/acknowledgement", {"result": "RECEIVED"})
    assert response.status_code == 404
    assert stranger.get("/envelopes").json()["data"] == []
    assert stranger.get(f"/certificates?number={row.number}").json()["data"] == []
    row.refresh_from_db()
    assert (row.state, row.fetched_at) == ("waiting", None)


def test_a_connection_that_is_switched_off_sends_nothing(partner: Partner, visitor: ApiVisitor) -> None:
    PartnerConnection.objects.update(is_active=False)
    assert visitor.post("/envelopes", body()).status_code == 403
