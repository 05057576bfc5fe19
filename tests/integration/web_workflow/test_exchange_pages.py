"""The pages about exchange: where deliveries stand, what partners sent, who the partners are, and who may decide."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from opensps.exchange.models import Attempt, Envelope, IncomingCertificate, Partner, PartnerConnection, ReceivedMessage
from opensps.exchange.services.messages import message_process, message_receive
from opensps.exchange.terms import ReceivingTerms
from opensps.exchange.transports import Channel
from opensps.lifecycle import AcknowledgementCode, Role
from tests.factories import mail_exchange as northland_by_mail
from tests.factories.certification import Cast, person
from tests.factories.incoming import NUMBER, theirs
from tests.factories.partners import live_partner
from tests.factories.web import Page, Visitor

NOW = datetime.now(UTC) - timedelta(hours=1)
SINCE = NOW - timedelta(days=2)
DELIVERY = "01JD0000000000000000000001"
Enter = Callable[..., Visitor]


@pytest.fixture
def manager(people: Cast, enter: Enter) -> Visitor:
    """Return the browser of a manager."""
    return enter(person("Mira Sand", Role.MANAGER, at=SINCE))


@pytest.fixture
def northland(people: Cast) -> Partner:
    """Return a partner in live exchange over the Hub."""
    return live_partner("XB", channel=Channel.HUB, address="https://hub.example/DeliveryService")


def envelope(partner: Partner, state: str = "rejected", **columns: Any) -> Envelope:
    """Write down an envelope of ours in a state."""
    connection = PartnerConnection.objects.get(partner=partner)
    values = {
        "authority": "XA",
        "delivery_number": DELIVERY,
        "direction": "out",
        "partner": partner,
        "connection": connection,
        "channel": "hub",
        "from_code": "XA",
        "to_code": "XB",
        "number": "XA-2026-014-0004512-0",
        "type_code": "851",
        "status_code": "70",
        "sha256": "0" * 64,
        "state": state,
        "queued_at": NOW,
        "sent_at": NOW,
        "first_attempt_at": NOW,
        "final_at": NOW,
        "changed_at": NOW,
        "tracking_text": "Invalid HS code <b>0703.2</b>",
    }
    return Envelope.objects.create(**{**values, **columns})


def test_a_refusal_is_told_in_words_with_theirs_and_what_can_be_done(manager: Visitor, northland: Partner) -> None:
    row = envelope(northland)
    Attempt.objects.create(
        authority="XA",
        envelope=row,
        ordinal=1,
        channel="hub",
        started_at=NOW,
        ended_at=NOW,
        result="sent",
        code="200",
        text="Invalid HS code",
        trace="t" * 32,
    )
    listed = manager.open("/deliveries")
    assert "Rejected by them" in listed.words
    page = manager.open(f"/deliveries/{DELIVERY}")
    assert page.heading == "XA-2026-014-0004512-0 to Service of XB"
    assert "refused certificate XA-2026-014-0004512-0: “Invalid HS code <b>0703.2</b>”" in page.words
    assert "Try 1: Taken over by the other side" in page.words
    assert [link.text for link in page.root.xpath("//main//ul[@class='plainlist']//a")] == ["Send again", "Not needed"]


def test_sending_again_needs_a_reason_and_happens_once(manager: Visitor, northland: Partner) -> None:
    row = envelope(northland)
    page = manager.open(f"/deliveries/{DELIVERY}/send-again")
    assert page.send(reason="").errors == ["Enter the reason."]
    done = page.send(reason="They corrected their list")
    assert done.url.endswith(f"/deliveries/{DELIVERY}")
    row.refresh_from_db()
    assert (row.state, row.resent) == ("queued", 1)
    page.send(reason="They corrected their list")
    row.refresh_from_db()
    assert row.resent == 1


def test_what_the_state_does_not_allow_is_refused_in_words(manager: Visitor, northland: Partner) -> None:
    envelope(northland, "received")
    page = manager.open(f"/deliveries/{DELIVERY}/send-again").send(reason="For certainty")
    assert page.status == 409
    assert page.heading == "This cannot be done now"


@pytest.mark.parametrize(
    "address",
    ["/deliveries", f"/deliveries/{DELIVERY}", f"/deliveries/{DELIVERY}/not-needed", "/incoming", "/partners/XB"],
)
def test_exporters_and_strangers_see_none_of_it(people: Cast, enter: Enter, northland: Partner, address: str) -> None:
    envelope(northland)
    assert enter(people.exporter).open(address).status == 404


def test_a_certifying_officer_reads_and_does_not_decide(people: Cast, enter: Enter, northland: Partner) -> None:
    envelope(northland)
    page = enter(people.officer).open(f"/deliveries/{DELIVERY}")
    assert page.status == 200
    assert "Send again" not in page.words
    assert enter(people.officer).open(f"/deliveries/{DELIVERY}/send-again").status == 404


def test_another_authority_has_no_such_delivery(people: Cast, enter: Enter, northland: Partner) -> None:
    envelope(northland)
    other = enter(person("Olga Reed", Role.MANAGER, authority="XC", at=SINCE))
    assert other.open(f"/deliveries/{DELIVERY}").status == 404
    assert "XA-2026" not in other.open("/deliveries").words


SENTENCES: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("queued", {"due_at": NOW}, "It leaves within seconds"),
    ("blocked", {"blocked_reason": "pair_not_allowed"}, "does not take this type of certificate"),
    ("retrying", {"due_at": NOW}, "could not be reached. The next try is at"),
    ("uncertain", {"due_at": NOW}, "We ask before anything is sent again"),
    ("waiting", {"fetched_at": NOW}, "waits until Service of XB collects it"),
    ("sent", {"handed_over_at": NOW, "late_at": NOW}, "has not confirmed it yet"),
    ("received", {}, "confirmed it on"),
    ("received_remarks", {}, "with this remark"),
    ("unreadable", {}, "could not read it"),
    ("expired", {}, "did not answer within 15 days"),
    ("dead", {}, "could not be reached for 72 hours"),
    ("not_needed", {}, "need not be delivered"),
)


def test_every_state_has_its_sentence(manager: Visitor, northland: Partner) -> None:
    for place, (state, columns, sentence) in enumerate(SENTENCES):
        row = envelope(northland, state, delivery_number=f"01JE{place:022}", number=f"XA-{place}", **columns)
        assert sentence in manager.open(f"/deliveries/{row.delivery_number}").words


def test_the_list_is_narrowed_by_word_partner_and_number(manager: Visitor, northland: Partner) -> None:
    envelope(northland)
    envelope(northland, "received", delivery_number=f"{DELIVERY[:-1]}2", number="XA-2", sha256="1" * 64)
    assert "XA-2 " not in manager.open("/deliveries?state=attention").words
    assert "XA-2026-014" not in manager.open("/deliveries?q=XA-2").words
    assert "No delivery fits" in manager.open("/deliveries?partner=XC").words


def test_lists_cost_the_same_whatever_their_length(
    manager: Visitor, northland: Partner, django_assert_max_num_queries: Any
) -> None:
    for place in range(30):
        number = f"XA-{place}"
        envelope(northland, delivery_number=f"01JD{place:022}", number=number, sha256=f"{place:064}")
    with django_assert_max_num_queries(12):
        manager.open("/deliveries")


def arrive(partner: Partner, content: bytes, number: str = "HUB-1") -> ReceivedMessage:
    """Let a partner's envelope arrive over the Hub."""
    header = {"from_code": "XB", "to_code": "XA", "type_code": 851, "status_code": 70, "number": NUMBER}
    facts = {"header": header, "remote_number": number}
    kept = message_receive(
        authority="XA",
        channel="hub",
        raw=content,
        facts=facts,
        connection=PartnerConnection.objects.get(partner=partner),
        at=NOW,
    )
    terms = ReceivingTerms(extra_countries=frozenset({"XA", "XB", "XC"}))
    return message_process(received_id=kept.pk, terms=terms, at=NOW)


def page_of(number: str) -> str:
    """Return the address of the page of a certificate that came."""
    return f"/incoming/{IncomingCertificate.objects.get(number=number).pk}"


@pytest.mark.parametrize("number", ["XB/2026/file.xml", "XB/decide/1", "set-aside", "检疫 1?#"])
def test_a_partner_numbers_as_it_likes_and_every_certificate_is_reached(
    manager: Visitor, northland: Partner, number: str
) -> None:
    arrive(northland, theirs())
    IncomingCertificate.objects.update(number=number)
    link = manager.open("/incoming").root.xpath("//a[contains(., $number)]/@href", number=number)[0]
    page = manager.open(link)
    assert (page.status, "Fresh garlic" in page.heading) == (200, True)
    assert manager.client.get(f"{link}/file.xml").content == theirs()


def test_a_received_certificate_is_shown_with_the_report_of_our_check_and_its_bytes(
    manager: Visitor, northland: Partner
) -> None:
    arrive(northland, theirs())
    listed = manager.open("/incoming")
    assert NUMBER in listed.words
    page = manager.open(page_of(NUMBER))
    assert "In force" in page.words
    assert "Fresh garlic" in page.words
    got = manager.client.get(f"{page_of(NUMBER)}/file.xml")
    assert got.content == theirs()
    assert got["Content-Type"] == "application/octet-stream"


def test_two_contents_under_one_number_wait_for_a_person_who_decides(manager: Visitor, northland: Partner) -> None:
    arrive(northland, theirs())
    arrive(northland, theirs(goods="Somebody Else"), "HUB-2")
    page = manager.open(page_of(NUMBER))
    assert "Two contents came under the same number" in page.words
    assert NUMBER in manager.open("/incoming?state=to_decide").words
    link = page.root.xpath("//a[contains(@href, '/decide/')]/@href")[0]
    done = manager.open(link).send(reason="They told us by telephone which one counts")
    assert "In force" in done.words


def set_aside(northland: Partner) -> ReceivedMessage:
    """Let something arrive from nobody we know."""
    facts = {"header": {"from_code": "XQ", "to_code": "XA", "type_code": 851, "status_code": 70, "number": "1"}}
    kept = message_receive(
        authority="XA", channel="hub", raw=b"<script>alert(1)</script>", facts=facts, peer="<i>peer</i>", at=NOW
    )
    return message_process(received_id=kept.pk, terms=ReceivingTerms(), at=NOW)


def test_a_message_set_aside_is_shown_as_plain_text_and_can_be_rejected(manager: Visitor, northland: Partner) -> None:
    kept = set_aside(northland)
    assert "The sender is none of our partners" in manager.open("/incoming/set-aside").words
    page = manager.open(f"/incoming/set-aside/{kept.pk}")
    assert page.root.xpath("string(//pre)") == "<script>alert(1)</script>"
    done = manager.open(f"/incoming/set-aside/{kept.pk}/reject").send(reason="Nobody knows them")
    assert "Nothing is set aside" in done.words


def test_a_mail_set_aside_is_taken_apart_and_rejecting_it_tells_the_partner(manager: Visitor, people: Cast) -> None:
    northland_by_mail.mail_partner(pins=False)
    kept = northland_by_mail.arrive(northland_by_mail.their_mail(theirs()).data)
    assert "The signature is missing or does not verify" in manager.open("/incoming/set-aside").words
    page = manager.open(f"/incoming/set-aside/{kept.pk}")
    rows = {row.xpath("string(dt)"): row.xpath("string(dd)") for row in page.root.xpath("//dl[@class='rows']/div")}
    assert "SPS certificate issued" in rows["subject"]
    assert "Its parts" in page.words
    assert "bytes" in page.words
    assert "MIME-Version" not in page.root.xpath("string(//pre)"), "the text, and not the mail as it travelled"
    assert "邮件自述内容" in manager.open(f"/zh-hans/incoming/set-aside/{kept.pk}").words
    manager.open(f"/incoming/set-aside/{kept.pk}/reject").send(reason="Their key is not the one agreed")
    answer = Envelope.objects.get(kind="acknowledgement")
    assert (answer.result, answer.tracking_text) == (AcknowledgementCode.REJECTED, "Their key is not the one agreed")


@pytest.mark.parametrize("reason", ["COLLECT", "PROCESSING", "SIGNATURE"])
def test_every_reason_to_set_a_message_aside_has_words(manager: Visitor, northland: Partner, reason: str) -> None:
    set_aside(northland)
    ReceivedMessage.objects.update(reason=reason)
    assert reason not in manager.open("/incoming/set-aside").words


def test_the_directory_of_partners_is_public_and_names_no_address(northland: Partner) -> None:
    page = Visitor(None).open("/partners")
    assert "Service of XB" in page.words
    assert "From us, all types: Paper and electronic, compared" in page.words
    assert "hub.example" not in page.text


def test_the_record_of_a_partner_shows_its_health_and_lets_staff_suspend_it(
    manager: Visitor, northland: Partner
) -> None:
    envelope(northland)
    rows = PartnerConnection.objects.filter(partner=northland)
    rows.update(paused_reason="not_known_there", paused_at=NOW)
    page = manager.open("/partners/XB")
    assert "does not know our client certificate" in page.words
    assert "https://hub.example/DeliveryService" in page.words
    done = manager.open("/partners/XB/suspend").send(reason="Their key is lost")
    assert "Suspended" in done.words
    resumed = manager.open(f"/partners/XB/connections/{rows.get().pk}/resume").send(reason="They know us now")
    assert "Paused" not in resumed.words


def test_a_step_whose_condition_is_missing_says_which(manager: Visitor, northland: Partner) -> None:
    Partner.objects.filter(pk=northland.pk).update(state="applied", countries=[])
    page: Page = manager.open("/partners/XB/profile").send(reason="Complete")
    assert page.status == 409
    assert "Enter the countries the partner serves first." in page.words
