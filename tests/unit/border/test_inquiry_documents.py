"""The document of an inquiry: what is written is read again, and whatever else comes is refused and never breaks."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opensps.border.inquiry_documents import (
    BY_ANSWERER,
    BY_ASKER,
    DocumentUnreadable,
    InquiryDocument,
    read_document,
    write_document,
)
from opensps.border.inquiry_values import File
from opensps.exchange.mail.building import inquiry_parts
from opensps.lifecycle.inquiry import InquiryAct, InquiryPriority, InquirySubject

PDF = File("seal.pdf", "application/pdf", b"%PDF-1.7 seal")
ASKED = InquiryDocument(
    sender="XA",
    inquiry="XA-Q-2026-AB12AB12AB",
    act=InquiryAct.OPEN,
    sequence=1,
    sent_at=datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
    certificate="XB/PC/2026/00318",
    subject=InquirySubject.CONTENT,
    priority=InquiryPriority.PERISHABLE,
    location="XAPRT",
    presented={"net_weight.1": "1000 KGM"},
    texts=(("en", "Which seal?"), ("zh", "封志号是多少？")),
    files=(PDF,),
)
WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40)


@settings(max_examples=50)
@given(st.sampled_from(sorted(BY_ASKER | BY_ANSWERER)), WORDS, st.binary(max_size=60), st.integers(0, 999))
def test_what_is_written_is_read_again_with_its_files_beside_it(
    act: InquiryAct, text: str, statement: bytes, sequence: int
) -> None:
    said = replace(ASKED, act=act, texts=(("en", text),), statement=statement, sequence=sequence)
    parts = inquiry_parts(write_document(said))
    assert parts.files == ((PDF.media_type, PDF.content),)
    assert b"%PDF" not in parts.document
    assert read_document(parts.document, files={PDF.sha256: PDF.content}) == said


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("profile", {"profile": "sps-inquiry/9"}),
        ("act", {"act": "draft_reply"}),
        ("act", {"act": "explode"}),
        ("from", {"from": ""}),
        ("inquiry", {"inquiry": 7}),
        ("inquiry", {"inquiry": "X" * 56}),
        ("certificate", {"certificate": "a\nb"}),
        ("sequence", {"sequence": True}),
        ("sent_at", {"sent_at": "2026-11-22T09:30:00"}),
        ("texts", {"texts": [{"language": "en", "text": "x" * 4001}]}),
        ("texts", {"texts": "hello"}),
        ("presented", {"presented": {"seals": 1}}),
        ("files", {"files": [{"name": "../x", "media_type": "application/pdf", "sha256": PDF.sha256}]}),
        ("files", {"files": [{"name": "x", "media_type": "text/html", "sha256": PDF.sha256}]}),
        ("files", {"files": [{"name": "x", "media_type": "application/pdf", "sha256": "0" * 64}]}),
        ("statement", {"statement": "no base64!"}),
    ],
)
def test_a_part_that_is_wrong_is_named(part: str, changes: dict[str, Any]) -> None:
    said = json.loads(inquiry_parts(write_document(ASKED)).document) | changes
    with pytest.raises(DocumentUnreadable) as refused:
        read_document(json.dumps(said).encode(), files={PDF.sha256: PDF.content})
    assert refused.value.part == part


PARTS = st.sampled_from(["profile", "act", "from", "inquiry", "texts", "files", "sent_at"])
ANYTHING = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists)
OBJECTS = st.dictionaries(PARTS, st.text() | st.lists(st.integers()))


@settings(max_examples=50)
@given(ANYTHING | OBJECTS)
def test_whatever_comes_is_refused_and_breaks_nothing(said: Any) -> None:
    for data in (json.dumps(said).encode(), b"[" * 100_000, b"\xff", b""):
        with pytest.raises(DocumentUnreadable):
            read_document(data, files={})
