"""The pages of the border desk, as an official of the destination and our own border officer use them."""

import re
from datetime import UTC, datetime

import pytest

from opensps.accounts.models import Organisation
from opensps.accounts.queries import Actor, OrganisationKind
from opensps.border.models import Arrival, VerdictRecord
from opensps.border.services.arriving import arrivals_run
from opensps.certificate.numbers import IssuedNumber
from opensps.certification.models import Certificate
from opensps.lifecycle import Role
from opensps.signing import TrustList
from opensps.verification.statement import Standing, read_proof, standing_of
from tests.factories import accounts, certification, signing
from tests.factories.certification import Cast, Keys, certificate_in
from tests.factories.desk import arrived
from tests.factories.web import Visitor, upload
from tests.integration.web_workflow.conftest import SINCE, Enter

pytestmark = pytest.mark.django_db
NOBODY = str(IssuedNumber("XA", 2026, "014", 7_000_001))


@pytest.fixture
def trust(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> TrustList:
    """The signer of these certificates, and the key of the installation, which seals proofs."""
    own = signing.trusted(keys.signer, uses=("xml", "pdf"), from_at=SINCE)  # type: ignore[arg-type]  # a test signer
    listed = signing.trust_list(signing.trusted(), own)
    monkeypatch.setattr("opensps.web.html.keys.trust_list", lambda: listed)
    return listed


@pytest.fixture
def certificate(people: Cast, trust: TrustList) -> Certificate:
    return certificate_in(people)


def official(country: str) -> Actor:
    kind = OrganisationKind.FOREIGN_AUTHORITY
    authority: Organisation = accounts.make_organisation(f"Inspection of {country}", kind=kind, country=country)
    person = accounts.make_person(f"{country.lower()}@inspection.example")
    return accounts.grant(person, Role.FOREIGN_OFFICER, organisation_id=authority.pk)


def test_from_the_desk_to_a_green_verdict_is_one_post(certificate: Certificate, people: Cast, enter: Enter) -> None:
    visitor = enter(official("XB"))

    page = visitor.open("/desk").send("/desk", number=certificate.number.lower(), reference="D-1")
    assert page.heading == "Genuine and in force"
    assert "Match" in page.words
    assert "Meant for you" in page.words
    assert VerdictRecord.objects.get().verdict_class == "green"


def test_another_country_reads_the_same_page_as_for_a_number_never_given(
    certificate: Certificate, enter: Enter
) -> None:
    visitor, pages = enter(official("XD")), []
    for number in (certificate.number, NOBODY):
        page = visitor.open("/desk").send("/desk", number=number)
        found = VerdictRecord.objects.latest("at")
        words = page.words.replace(number, "N").replace(found.pk, "ID")
        pages.append((page.status, re.sub(r"\d+:\d+", "", words)))
    assert "No such certificate for" in pages[0][1]
    assert pages[0] == pages[1]
    for address in (f"/desk/record/XA/{certificate.number}", f"/desk/file/XA/{certificate.number}"):
        assert visitor.file(address).status_code == 404


def test_a_comparison_names_the_field_and_the_proof_verifies_itself(
    certificate: Certificate, enter: Enter, trust: TrustList
) -> None:
    visitor = enter(official("XB"))
    first = visitor.open("/desk").send("/desk", number=certificate.number)
    page = first.link("Compare field by field").send(seals="OTHER-1")
    assert page.heading == "Real number, details differ"
    assert "OTHER-1" in page.words

    pdf = visitor.file(f"{page.url}/proof.pdf").content
    proof, now = read_proof(pdf), datetime.now(UTC)
    verdict = VerdictRecord.objects.latest("at")
    assert proof is not None
    assert proof.digest == bytes(verdict.digest)
    assert standing_of(proof, trust=trust, now=now) is Standing.HOLDS
    stranger = Visitor()
    assert stranger.open(f"/check/proof/{verdict.pk}").heading == "Proof of a check"
    dropped = stranger.open("/check").send("/check/file", upload=upload("proof.pdf", pdf))
    assert "nothing was changed" in dropped.words
    changed = read_proof(pdf + b"\n% more")
    assert changed is None or standing_of(changed, trust=trust, now=now) is Standing.ALTERED


def test_what_comes_is_listed_opened_and_given_as_a_file(certificate: Certificate, enter: Enter) -> None:
    visitor = enter(official("XB"))

    coming = visitor.open("/desk/coming")
    assert certificate.number in coming.words
    assert certificate.number in visitor.file("/desk/coming.csv").content.decode("utf-8-sig")
    assert certificate.number not in visitor.open("/desk/coming?state=withdrawn").words
    assert "Earlier checks" in coming.link(certificate.number).words
    assert visitor.file(f"/desk/file/XA/{certificate.number}").content == bytes(certificate.xml or b"")
    assert certificate.number not in enter(official("XC")).open("/desk/coming").words


def test_what_comes_is_narrowed_by_place_and_day_and_what_only_passes_stands_apart(
    certificate: Certificate, enter: Enter
) -> None:
    arrivals_run(authority="XA", at=datetime.now(UTC))
    row = Arrival.objects.get(number=certificate.number, is_transit=False)
    visitor, passing = enter(official("XB")), enter(official("XC"))
    assert (row.country, row.issuer) == ("XB", "XA")
    assert row.port
    assert row.port in visitor.open("/desk/coming").words
    assert certificate.number in visitor.open(f"/desk/coming?port={row.port.lower()}").words
    assert certificate.number not in visitor.open("/desk/coming?port=XBZZZ").words
    table = visitor.file(f"/desk/coming.csv?port={row.port}").content.decode("utf-8-sig")
    assert row.port in table.splitlines()[1]
    assert certificate.number not in passing.open("/desk/coming").words
    assert certificate.number in passing.open("/desk/coming?way=through").words
    assert certificate.number not in visitor.open("/desk/coming?way=through").words
    assert certificate.number not in enter(official("XD")).open("/desk/coming?way=through").words


def test_a_list_gives_one_row_each_and_a_file(certificate: Certificate, enter: Enter) -> None:
    visitor = enter(official("XB"))
    text = f"{certificate.number}\n{NOBODY}\nXA-2026-014-0000001-9"

    listed = visitor.open("/desk/list").send(lines=text)
    table = visitor.file(listed.url + ".csv").content.decode("utf-8-sig")
    assert [row.split(",")[2] for row in table.splitlines()[1:]] == ["green", "red", ""]


def test_our_own_border_checks_what_a_partner_sent(people: Cast, enter: Enter) -> None:
    officer = certification.person("Boris Vale", Role.BORDER_OFFICER, office="014", at=SINCE)
    visitor, number = enter(officer), arrived()

    page = visitor.open("/desk").send("/desk", number=number)
    assert "Look closer" in page.words
    assert page.link("The full certificate").status == 200
    assert number in visitor.open("/desk/coming").words
