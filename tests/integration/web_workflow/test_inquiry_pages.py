"""Inquiries at the pages: two acts from a result to a documented inquiry, two desks to a reply, two sides to see it."""

import re
from datetime import UTC, datetime

import pytest

from opensps.accounts.queries import Actor, OrganisationKind, actor_for
from opensps.border.models import Inquiry, InquiryReply, VerdictRecord
from opensps.border.services.concerns import Report, concern_receive
from opensps.certificate.numbers import IssuedNumber
from opensps.certification.models import Certificate
from opensps.events.services import worker_run_until_idle
from opensps.exchange.models import PartnerConnection
from opensps.exchange.transports import Channel
from opensps.lifecycle import Role
from tests.factories import accounts, certification, signing
from tests.factories.certification import Cast, Keys
from tests.factories.partners import live_partner
from tests.factories.web import Page, upload
from tests.integration.web_workflow.conftest import SINCE, Enter

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 a scan of the paper"


def abroad(country: str) -> Actor:
    """Return an official of another country."""
    firm = accounts.make_organisation(
        kind=OrganisationKind.FOREIGN_AUTHORITY, name=f"Border of {country}", country=country
    )
    person = accounts.make_person(email=f"{country.lower()}@example.org")
    accounts.grant(person, Role.FOREIGN_OFFICER, organisation_id=firm.id.hex)
    return actor_for(person, datetime.now(UTC))


@pytest.fixture
def northland(people: Cast) -> Actor:
    return abroad("XB")


@pytest.fixture
def westmark(people: Cast) -> Actor:
    return abroad("XC")


@pytest.fixture
def desk(people: Cast) -> Actor:
    return certification.person("Ingrid Moss", Role.INQUIRY_DESK, office="014", at=SINCE)


@pytest.fixture
def certificate(people: Cast) -> Certificate:
    return certification.certificate_in(people)


def opened(page: Page, **answers: object) -> Page:
    return page.send(subject="genuineness", priority="perishable", text="Is it yours?", offset="120", **answers)


def number_of(page: Page) -> str:
    return re.search(r"XA-Q-\d{4}-[0-9A-F]{10}", page.url)[0]  # type: ignore[index]  # it is there or the test fails


def test_from_question_to_signed_reply_on_both_sides(
    northland: Actor, westmark: Actor, desk: Actor, people: Cast, certificate: Certificate, enter: Enter
) -> None:
    asking = enter(northland)
    page = opened(asking.open(f"/inquiries/new?number={certificate.number}"), files_given=upload("a/b.pdf", PDF))
    assert "UTC+02:00 (asker)" in page.words
    assert "UTC+08:00 (answering authority)" in page.words, "each clock by both"
    number, here = number_of(page), page.url
    answering = enter(desk)
    assert number in answering.open("/home").words, "it waits for the desk"
    page = answering.open(here).send("/acknowledge")
    page = page.link("Pass to the office").send()
    assert page.root.xpath("//dd[text()='Port Office']"), "the office in the number is chosen already"
    office = enter(people.examiner)
    page = office.open(here).link("Write the reply")
    both = {"text_en": "It is ours.", "text_zh": "是我方签发。"}
    assert "Give a finding and a measure." in page.send(**both).errors[0]
    office.open(here).link("Write the reply").send(finding="genuine", measures=["release_advised"], **both)
    assert "It is ours." not in asking.open(here).words, "nobody reads drafts but us"
    assert "With the issuing office" in asking.open(here).words
    page = answering.open(here).link("Sign and send the reply").send()
    assert "The reply is signed by the authority" in page.words
    page = asking.open(here)
    assert ("Genuine" in page.words, "It is ours." in page.words, InquiryReply.objects.count()) == (True, True, 1)
    file = asking.file(page.root.xpath("//a[text()='b.pdf']/@href")[0])
    assert (file.content, file["Content-Disposition"], file["Content-Type"]) == (
        PDF,
        'attachment; filename="b.pdf"',
        "application/octet-stream",
    )
    page = page.link("Report what you did").send(outcome="released", text="Goods released at 15:00.")
    assert "Closed" in page.words
    for actor in (westmark, people.exporter):
        for address in (here, f"{here}/reply.cose", f"{here}/files/1", f"{here}/supply"):
            missing = address.replace(number, "XA-Q-2026-0000000000")
            answers = [enter(actor).open(each) for each in (address, missing)]
            assert [each.status for each in answers] == [404, 404]


def test_from_a_suspicious_result_two_acts_make_an_inquiry_with_its_evidence(
    northland: Actor, certificate: Certificate, keys: Keys, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A31: from the result page opening the form and sending it, nothing typed."""
    own = signing.trusted(keys.signer, uses=("xml", "pdf"), from_at=SINCE)  # type: ignore[arg-type]  # a test signer
    monkeypatch.setattr("opensps.web.html.keys.trust_list", lambda: signing.trust_list(signing.trusted(), own))
    visitor = enter(northland)
    first = visitor.open("/desk").send("/desk", number=certificate.number)
    result = first.link("Compare field by field").send(seals="OTHER-1")
    page = result.link("Ask the authority that issued it").send()
    inquiry = Inquiry.objects.get()
    assert (inquiry.number, inquiry.subject, inquiry.machine_finding) == (
        certificate.number,
        "content",
        "fields_differ",
    )
    seen, verdict = inquiry.evidence["seen"], VerdictRecord.objects.latest("at")
    assert (seen["check"], seen["class"], seen["digest"]) == (verdict.pk, "red", bytes(verdict.digest).hex())
    assert "OTHER-1" in page.words
    assert "Real number, details differ" in page.words
    never = str(IssuedNumber("XA", 2026, "014", 7_000_001))
    missing = visitor.open("/desk").send("/desk", number=never)
    asked = missing.link("Ask the authority that issued it").send()
    assert "Cannot be told by the register alone" in asked.words, "the same for what is another country's"


def test_a_second_press_opens_nothing_more_and_files_are_what_they_say(
    northland: Actor, certificate: Certificate, enter: Enter
) -> None:
    visitor = enter(northland)
    form = visitor.open(f"/inquiries/new?number={certificate.number}")
    assert opened(form).url == opened(form).url
    assert Inquiry.objects.count() == 1
    refused = opened(visitor.open("/inquiries/new"), files_given=upload("a.pdf", b"MZ an executable"))
    assert refused.errors == ["A file must be a PDF, a JPEG or a PNG picture."]


def test_the_enquiry_point_and_our_border_ask_on_the_same_pages(northland: Actor, people: Cast, enter: Enter) -> None:
    page = enter(northland).open("/inquiries/question")
    here = page.send(procedure="approval", text="How long does it take?", offset="0").url
    enquiries = enter(certification.person("Emil Sato", Role.ENQUIRY_DESK, office="014", at=SINCE))
    enquiries.open(here).send("/acknowledge").link("Sign and send the reply").send(
        text_en="Thirty days.", text_zh="三十天。"
    )
    assert "Thirty days." in enter(northland).open(here).words
    border = enter(certification.person("Boris Vale", Role.BORDER_OFFICER, office="014", at=SINCE))
    assert border.open(here).status == 404
    live_partner("XB")
    page = border.open("/inquiries/new?issuer=XB").send(
        number="XB-7", partner="XB", subject="content", priority="routine", text="Net weight differs.", offset="0"
    )
    page = page.link("Record the partner's answer").send(
        finding="altered", measures=["seize_advised"], text="We never wrote that."
    )
    assert "Altered" in page.words
    assert enter(northland).open(page.url).status == 404, "what we ask partners is ours"


def test_a_concern_leads_to_an_inquiry_by_one_press_and_ends_with_its_number(
    northland: Actor, desk: Actor, enter: Enter
) -> None:
    live_partner("XB")
    report = Report(
        text="The stamp looks wrong.", number="XB-9", place="Port", contact="somebody@example.org", files=()
    )
    concern = concern_receive(authority="XA", report=report, network="192.0.2.1", at=datetime.now(UTC))
    visitor = enter(desk)
    form = visitor.open(f"/concerns/{concern.reference}").link("Ask the authority that issued it")
    page = form.send(partner="XB", offset="0")
    inquiry = Inquiry.objects.get()
    assert (inquiry.direction, inquiry.number) == ("outbound", "XB-9")
    assert "stamp" not in page.words, "what somebody reported stays with us"
    ended = visitor.open(f"/concerns/{concern.reference}")
    assert inquiry.inquiry_number in ended.words
    assert "Being asked" in ended.words
    assert enter(northland).open(f"/inquiries/new?concern={concern.reference}").status == 404


def test_the_page_says_whether_a_question_goes_by_itself_so_that_nobody_sends_it_twice(
    people: Cast, enter: Enter
) -> None:
    live_partner("XB", channel=Channel.SMTP, address="exchange@ecert.xb.example")
    border = enter(certification.person("Boris Vale", Role.BORDER_OFFICER, office="014", at=SINCE))

    def asked() -> Page:
        return border.open("/inquiries/new?issuer=XB").send(
            number="XB-7", partner="XB", subject="content", priority="routine", text="Net weight differs.", offset="0"
        )

    page = asked()
    assert "On its way" in page.words
    assert "Send it by the way you agreed" not in page.words
    worker_run_until_idle(at=datetime.now(UTC))
    assert "Last message" in border.open(page.url).words

    PartnerConnection.objects.update(is_active=False)
    page = asked()
    assert "no channel to this partner carries inquiries" in page.words
    worker_run_until_idle(at=datetime.now(UTC))
    PartnerConnection.objects.update(is_active=True)
    assert "was open when it was written" in border.open(page.url).words, "it is not sent later by itself"
