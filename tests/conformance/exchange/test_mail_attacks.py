"""The hostile mails of the reference set: each gets its expected verdict, under both profiles of a partner.

Under the one the seal inside the XML is relied on, under the other the mail must be signed. What is filed twice or
answered is seen where there is a register, in tests/integration/exchange; here is what the reader says.
"""

import json
import time
from pathlib import Path

import pytest

from opensps.exchange.mail.errors import Reason
from opensps.exchange.mail.reading import (
    Automatic,
    ExchangeMail,
    MailPartner,
    Quarantined,
    Reading,
    ReportMail,
    read_mail,
)
from opensps.exchange.mail.reports import delivery_report
from opensps.exchange.mail.signals import NOTHING, of_delivery_report
from opensps.formats import read_certificate
from tests.factories.mail import NOW

pytestmark = pytest.mark.needs("reference")

THEIRS = "ecert@aa.example"
NUMBER = "AA-2026-0001234"
LIMIT_SECONDS = 0.25

SENDER, STRUCTURE, CONTENT = Reason.UNKNOWN_SENDER, Reason.STRUCTURE, Reason.CONTENT
TAKEN = "taken"
VERDICTS: dict[str, tuple[str, ...]] = {
    "one certificate": (TAKEN,),
    "no second record": (TAKEN,),
    "reject": (SENDER, STRUCTURE, CONTENT),
    "no header injection": (TAKEN,),
    "policy": (TAKEN, STRUCTURE, CONTENT),
    "no file written outside": (TAKEN,),
    "reject or safe": (CONTENT,),
    "no crash": (TAKEN,),
    "no reply": ("automatic",),
    "ignored for time": (TAKEN,),
    "not an acknowledgement": ("report",),
}
"""Expectation of the manifest -> what our reader may say; ``taken``: read as exactly one certificate."""


def messages(reference: Path) -> list[tuple[str, str, bytes]]:
    """Return file, expectation and bytes of every mail of the set."""
    folder = reference / "trust" / "mail-attacks"
    listed = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["messages"]
    return [(each["file"], each["expect"], (folder / each["file"]).read_bytes()) for each in listed]


def read(raw: bytes, *, must_sign: bool) -> Reading:
    """Return what is read of a mail to us, within its time."""
    known = MailPartner(code="AA", addresses=(THEIRS,), must_sign=must_sign)
    begun = time.process_time()
    got = read_mail(
        raw, mail_from=THEIRS, partner_of=lambda address: known if address == THEIRS else None, keys=(), at=NOW
    )
    assert time.process_time() - begun < LIMIT_SECONDS
    return got


def verdict(got: Reading) -> str:
    """Return one word for a reading."""
    match got:
        case Quarantined():
            return got.reason
        case Automatic():
            return "automatic"
        case ReportMail():
            return "report"
    return TAKEN


def test_every_mail_of_the_set_gets_its_verdict_where_the_seal_is_relied_on(reference: Path) -> None:
    found = messages(reference)
    assert len(found) == 19
    said = {name: (expected, verdict(read(raw, must_sign=False))) for name, expected, raw in found}
    assert {name: row for name, row in said.items() if row[1] not in VERDICTS[row[0]]} == {}


def test_what_is_taken_holds_the_one_certificate_and_nothing_else(reference: Path) -> None:
    for name, _expected, raw in messages(reference):
        got = read(raw, must_sign=False)
        if isinstance(got, ExchangeMail):
            assert got.xml is not None, name
            reading = read_certificate(got.xml)
            assert reading.certificate is not None, name
            assert reading.certificate.exchanged_document.number == NUMBER, name
            assert got.fields is None, name


def test_none_of_them_is_taken_where_mail_must_be_signed(reference: Path) -> None:
    for name, _expected, raw in messages(reference):
        assert not isinstance(read(raw, must_sign=True), ExchangeMail), name


def test_the_forged_receipt_says_nothing_about_a_delivery(reference: Path) -> None:
    got = read(next(raw for name, _, raw in messages(reference) if "dsn-forged" in name), must_sign=False)
    assert isinstance(got, ReportMail)
    report = delivery_report(got.part)
    assert report is None or of_delivery_report(report, delivery_in_token=None) is NOTHING


def test_a_name_of_a_file_stays_a_word_for_people(reference: Path) -> None:
    """Names come back for display, without signs that a terminal or a page would act on, and nothing is written."""
    for name, _expected, raw in messages(reference):
        got = read(raw, must_sign=False)
        if isinstance(got, ExchangeMail):
            assert all(each.name.isprintable() and len(each.name) <= 120 for each in got.attached), name
