"""Whatever bytes arrive, reading them ends in one answer, soon; and what was written is read back the same."""

import random
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from opensps.exchange.mail import building, writing
from opensps.exchange.mail.fields import SpsFields, read_fields
from opensps.exchange.mail.reading import Automatic, ExchangeMail, Quarantined, ReportMail
from opensps.exchange.mail.reports import delivery_report, disposition_report
from opensps.exchange.mail.structure import read_entity
from opensps.exchange.mail.words import content_type, message_ids, sole_address
from tests.factories import mail as mails

XML = b'<?xml version="1.0" encoding="UTF-8"?>\n<a>' + b"x" * 300 + b"</a>\n"
PROTECTION = building.Protection(key=mails.exchange_key())
GOOD = mails.certificate_mail(XML).data
RECEIPT = building.receipt_mail(
    mails.letter(), original_message_id="a@b", disposition="processed", mic="", text="x", protection=PROTECTION
).data
SEALED = mails.certificate_mail(
    XML, encryption="aes256-cbc", recipient_der=mails.exchange_key(mails.XB, "rsa").certificate_der
).data
PIECES = (
    b"\r\n", b"\r\n\r\n", b"\r", b"\n", b"\0", b"--", b"Content-Type: multipart/signed; boundary=x\r\n", b"=?utf-8?b?",
    b"boundary=", b'"', b";", b"<", b">", b"(", b"@", b"\xff\xfe", b"From: a@b\r\n", b"MI", b"A" * 400,
    b"SPS-Profile: 1\r\n",
)  # fmt: skip
READ = (ExchangeMail, Quarantined, ReportMail, Automatic)
LIMIT_SECONDS = 0.25
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=300)


def mutated(data: bytes, choice: random.Random) -> bytes:
    """Return a mail with one to three places changed."""
    made = bytearray(data)
    for _ in range(choice.randint(1, 3)):
        place, length = choice.randrange(len(made) + 1), choice.choice((0, 1, 1, 2, 30))
        new = (choice.choice(PIECES), bytes([choice.randrange(256)]), bytes(made[place : place + 90]))[
            choice.randrange(3)
        ]
        made[place : place + length] = new
    return bytes(made)


def read(raw: bytes) -> object:
    """Return what is read, within its time, and the reports in it."""
    begun = time.process_time()
    got = mails.read(raw, by=mails.partner(must_sign=False), keys=(mails.exchange_key(mails.XB, "rsa"),))
    if isinstance(got, ReportMail):
        delivery_report(got.part)
        disposition_report(got.part)
    assert time.process_time() - begun < LIMIT_SECONDS
    return got


def test_a_mail_with_places_changed_is_read_as_signed_or_not_at_all() -> None:
    mails.read(GOOD)  # what is loaded once is loaded
    choice = random.Random(7)  # noqa: S311  no secret
    for number in range(600):
        got = read(mutated((GOOD, RECEIPT, SEALED)[number % 3], choice))
        assert isinstance(got, READ)
        if isinstance(got, ExchangeMail) and got.signer:
            assert got.xml == XML
            assert got.fields == mails.fields(XML)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=40), max_size=30).map(b"".join))
def test_any_bytes_end_in_an_answer(raw: bytes) -> None:
    assert isinstance(read(raw), READ)
    assert isinstance(read(b"From: " + mails.XA.encode() + b"\r\n" + raw), READ)


@given(TEXT)
def test_any_text_comes_back_from_its_part(text: str) -> None:
    part = writing.text_part(text)
    assert max(map(len, part.split(b"\r\n"))) <= writing.COLUMNS
    assert read_entity(part).content().decode().replace("\r\n", "\n") == text


@given(st.binary(max_size=2000))
def test_any_file_comes_back_from_its_part(data: bytes) -> None:
    assert read_entity(writing.file_part("application/pdf", "a.pdf", data)).content() == data


@given(st.builds(SpsFields, *([st.text(st.characters(codec="utf-8"), max_size=60)] * 5)))
def test_any_values_come_back_from_the_fields(said: SpsFields) -> None:
    made = building.notice_mail(mails.letter(), said, text="", protection=PROTECTION)
    found = read_fields(read_entity(made.data).parts[0])
    assert found is not None
    assert [getattr(found, name) for name in ("action", "delivery", "sender", "recipient", "certificate")] == [
        getattr(said, name) for name in ("action", "delivery", "sender", "recipient", "certificate")
    ]


@given(st.text(max_size=300))
def test_the_small_languages_take_any_text(text: str) -> None:
    content_type(text)
    message_ids(text)
    assert sole_address((text,)) is None or "@" in text
