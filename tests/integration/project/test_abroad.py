"""The demo's partners abroad do what real ones would: send what they certified, answer by mail, misbehave when told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from opensps.border.inquiry_documents import InquiryDocument, read_document, write_document
from opensps.exchange.golden import Papers, Side
from opensps.exchange.mail import building
from opensps.exchange.mail.building import Files, Letter, Protection
from opensps.exchange.mail.certificates import read_pinned
from opensps.exchange.mail.fields import SpsFields, sha256_hex
from opensps.exchange.mail.reading import ExchangeMail, MailPartner, read_mail
from opensps.exchange.models import GoldenRun, Partner
from opensps.formats import read_certificate, validate, write_certificate
from opensps.lifecycle.inquiry import InquiryAct
from opensps.project.abroad import northland
from opensps.project.abroad.judging import judged
from opensps.project.abroad.keys import NORTHLAND, OUR_ADDRESS, THEIR_ADDRESS, WESTMARK, AbroadKeys, exchange_key
from opensps.project.abroad.moods import Mood, mood_of, mood_set
from opensps.project.abroad.records import partners_create
from opensps.project.abroad.westmark import Westmark
from opensps.project.mail_files import CERTIFICATE_FILE
from opensps.rules import PROFILES, Level, Policy
from tests.factories.incoming import theirs

NOW = datetime.now(UTC)
COUNTRIES = frozenset({"XA", "XB", "XC"})
DELIVERY = "01JD0000000000000000000001"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> AbroadKeys:
    """Return the keys of a demo."""
    made = AbroadKeys(tmp_path_factory.mktemp("demo") / "abroad")
    made.prepare(at=NOW)
    return made


def test_keys_are_made_once_and_lie_where_only_their_owner_reads(keys: AbroadKeys) -> None:
    before = keys.fingerprint(NORTHLAND)
    keys.prepare(at=NOW)
    assert keys.fingerprint(NORTHLAND) == before
    assert {path.stat().st_mode & 0o077 for path in keys.directory.rglob("*.key*")} == {0}


@pytest.mark.usefixtures("fresh_database")
def test_the_records_take_both_partners_to_live_exchange_and_say_what_is_made_up(keys: AbroadKeys) -> None:
    partners_create(keys, at=NOW)
    assert set(Partner.objects.values_list("code", "state")) == {("XB", "live"), ("XC", "live")}
    assert all(row.evidence == {"made_up": True} for row in GoldenRun.objects.all())


def test_northland_sends_clean_certificates_and_one_that_is_not_complete() -> None:
    policy = Policy(now=NOW, extra_countries=COUNTRIES)
    severe = [
        str(paper.exchanged_document.number)
        for paper in northland.papers(NOW)
        if any(
            finding.level is Level.SEVERE
            for finding in validate(write_certificate(paper), profile=PROFILES["hub"], policy=policy).findings
        )
    ]
    assert severe == ["XB/PC/2026/00406"]


def test_a_mood_is_one_word_and_nonsense_is_good_behaviour(tmp_path: Path) -> None:
    assert mood_of(tmp_path, WESTMARK) is Mood.WELL
    mood_set(tmp_path, WESTMARK, Mood.REFUSE)
    assert mood_of(tmp_path, WESTMARK) is Mood.REFUSE
    (tmp_path / "westmark.mood").write_text("angry")
    assert mood_of(tmp_path, WESTMARK) is Mood.WELL


def mail_to_westmark(keys: AbroadKeys, content: bytes) -> bytes:
    """Return a certificate mail of ours."""
    letter = Letter(
        sender=OUR_ADDRESS,
        sender_name="SPS exchange XA",
        recipient=THEIR_ADDRESS,
        message_id=building.message_id(DELIVERY, domain="ecert.xa.example"),
        subject="SPS certificate issued",
        dated_at=NOW,
    )
    fields = SpsFields(
        action="issue",
        delivery=DELIVERY,
        sender="XA",
        recipient="XC",
        certificate="XA-1",
        type_code="851",
        status_code="70",
        version="1",
        content_digest=sha256_hex(content),
    )
    protection = Protection(key=exchange_key(keys.ours))
    return building.certificate_mail(letter, fields, Files(content=content), text="", protection=protection).data


def for_westmark() -> bytes:
    """Return a clean certificate of ours for Westmark."""
    papers = Papers(
        sender=Side(code="XA", country="XA", authority="Examplia"),
        receiver=Side(code="XC", country="XC", authority="Westmark"),
        run=1,
        at=NOW - timedelta(hours=1),
    )
    return write_certificate(papers.paper(1))


@pytest.mark.parametrize(
    ("mood", "result"),
    [
        (Mood.WELL, "RECEIVED"),
        (Mood.REMARK, "RECEIVED_REMARKS"),
        (Mood.UNREADABLE, "UNREADABLE"),
        (Mood.REFUSE, "REJECTED"),
        (Mood.SILENT, None),
    ],
)
def test_westmark_answers_a_signed_mail_by_a_signed_acknowledgement_in_its_mood(
    keys: AbroadKeys, mood: Mood, result: str | None
) -> None:
    westmark = Westmark(keys.of(WESTMARK), keys.ours / CERTIFICATE_FILE, answer=lambda _built: None, clock=lambda: NOW)
    built = westmark.acknowledgement(mail_to_westmark(keys, for_westmark()), mail_from="bounce@x.example", mood=mood)
    if result is None:
        assert built is None
        return
    assert built is not None
    pinned = read_pinned(keys.certificate_pem(WESTMARK).encode())
    assert pinned is not None
    partner = MailPartner(code="XC", addresses=(THEIR_ADDRESS,), pinned=(pinned,))
    answer = read_mail(built.data, mail_from="bounce@x.example", partner_of=lambda _address: partner, keys=(), at=NOW)
    assert isinstance(answer, ExchangeMail)
    assert answer.fields is not None
    assert (answer.fields.result, answer.fields.answers_delivery) == (result, DELIVERY)
    assert answer.xml is not None
    assert read_certificate(answer.xml, extra_countries=COUNTRIES).acknowledgement is not None


def test_what_is_not_for_westmark_is_rejected_however_well_it_means(keys: AbroadKeys) -> None:
    assert judged(theirs(), country="XC", at=NOW)[0] is Mood.REFUSE
    assert judged(for_westmark(), country="XC", at=NOW) == (Mood.WELL, "")
    assert judged(b"<html>", country="XC", at=NOW)[0] is Mood.UNREADABLE


def test_westmark_says_nothing_to_a_mail_that_is_not_signed_by_us(keys: AbroadKeys) -> None:
    westmark = Westmark(keys.of(WESTMARK), keys.of(WESTMARK) / CERTIFICATE_FILE, answer=print, clock=lambda: NOW)
    mail = mail_to_westmark(keys, theirs())
    assert westmark.acknowledgement(mail, mail_from="bounce@x.example", mood=Mood.WELL) is None


def test_westmark_acknowledges_a_question_and_leaves_the_answer_to_people(keys: AbroadKeys) -> None:
    asked = InquiryDocument(
        sender="XA", inquiry="XA-Q-2026-1", act=InquiryAct.OPEN, sequence=1, sent_at=NOW, certificate="XC/PC/7",
        texts=(("en", "Did you issue it?"),),
    )  # fmt: skip
    westmark = Westmark(keys.of(WESTMARK), keys.ours / CERTIFICATE_FILE, lambda _: None, lambda: NOW)
    pinned = read_pinned((keys.of(WESTMARK) / CERTIFICATE_FILE).read_bytes())
    assert pinned is not None
    for act, is_answered in ((InquiryAct.OPEN, True), (InquiryAct.SUPPLY, False)):
        parts = building.inquiry_parts(write_document(replace(asked, act=act)))
        letter = Letter(
            sender=OUR_ADDRESS, sender_name="XA", recipient=THEIR_ADDRESS, message_id="q1@ecert.xa.example",
            subject="SPS inquiry", dated_at=NOW,
        )  # fmt: skip
        fields = SpsFields(action="inquiry", delivery=DELIVERY, sender="XA", recipient="XC")
        mail = building.inquiry_mail(letter, fields, parts, text="", protection=Protection(key=exchange_key(keys.ours)))
        built = westmark.acknowledgement(mail.data, mail_from="bounce@ecert.xa.example", mood=Mood.WELL)
        assert (built is not None) == is_answered
        if built is not None:
            read = read_mail(
                built.data, mail_from="b@ecert.xc.example", keys=(), at=NOW,
                partner_of=lambda _: MailPartner(code="XC", addresses=(THEIR_ADDRESS,), pinned=(pinned,)),
            )  # fmt: skip
            assert isinstance(read, ExchangeMail)
            said = read_document(read.attached[0].data, files={})
            assert (said.act, said.inquiry) == (InquiryAct.ACKNOWLEDGE, asked.inquiry)
