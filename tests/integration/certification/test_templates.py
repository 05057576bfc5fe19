"""Forms agreed with a partner: published ahead, acknowledged by the other side, enforced before issue (G05)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from opensps.accounts.queries import Actor
from opensps.certificate import CertificateKind, ModelRef
from opensps.certification import services
from opensps.certification.errors import NotFound, TemplateRefused
from opensps.certification.models import Application, CertificateTemplate
from opensps.certification.queries import certificate_value
from opensps.certification.queries.templates import templates_for
from opensps.certification.services.templates import (
    TemplateTold,
    template_acknowledge,
    template_acknowledge_by_machine,
    template_end,
    template_publish,
    template_record_acknowledgement,
    template_withdraw,
)
from opensps.events.models import Event
from opensps.lifecycle import ActNotAllowed, Role
from tests.factories.certification import START, Cast, Story, cast, person
from tests.factories.desk import official

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 17)
TOMORROW = TODAY + timedelta(days=1)
FOREVER: dict[str, Any] = {"kind": CertificateKind.VETERINARY_HEALTH, "name": "XB-VET", "country": "XB"}
ADMIN = official("XB", Role.COUNTRY_ADMIN, mark="5")


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def manager(people: Cast) -> Actor:
    return person("Mona Reed", Role.MANAGER, authority=people.authority)


def published(manager: Actor, version: str = "1", **changes: Any) -> CertificateTemplate:
    told = TemplateTold(**{**FOREVER, "version": version, "valid_from": TOMORROW, **changes})
    return template_publish(authority="XA", told=told, actor=manager, at=START)


def acknowledged(row: CertificateTemplate, *, actor: Actor = ADMIN) -> CertificateTemplate:
    return template_acknowledge(authority="XA", template_id=row.pk, actor=actor, at=START)


def story(people: Cast, *, days: int = 0, kind: CertificateKind = CertificateKind.VETERINARY_HEALTH) -> Story:
    return Story(people, kind=kind, at=START + timedelta(days=days))


def refused(step: Any) -> tuple[str | None, str | None]:
    with pytest.raises(ActNotAllowed) as refusal:
        step()
    return refusal.value.guard, refusal.value.detail


def test_G05_submission_waits_for_the_partner_and_goes_on_once_it_has_acknowledged(
    people: Cast, manager: Actor
) -> None:
    row = published(manager)
    told = story(people, days=1)
    assert refused(lambda: told("submit")) == ("template_acknowledged", "template_not_acknowledged")
    acknowledged(row)
    told("submit")
    assert Application.objects.get(reference=told.reference).template == "XB-VET/1"
    row.refresh_from_db()
    assert (row.acknowledged_by, row.acknowledged_name, row.acknowledged_at) == (ADMIN.id, "Nora Lund", START)


def test_before_its_first_day_a_form_binds_nobody(people: Cast, manager: Actor) -> None:
    published(manager)
    told = story(people)
    told("submit")
    assert Application.objects.get(reference=told.reference).template == ""


def test_attack_13_what_was_reviewed_on_the_old_form_is_not_issued_the_day_after(people: Cast, manager: Actor) -> None:
    old = acknowledged(published(manager))
    template_end(authority="XA", template_id=old.pk, valid_until=TOMORROW, actor=manager, at=START)
    acknowledged(published(manager, "2", valid_from=TOMORROW + timedelta(days=1)))
    told = story(people, days=1)
    told("submit", "open", "order", "inspect", "mark_ready")
    assert Application.objects.get(reference=told.reference).template == "XB-VET/1"
    told.at += timedelta(days=1)
    assert refused(lambda: told("issue")) == ("template_current", "template_not_current")
    services.application_send_back(
        authority="XA", reference=told.reference, reason="new form", actor=people.reviewer, at=told.at
    )
    told("mark_ready", "issue")
    issued = Application.objects.get(reference=told.reference).certificate
    assert issued.template == "XB-VET/2"
    assert certificate_value(issued).model == ModelRef("XB-VET", "2")


def test_a_plant_certificate_keeps_its_form_beside_the_file_that_has_no_place_for_it(
    people: Cast, manager: Actor
) -> None:
    acknowledged(published(manager, kind=CertificateKind.PHYTOSANITARY, name="XB-PHYTO"))
    told = story(people, days=1, kind=CertificateKind.PHYTOSANITARY)
    told("submit", "open", "order", "inspect", "mark_ready", "issue")
    issued = Application.objects.get(reference=told.reference).certificate
    assert (issued.template, certificate_value(issued).model) == ("XB-PHYTO/1", None)


def test_only_the_other_side_acknowledges_and_only_our_staff_publishes(people: Cast, manager: Actor) -> None:
    row = published(manager)
    for stranger in (official("XC", Role.COUNTRY_ADMIN), people.exporter):
        with pytest.raises(NotFound):
            acknowledged(row, actor=stranger)
    for other in (official("XB"), manager):
        with pytest.raises(ActNotAllowed):
            acknowledged(row, actor=other)
    for other in (people.officer, ADMIN):
        with pytest.raises(ActNotAllowed):
            published(other, "9")
    with pytest.raises(NotFound):
        published(replace(manager, authority="XB"), "9")


def test_a_partner_sees_its_own_forms_only(people: Cast, manager: Actor) -> None:
    published(manager)
    published(manager, country="XC")
    assert {each.country for each in templates_for(authority="XA", actor=manager)} == {"XB", "XC"}
    assert [each.country for each in templates_for(authority="XA", actor=ADMIN)] == ["XB"]
    assert templates_for(authority="XA", actor=people.exporter) == ()


def test_a_letter_or_the_partners_machine_acknowledges_as_well_and_each_act_is_an_event(
    people: Cast, manager: Actor
) -> None:
    letter, machine = published(manager), published(manager, "2")
    assert refused(
        lambda: template_record_acknowledgement(
            authority="XA", template_id=letter.pk, reference=" ", actor=manager, at=START
        )
    ) == ("reference_given", "no_reference")
    template_record_acknowledgement(
        authority="XA", template_id=letter.pk, reference="Note 17/2026", actor=manager, at=START
    )
    with pytest.raises(NotFound):
        template_acknowledge_by_machine(
            authority="XA", template_id=machine.pk, partner="XC", countries=frozenset({"XC"}), at=START
        )
    by_machine = template_acknowledge_by_machine(
        authority="XA", template_id=machine.pk, partner="XB", countries=frozenset({"XB"}), at=START
    )
    assert by_machine.acknowledged_by == "partner:XB"
    acts = Event.objects.filter(object_kind="template").values_list("act", flat=True)
    assert sorted(acts) == [
        *("template.acknowledged", "template.acknowledgement_recorded", "template.published", "template.published")
    ]


def test_what_is_strange_is_refused_in_words_and_what_was_published_stays(people: Cast, manager: Actor) -> None:
    row = published(manager)
    strange: tuple[tuple[str, dict[str, Any]], ...] = (
        ("repeated", {}),
        ("name", {"name": "xb vet"}),
        ("version", {"version": "1/2"}),
        ("country", {"country": "xb"}),
        ("country", {"country": ""}),
        ("valid_until", {"valid_until": TODAY}),
        ("valid_from", {"valid_from": None}),
        ("valid_from", {"valid_from": None, "country": "", "issuer": "XB", "reference": "Letter 1"}),
    )
    for reason, changes in strange:
        with pytest.raises(TemplateRefused) as refusal:
            published(manager, **changes)
        assert refusal.value.reason == reason
    with pytest.raises(IntegrityError), transaction.atomic():
        CertificateTemplate.objects.filter(pk=row.pk).update(valid_from=TODAY)
    template_withdraw(authority="XA", template_id=row.pk, reason="a slip", actor=manager, at=START)
    with pytest.raises(ActNotAllowed):
        template_end(authority="XA", template_id=row.pk, valid_until=TOMORROW, actor=manager, at=START)
