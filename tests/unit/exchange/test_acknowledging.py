"""The text of an acknowledgement (`exchange.md` 1.4): short, most severe first, and nothing of anybody's own words."""

from datetime import UTC, datetime

import pytest

from opensps.exchange.acknowledging import MAX_TEXT, hub_tracking, receipt_document, receipt_text
from opensps.formats import read_certificate
from opensps.lifecycle import AcknowledgementCode, TrackingInfo
from opensps.rules import Area, Finding, Level

SEVERE = Finding(Area.CODES, Level.SEVERE, "consignment.items", "Say what it is.", "CORE-1")
WARNING = Finding(Area.SCHEMA, Level.WARNING, "/a/b", "%(element)s is out of place.", "READ-1", {"element": "Name"})
INFO = Finding(Area.MAPPING, Level.INFO, "", "Nothing to do.", "READ-2")
WRITTEN = Finding(Area.MAPPING, Level.WARNING, "x", "“%(text)s” is not a date.", "READ-3", {"text": "Lin Chen"})


def test_the_most_severe_stands_first_and_information_is_left_out() -> None:
    said = receipt_text((INFO, WARNING, SEVERE))
    assert said == "SEVERE Mapping consignment.items: Say what it is; WARNING Schema /a/b: Name is out of place"


def test_what_somebody_wrote_freely_never_leaves_the_house() -> None:
    assert receipt_text((WRITTEN,)) == "WARNING Mapping x: “…” is not a date"


def test_nothing_found_is_nothing_said() -> None:
    assert receipt_text(()) == receipt_text((INFO,)) == ""


@pytest.mark.parametrize("count", [1, 40, 4000])
def test_a_long_text_ends_with_how_much_more_there_is(count: int) -> None:
    said = receipt_text((SEVERE,) * count)
    assert len(said) <= MAX_TEXT
    assert count == 1 or said.endswith(f"and {count - said.count('Say what')} more")


def test_one_sentence_that_is_too_long_is_cut() -> None:
    said = receipt_text((), lead="x" * 2000)
    assert len(said) == MAX_TEXT
    assert said.endswith("…")


def test_signs_that_cannot_be_printed_become_blanks() -> None:
    assert receipt_text((), lead="a\nb\x00c") == "a b c"


def test_a_hub_knows_no_refusal_but_not_readable() -> None:
    assert hub_tracking(AcknowledgementCode.REJECTED) is TrackingInfo.DELIVERED_NOT_READABLE
    assert hub_tracking(AcknowledgementCode.UNREADABLE) is TrackingInfo.DELIVERED_NOT_READABLE
    assert hub_tracking(AcknowledgementCode.RECEIVED) is TrackingInfo.DELIVERED


def test_the_document_of_an_acknowledgement_names_what_it_answers() -> None:
    data = receipt_document(
        number="XB/1",
        type_code="851",
        status_code="70",
        result=AcknowledgementCode.RECEIVED_REMARKS,
        text="SEVERE Mapping x: y",
        at=datetime(2026, 11, 22, 7, tzinfo=UTC),
    )
    read = read_certificate(data).acknowledgement
    assert read is not None
    assert (read.status_code, read.references[0].id) == ("70", "XB/1")
    assert read.reasons[0].value == "RECEIVED_REMARKS: SEVERE Mapping x: y"
