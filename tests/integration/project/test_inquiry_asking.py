"""Asking partners after inquiries over REST: an odd answer stops no other, old news is none, all get a turn."""

import base64
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from opensps.border.inquiry_values import Question, Saying
from opensps.border.models import Alert, Inquiry
from opensps.border.queries import messages_of
from opensps.border.services.inquiring import inquiry_act, inquiry_open
from opensps.events.services import worker_run_until_idle
from opensps.exchange.models import Envelope, Partner, PartnerConnection
from opensps.exchange.transports.transport import Unreachable
from opensps.lifecycle.inquiry import InquiryAct, InquiryParty, InquiryPriority, InquirySubject
from opensps.project.inquiry_asking import PartnersAsked, partners_ask
from tests.factories import mail as mails
from tests.factories import signing
from tests.factories.accounts import make_authority
from tests.integration.project.test_replies_bound import signed_reply

SHORTLY = mails.NOW + timedelta(minutes=1)
WORDS = {"sequence": 2, "from": "AUTHORITY", "text": [{"language": "en", "text": "Send a picture."}]}
ASKED_BACK = {"state": "WAITING_ASKER", "message": [{"from": "CALLER"}, WORDS]}


@pytest.fixture
def border(db: None, tmp_path: Path, settings: Any) -> None:
    """Our side, with one partner over REST whose seal is on our list."""
    make_authority()
    (tmp_path / "seals.note").write_bytes(signing.signed_list(signing.trust_list().entries))
    (tmp_path / "roots.txt").write_text("\n".join(str(each) for each in signing.root_keys().keys))
    settings.OPENSPS_TRUST_FILE, settings.OPENSPS_TRUST_ROOTS = tmp_path / "seals.note", tmp_path / "roots.txt"
    settings.OPENSPS_DEMO = True
    reached("XA", "rest")


def reached(code: str, channel: str) -> None:
    partner = Partner.objects.create(
        authority="XB", code=code, name_en=code, countries=[code], state="live", created_at=mails.NOW,
        changed_at=mails.NOW,
    )  # fmt: skip
    address = "https://ecert.example/api/v1" if channel == "rest" else f"exchange@ecert.{code}.example"
    PartnerConnection.objects.create(
        authority="XB", partner=partner, channel=channel, connection_code=code, own_code="XB", side="client",
        address=address, changed_at=mails.NOW,
    )  # fmt: skip


def asked(number: str = "XA-1", answerer: str = "XA") -> Inquiry:
    """Return an inquiry of ours that arrived there."""
    question = Question(
        number=number, subject=InquirySubject.GENUINENESS, priority=InquiryPriority.ROUTINE,
        direction=Inquiry.OUTBOUND, answerer=answerer, asked_by="b" * 32,
    )  # fmt: skip
    saying = Saying(texts=(("en", "Did you issue it?"),))
    opened = inquiry_open(authority="XB", asker="XB", question=question, saying=saying, machinery=None, at=mails.NOW)
    arrive()
    return opened


def arrive() -> None:
    """Let what we said arrive there."""
    worker_run_until_idle(at=SHORTLY)
    for each in Envelope.objects.filter(state="queued"):
        Envelope.objects.filter(pk=each.pk).update(state="sent", sent_at=SHORTLY, remote_number=f"T-{each.number}")


def say(inquiry: Inquiry, act: InquiryAct) -> None:
    inquiry_act(
        authority="XB", inquiry_number=inquiry.inquiry_number, act=act, party=InquiryParty.ASKER,
        saying=Saying(texts=(("en", "We say more."),)), actor="b" * 32, asker="XB", at=SHORTLY,
    )  # fmt: skip


def ask(answers: Mapping[str, Any]) -> int:
    return partners_ask(authority="XB", at=SHORTLY, ask=lambda _here, number: answers.get(number, {}))


@pytest.mark.usefixtures("border")
@pytest.mark.parametrize(
    "odd",
    [
        {"message": 5},
        {"message": [{"from": "AUTHORITY", "text": "hello"}]},
        {"message": [{"from": "AUTHORITY", "text": ["a", "b"]}]},
        {"message": [{"from": "AUTHORITY", "text": 7}]},
        {"message": [{"from": "AUTHORITY", "text": [{"language": 1, "text": {}}]}]},
        {"message": [{"from": "AUTHORITY", "text": [{"language": "en", "text": "a\0b"}]}]},
        {"message": [{"from": "AUTHORITY", "text": [{"language": "en", "text": "\ud800"}]}]},
        {"message": [{"from": ["AUTHORITY"], "text": None}], "machine_finding": {"a": 1}},
        {"state": {"a": []}, "reply": 5, "message": {"from": "AUTHORITY"}},
        {"state": "ANSWERED", "reply": "AAAA"},
    ],
)
def test_an_odd_answer_about_one_inquiry_holds_up_no_other(odd: dict[str, Any]) -> None:
    first, second = asked("XA-1"), asked("XA-2")
    assert ask({"T-XA-1": {"state": "WAITING_ASKER"} | odd, "T-XA-2": {"state": "WITH_OFFICE"}}) >= 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert second.state == "with_office"
    assert first.state in ("open", "waiting_asker")


@pytest.mark.usefixtures("border")
def test_a_list_of_seals_that_cannot_be_read_or_a_broken_call_stops_no_round(settings: Any, tmp_path: Path) -> None:
    settings.OPENSPS_TRUST_FILE = tmp_path / "gone.note"
    first, second, third = asked("XA-1"), asked("XA-2"), asked("XA-3")

    def asking(_here: Any, number: str) -> Mapping[str, Any]:
        if number == "T-XA-2":
            raise RuntimeError
        return {"state": "ANSWERED", "reply": "AAAA"} if number == "T-XA-1" else {"state": "ACKNOWLEDGED"}

    assert partners_ask(authority="XB", at=SHORTLY, ask=asking) == 1
    for each in (first, second, third):
        each.refresh_from_db()
    assert [each.state for each in (first, second, third)] == ["open", "open", "acknowledged"]


@pytest.mark.usefixtures("border")
def test_what_they_say_before_our_words_arrived_or_of_an_earlier_round_is_no_news() -> None:
    inquiry = asked()
    reply = base64.b64encode(signed_reply(inquiry, inquiry_number="T-XA-1", asked_as="")).decode()
    answered = {"T-XA-1": {"state": "ANSWERED", "reply": reply}}
    assert ask(answered) == 1
    say(inquiry, InquiryAct.CONTEST)
    assert ask(answered) == 0, "our objection waits to be followed"
    worker_run_until_idle(at=SHORTLY)
    assert ask(answered) == 0, "and to be delivered"
    arrive()
    assert ask(answered) == 0, "they have it and answer still what they answered before"
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.rounds) == ("with_office", 1)
    assert not Alert.objects.exists(), "an honest partner"
    again = base64.b64encode(signed_reply(inquiry, inquiry_number="T-XA-1", asked_as="", round=1)).decode()
    assert ask({"T-XA-1": {"state": "ANSWERED", "reply": again}}) == 1


@pytest.mark.usefixtures("border")
def test_they_do_not_ask_back_twice_with_the_same_words() -> None:
    inquiry = asked()
    assert ask({"T-XA-1": ASKED_BACK}) == 1
    say(inquiry, InquiryAct.SUPPLY)
    assert ask({"T-XA-1": ASKED_BACK}) == 0
    arrive()
    assert ask({"T-XA-1": ASKED_BACK}) == 0, "their thread lacks what we supplied"
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.paused_at) == ("with_office", None)
    more = {"state": "WAITING_ASKER", "message": [{"from": "CALLER"}, WORDS, {"from": "CALLER"}, WORDS]}
    assert ask({"T-XA-1": more}) == 1, "but they may ask back again"
    assert [each.act for each in messages_of(inquiry)] == ["open", "ask_back", "supply", "ask_back"]


@pytest.mark.usefixtures("border")
def test_many_that_wait_by_mail_keep_no_inquiry_over_rest_from_its_turn() -> None:
    reached("XC", "smtp")
    for count in range(4):
        asked(f"XC-{count}", "XC")
    for count in range(5):
        asked(f"XA-{count}")
    seen: list[str] = []

    def asking(_here: Any, number: str) -> Mapping[str, Any]:
        seen.append(number)
        return {}

    asks = PartnersAsked("XB", asking, most=2)
    rounds = []
    for _ in range(4):
        seen.clear()
        asks.run(SHORTLY)
        rounds.append(tuple(seen))
    assert rounds == [("T-XA-0", "T-XA-1"), ("T-XA-2", "T-XA-3"), ("T-XA-4",), ("T-XA-0", "T-XA-1")]


@pytest.mark.usefixtures("border")
def test_a_server_that_is_away_is_called_once_a_round() -> None:
    for count in range(3):
        asked(f"XA-{count}")
    calls: list[str] = []

    def away(_here: Any, number: str) -> Unreachable:
        calls.append(number)
        return Unreachable("no answer", code="timeout")

    assert partners_ask(authority="XB", at=SHORTLY, ask=away) == 0
    assert len(calls) == 1
