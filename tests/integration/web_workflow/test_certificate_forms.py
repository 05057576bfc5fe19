"""The register of agreed forms, and papers that were lost, on the pages people use (G05, attacks 7 and 13)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.timezone import localdate

from opensps.accounts.queries import Actor, OrganisationKind
from opensps.certificate import CertificateKind
from opensps.certification.deadlines import office_day
from opensps.certification.models import Application, CertificateTemplate
from opensps.certification.queries import audit
from opensps.certification.services.templates import TemplateTold, template_publish
from opensps.lifecycle import ApplicationState, Role
from tests.factories import accounts
from tests.factories.certification import Cast, application_in, certificate_in, person
from tests.factories.partners import live_partner
from tests.integration.web_workflow.conftest import SINCE, Enter

pytestmark = pytest.mark.django_db


def of_country(country: str, role: Role = Role.COUNTRY_ADMIN) -> Actor:
    authority = accounts.make_organisation(
        f"Inspection of {country}", kind=OrganisationKind.FOREIGN_AUTHORITY, country=country
    )
    someone = accounts.make_person(f"{country.lower()}.{role}@inspection.example")
    return accounts.grant(someone, role, organisation_id=authority.pk)


@pytest.fixture
def manager(people: Cast) -> Actor:
    return person("Mona Reed", Role.MANAGER, at=SINCE)


def test_G05_an_exporter_is_told_why_nothing_can_be_submitted_until_the_partner_has_acknowledged(
    people: Cast, manager: Actor, enter: Enter
) -> None:
    told = TemplateTold(
        kind=CertificateKind.PHYTOSANITARY, name="XB-PHYTO", version="2", country="XB", valid_from=localdate(SINCE)
    )
    row = template_publish(authority="XA", told=told, actor=manager, at=SINCE - timedelta(days=2))
    draft = application_in(people, ApplicationState.DRAFT, at=SINCE)
    exporter = enter(people.exporter)
    check = exporter.open(f"/applications/{draft.reference}/check")
    refused = check.send(is_declared=True)
    assert refused.status == 409
    assert "has not acknowledged the form of this certificate yet" in refused.words
    admin = enter(of_country("XB"))
    assert "XB-PHYTO/2" in admin.open("/certificate-forms").words
    page = admin.open("/home").link("Acknowledge a form: XB-PHYTO/2").link("Acknowledge this form").send()
    assert "Acknowledged by" in page.words
    row.refresh_from_db()
    assert row.state == "acknowledged"
    assert "Acknowledge a form" not in admin.open("/home").words
    exporter.open(f"/applications/{draft.reference}/check").send(is_declared=True)
    draft = Application.objects.get(pk=draft.pk)
    assert (draft.state, draft.template) == ("submitted", "XB-PHYTO/2")


def test_our_staff_publishes_ahead_ends_and_notes_letters(people: Cast, manager: Actor, enter: Enter) -> None:
    live_partner("XB")
    today = office_day(datetime.now(UTC), offset_minutes=480)
    visitor, ahead = enter(manager), today + timedelta(days=1)
    page = visitor.open("/partners").link("Forms of certificates").link("New form of a certificate")
    ours = {"kind": "VETERINARY_HEALTH", "country": "XB", "name": "XB-VET", "version": "1"}
    assert "lies before" in page.send(**ours, valid_from=f"{ahead}", valid_until=f"{today}").words
    too_late = page.send(**ours, valid_from=f"{today}")
    assert "has to lie ahead" in too_late.words
    made = page.send(**ours, valid_from=f"{ahead}", changes="A new box for the plant.")
    assert "Waiting for the partner" in made.words
    noted = made.link("by letter").send(reference="Note 17/2026")
    assert "Note 17/2026" in noted.words
    ended = noted.link("Set its last day").send(valid_until=f"{ahead + timedelta(days=60)}")
    assert "Last day is set" in ended.words
    assert "already" in visitor.open("/certificate-forms/new").send(**ours, valid_from=f"{ahead}").words
    theirs = {**ours, "country": "", "issuer": "XB", "reference": "G/SPS/N/XB/7", "valid_from": "2026-01-01"}
    without = visitor.open("/certificate-forms/new").send(**{**theirs, "valid_from": "", "valid_until": "2026-12-31"})
    assert "Enter the first day of issue." in without.words
    assert "Issued by" in visitor.open("/certificate-forms/new").send(**theirs).words
    slip = visitor.open("/certificate-forms/new").send(**{**ours, "version": "2"}, valid_from=f"{ahead}")
    assert "Taken back" in slip.link("Take it back").send(reason="a slip").words
    assert CertificateTemplate.objects.count() == 3
    abroad = enter(of_country("XB")).open(noted.url).words
    assert "Note 17/2026" in abroad
    assert manager.name not in abroad, "people of another country read no names of ours"
    assert audit("XA") == ()


def test_a_stranger_finds_nothing_and_an_officer_abroad_acknowledges_nothing(
    people: Cast, manager: Actor, enter: Enter
) -> None:
    told = TemplateTold(
        kind=CertificateKind.HEALTH, name="XB-F", version="1", country="XB", valid_from=localdate() + timedelta(days=1)
    )
    row = template_publish(authority="XA", told=told, actor=manager, at=SINCE)
    here = f"/certificate-forms/{row.pk}"
    other = enter(of_country("XC"))
    assert other.open(here).status == other.open(f"{here}/acknowledge").status == 404
    assert other.open("/certificate-forms/9").status == 404
    assert "XB-F" not in other.open("/certificate-forms").words
    administrator = enter(of_country("XB"))
    assert administrator.open(f"{here}/acknowledge").status == 200
    for slug in ("end", "letter", "withdraw"):
        assert administrator.open(f"{here}/{slug}").status == 404
    officer = enter(of_country("XB", Role.FOREIGN_OFFICER))
    assert officer.open(here).status == 200
    assert officer.open(f"{here}/acknowledge").status in {403, 404}
    assert enter(people.exporter).open("/certificate-forms").status in {403, 404}


def test_a_lost_copy_is_reported_on_the_page_of_the_certificate(people: Cast, enter: Enter) -> None:
    certificate = certificate_in(people)
    visitor, here = enter(people.exporter), f"/certificates/{certificate.number}"
    assert visitor.client.post(f"{here}/print-copy").status_code == 200
    page = visitor.open(here).link("Report a paper as lost")
    assert "Choose which paper was lost." in page.send().words
    done = page.send(copy="1", reason="Left on the lorry")
    assert "Papers reported lost" in done.words
    assert "copy 1" in done.words
    certificate.refresh_from_db()
    assert list(certificate.lost_copies) == ["1"]
    left = done.link("Report a paper as lost")
    assert not left.root.xpath("//input[@name='copy'][@value='1']")
