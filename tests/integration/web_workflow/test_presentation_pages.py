"""From a check to a decision about the goods, and what the issuing authority sees of it, in pages (`ux.md` 6.6)."""

import re
from datetime import UTC, datetime

import pytest

from opensps.accounts.models import Organisation
from opensps.accounts.queries import Actor, OrganisationKind
from opensps.border.ledger import Presentation
from opensps.certificate.numbers import IssuedNumber
from opensps.certification.models import Certificate, ReportedOutcome
from opensps.events.services import worker_run_until_idle
from opensps.exchange.models import Envelope
from opensps.lifecycle import Role
from opensps.signing import TrustList
from tests.factories import accounts, certification, signing
from tests.factories.certification import Cast, Keys, certificate_in
from tests.factories.desk import arrived
from tests.factories.web import Page, Visitor
from tests.integration.web_workflow.conftest import SINCE, Enter

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> TrustList:
    own = signing.trusted(keys.signer, uses=("xml", "pdf"), from_at=SINCE)  # type: ignore[arg-type]  # a test signer
    listed = signing.trust_list(signing.trusted(), own)
    monkeypatch.setattr("opensps.web.html.keys.trust_list", lambda: listed)
    return listed


@pytest.fixture
def certificate(people: Cast, trust: TrustList) -> Certificate:
    return certificate_in(people)


@pytest.fixture
def northland(db: None) -> Organisation:
    return accounts.make_organisation("Inspection of XB", kind=OrganisationKind.FOREIGN_AUTHORITY, country="XB")


def official(organisation: Organisation, name: str, role: Role = Role.FOREIGN_OFFICER) -> Actor:
    person = accounts.make_person(f"{name}@inspection.example")
    return accounts.grant(person, role, organisation_id=organisation.pk)


def presented(visitor: Visitor, certificate: Certificate, **answers: str) -> Page:
    """Check at the desk, then record the presentation."""
    verdict = visitor.open("/desk").send("/desk", number=certificate.number)
    return verdict.link("Record that it was presented").send(**{"place": "XBPRT", **answers})


def test_from_check_to_accepted_and_a_second_paper_at_another_port_is_red(
    certificate: Certificate, northland: Organisation, enter: Enter, people: Cast
) -> None:
    first = presented(enter(official(northland, "a")), certificate)
    assert first.heading == certificate.number
    assert "Match" in first.words
    page = first.link("Accept").send()
    assert "Accepted" in page.words
    row = Presentation.objects.get()
    assert row.state == "accepted"
    assert page.url == f"/presentations/{row.presentation_number}"
    second = presented(enter(official(northland, "b")), certificate, place="xb ccc")
    assert "Everything on this certificate was accepted before." in second.words
    assert "Do not accept" in second.words
    refused = second.link("Accept").send(reason_code="explained_at_desk")
    assert "not to accept this paper" in refused.words

    issuer = enter(people.officer).open(f"/certificates/{certificate.number}")
    assert "Used up" in issuer.words
    assert "Outcome reported by the importing country" in issuer.words
    assert issuer.link(row.presentation_number).status == 200


def test_a_part_is_accepted_and_a_refusal_asks_for_reason_and_measure(
    certificate: Certificate, northland: Organisation, enter: Enter
) -> None:
    visitor = enter(official(northland, "a"))
    page = presented(visitor, certificate).link("Accept a part").send(quantity_1="10")
    assert "Accepted in part" in page.words
    rest = presented(visitor, certificate)
    empty = rest.link("Refuse").send()
    assert empty.status == 422
    done = rest.link("Refuse").send(reason_code="pest_or_disease_found", measure="destruction")
    assert "A pest or disease was found" in done.words
    assert "Destroyed" in done.words


def test_another_country_and_another_role_find_nothing(
    certificate: Certificate, northland: Organisation, enter: Enter, people: Cast
) -> None:
    presented(enter(official(northland, "a")), certificate)
    number = Presentation.objects.get().presentation_number
    elsewhere = accounts.make_organisation("Inspection of XD", kind=OrganisationKind.FOREIGN_AUTHORITY, country="XD")
    stranger = enter(official(elsewhere, "d"))
    addresses = (f"/presentations/{number}", f"/presentations/{number}/accept", f"/present/XA/{certificate.number}")
    for address in addresses:
        assert stranger.file(address).status_code == 404
        assert enter(people.exporter).file(address).status_code == 404
    assert number not in stranger.open("/presentations").words
    assert number in enter(official(northland, "b")).open("/presentations?state=open").words


def test_our_border_presents_what_a_partner_certified_and_goods_without_a_paper(enter: Enter, trust: TrustList) -> None:
    visitor = enter(certification.person("Border", Role.BORDER_OFFICER, at=SINCE))
    number = arrived()
    page = visitor.open(f"/present/XB/{number}").send(place="XAPRT")
    assert page.heading == number
    assert "Held" in page.link("Hold").send(reason_code="sample_taken").words
    worker_run_until_idle(at=datetime.now(UTC))
    answer = Envelope.objects.get(kind="response")
    delivery = enter(certification.person("Mo", Role.MANAGER, at=SINCE)).open(f"/deliveries/{answer.delivery_number}")
    assert "Our answer: held" in delivery.words
    assert delivery.link("Open the certificate").status == 200
    wrong = visitor.open("/presentations/without").send(place="XBPRT", goods="Fresh garlic, 5 t")
    assert "Enter a place in your own country" in " ".join(wrong.errors)
    without = visitor.open("/presentations/without").send(place="XAPRT", goods="Fresh garlic, 5 t")
    assert "Came without a certificate" in without.words


def test_a_red_number_is_refused_in_one_act_and_one_for_others_reads_like_one_never_given(
    certificate: Certificate, enter: Enter
) -> None:
    elsewhere = accounts.make_organisation("Inspection of XD", kind=OrganisationKind.FOREIGN_AUTHORITY, country="XD")
    visitor, pages = enter(official(elsewhere, "d")), []
    for number in (str(IssuedNumber("XA", 2026, "014", 7_000_001)), certificate.number):
        verdict = visitor.open("/desk").send("/desk", number=number)
        offered = ("Refuse it", "Hold the goods", "Record that it was presented")
        places = [verdict.words.index(words) for words in offered]
        assert places == sorted(places), "a red paper is refused or held, never just recorded first"
        form = verdict.link("Refuse it")
        assert form.send(place="XDPRT").status == 422
        done = form.send(place="XDPRT", reason_code="certificate_suspected", measure="seizure")
        row = Presentation.objects.latest("id")
        tried = done.url, visitor.file(f"{done.url}/accept").status_code
        words = done.words.replace(number, "N").replace(row.presentation_number, "P")
        pages.append((row.state, row.reasons, row.alerts, tried[1], re.sub(r"\d+:\d+", "", words)))
    assert pages[0] == pages[1]
    assert pages[0][:2] == ("rejected", ["never_issued"])
    assert not ReportedOutcome.objects.exists(), "nothing is told of a certificate that is not theirs"


def test_red_and_green_offer_what_fits(certificate: Certificate, northland: Organisation, enter: Enter) -> None:
    visitor = enter(official(northland, "a"))
    verdict = visitor.open("/desk").send("/desk", number=certificate.number)
    assert "Refuse it" not in verdict.words
    assert visitor.file(f"{verdict.url}/present/reject").status_code == 404
    presented(visitor, certificate).link("Accept").send()
    again = visitor.open("/desk").send("/desk", number=certificate.number)
    assert "Held" in again.link("Hold the goods").send(place="XBPRT", reason_code="answer_awaited").words
