"""Attacks 7 (the second half), 13 and 14: copies that were lost or never printed, forms that ended, clocks set back."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from opensps.border.desk import Desk
from opensps.border.services.desk import desk_code, desk_number
from opensps.border.services.limit_tables import table_load
from opensps.border.verdicts import VerdictRecord
from opensps.certificate import CertificateKind, OfficialTime, Party
from opensps.certification import services
from opensps.certification.models import Application, Certificate, CertificateTemplate
from opensps.certification.queries import certificate_value
from opensps.certification.services.templates import TemplateTold, template_acknowledge, template_publish
from opensps.exchange.models import Partner
from opensps.formats.qr_payload import Claims, sign_claims
from opensps.formats.qr_text import write_code
from opensps.lifecycle import ActNotAllowed, Role
from tests.attacks.doors import Door, expect
from tests.attacks.world import HOST, World, sealed_files, trust
from tests.factories import signing
from tests.factories.certification import START, Story, person
from tests.factories.desk import arrived, border_officer, official
from tests.factories.partners import live_partner
from tests.factories.presenting import AT, OFFICER

pytestmark = pytest.mark.django_db

DAY = START.date()
ADMIN = official("XB", Role.COUNTRY_ADMIN, mark="5")


def desk(*, at: Any = AT, actor: Any = OFFICER) -> Desk:
    return Desk(authority="XA", actor=actor, at=at, trust=trust(), network="192.0.2.9")


def judged(found: VerdictRecord) -> tuple[str, str, tuple[str, ...]]:
    return found.verdict_class, found.kind, tuple(found.reasons)


def agreed(world: World, **changes: Any) -> CertificateTemplate:
    """Publish a form of our plant certificate for Northland, valid from tomorrow on, and let it be acknowledged."""
    manager = person("Mona Reed", Role.MANAGER)
    given: dict[str, Any] = {"name": "XB-PHYTO", "version": "1", "country": "XB", "valid_from": DAY + timedelta(days=1)}
    told = TemplateTold(kind=CertificateKind.PHYTOSANITARY, **(given | changes))
    row = template_publish(authority="XA", told=told, actor=manager, at=START)
    return row if told.issuer else template_acknowledge(authority="XA", template_id=row.pk, actor=ADMIN, at=START)


def issued(world: World, *, days: int) -> Certificate:
    story = Story(world.people, at=START + timedelta(days=days))
    story("submit", "open", "order", "inspect", "mark_ready", "issue")
    return Application.objects.get(reference=story.reference).certificate


def test_attack_13_our_own_form_the_day_before_and_the_day_after_its_end(world: World, public: Door) -> None:
    form = agreed(world)
    before, after = issued(world, days=1), issued(world, days=2)
    CertificateTemplate.objects.filter(pk=form.pk).update(valid_until=DAY + timedelta(days=1))
    expect(public.number(before.number, before.code), "green", "in_force")
    expect(public.number(after.number, after.code), "red", "template_not_valid", "consistency.template")
    expect(public.files(*sealed_files(after)), "red", "template_not_valid")
    late = desk(at=AT + timedelta(days=3))
    assert judged(desk_number(late, number=before.number)) == ("green", "", ())
    found = desk_number(late, number=after.number)
    assert judged(found) == ("red", "invalid", ("template_not_valid",))
    assert found.words("en")["sentence"] == f"The form of {after.number} was not valid on the day of issue."


def of_northland(number: str, partner: Partner, *, name: str, on: date) -> VerdictRecord:
    """Return what our border says of a certificate of Northland, printed by an authority of this name on a day."""
    arrived(
        number,
        partner=partner,
        exchanged_document__issuer=Party(name=name),
        exchanged_document__issued=OfficialTime(on),
    )
    return desk_number(desk(at=AT + timedelta(days=30), actor=border_officer()), number=number)


def test_attack_13_a_partner_whose_agency_changed_over(world: World) -> None:
    last = date(2026, 11, 1)
    old = {"version": "1", "valid_from": date(2020, 1, 1), "valid_until": last, "authority_name": "Farm Ministry"}
    new = {"version": "2", "valid_from": last + timedelta(days=1), "authority_name": "Northland Plant Agency"}
    for each in (old, new):
        agreed(world, issuer="XB", country="", reference="G/SPS/N/XB/7", **each)
    partner = live_partner("XB")
    assert "template_not_valid" not in of_northland("XB-1", partner, name="FARM MINISTRY", on=last).reasons
    found = of_northland("XB-2", partner, name="Farm Ministry", on=last + timedelta(days=1))
    assert (found.verdict_class, found.kind, found.result) == ("red", "invalid", "template_not_valid")
    assert "template_not_valid" not in of_northland("XB-3", partner, name="Plant Agency (North)", on=last).reasons


def code_of(certificate: Certificate, *, copy: int) -> str:
    said = Claims(
        issuer="XA",
        number=certificate.number,
        issued_at=certificate.issued_at,
        digest=bytes(certificate.digest),
        type_code=certificate.type_code,
        import_country=certificate.import_country,
        salt=bytes(certificate.salt),
        copy=copy,
        page=(1, 1),
    )
    message = sign_claims(said, kid=signing.signer().kid, sign=signing.signer().sign)
    return write_code(message, host=HOST, token=certificate.token)


def test_attack_07_a_lost_copy_and_one_that_was_never_printed(world: World, public: Door) -> None:
    number, officer = world.second.number, world.people.officer
    for _ in range(3):
        services.certificate_print_copy(authority="XA", number=number, actor=officer, at=AT)
    services.certificate_report_copy_lost(authority="XA", number=number, copy=3, actor=world.people.exporter, at=AT)
    wanted: Mapping[int, tuple[str, str]] = {
        0: ("green", "in_force"),
        2: ("green", "in_force"),
        3: ("amber", "copy_lost"),
        4: ("red", "not_recorded"),
    }
    for copy, (colour, result) in wanted.items():
        text = code_of(world.second, copy=copy)
        expect(public.photo(text), colour, result)
        found = desk_code(desk(at=AT + timedelta(hours=1)), text=text)
        assert (found.verdict_class, found.result) == (colour, result)
    lost = desk_code(desk(at=AT + timedelta(hours=1)), text=code_of(world.second, copy=3))
    assert f"Copy 3 of it was reported lost on {AT:%Y-%m-%d}." in lost.words("en")["sentence"]


@pytest.mark.parametrize(("copy", "why"), [(1, "no_copy"), (-1, "no_copy")])
def test_a_copy_nobody_printed_cannot_be_lost(world: World, copy: int, why: str) -> None:
    with pytest.raises(ActNotAllowed) as refusal:
        services.certificate_report_copy_lost(
            authority="XA", number=world.genuine.number, copy=copy, actor=world.people.officer, at=AT
        )
    assert (refusal.value.guard, refusal.value.detail) == ("copy_exists", why)


def test_only_its_holder_and_officers_report_a_copy_and_only_once(world: World) -> None:
    asked: dict[str, Any] = {"authority": "XA", "number": world.genuine.number, "copy": 0, "at": AT}
    with pytest.raises(ActNotAllowed):
        services.certificate_report_copy_lost(actor=world.people.stranger, **asked)
    services.certificate_report_copy_lost(actor=world.people.exporter, **asked)
    with pytest.raises(ActNotAllowed) as refusal:
        services.certificate_report_copy_lost(actor=world.people.officer, **asked)
    assert refusal.value.detail == "lost_before"
    said = desk_code(desk(), text=code_of(world.genuine, copy=0)).words("en")
    assert "Copy 0 (the original) of it was reported lost" in said["sentence"]


def test_attack_14_a_clock_that_was_set_back_signs_nothing(world: World) -> None:
    """No certificate is older than one that was sealed before; a wrongly dated one is withdrawn and stops nobody."""
    issued(world, days=3)
    behind = Story(world.people, at=START + timedelta(days=2))
    behind("submit", "open", "order", "inspect", "mark_ready")
    with pytest.raises(ActNotAllowed) as refusal:
        behind("issue")
    assert (refusal.value.guard, refusal.value.detail) == ("clock_runs_on", "clock_behind")
    wrong = Certificate.objects.latest("issued_at")
    asked: dict[str, Any] = {"authority": "XA", "number": wrong.number, "at": behind.at}
    services.certificate_propose_withdrawal(reason_code="issued_in_error", actor=world.people.officer, **asked)
    services.certificate_confirm_withdrawal(actor=world.people.senior, **asked)
    behind("issue")


def test_attack_14_between_approval_and_seal_as_well(world: World) -> None:
    ready = Story(world.people, at=START + timedelta(days=3))
    ready("submit", "open", "order", "inspect", "mark_ready", "intend")
    issued(world, days=4)
    before = Certificate.objects.count()
    with pytest.raises(ActNotAllowed) as refusal:
        ready("seal")
    assert refusal.value.detail == "clock_behind"
    assert Certificate.objects.count() == before


def test_attack_22_a_plant_that_was_listed_after_the_issue_is_explained_and_never_red(world: World) -> None:
    story = Story(world.people, kind=CertificateKind.VETERINARY_HEALTH)
    story("submit", "open", "order", "inspect", "mark_ready", "issue")
    certificate = Application.objects.get(reference=story.reference).certificate
    (plant, *_) = (each for line in certificate_value(certificate).lines for each in line.establishments)
    place = f"{plant.country or 'XA'},{plant.approval_number.value}"
    for listed_from, wanted in ((DAY, ("green", ())), (DAY + timedelta(days=1), ("amber", ("list_lag",)))):
        table_load(
            authority="XA",
            name="registrations",
            text=f"country,registration,listed_from,listed_until\n{place},{listed_from},\n",
            as_of=DAY,
            source="Register of Examplia",
            actor="system",
            at=START,
        )
        found = desk_number(desk(), number=certificate.number)
        assert (found.verdict_class, tuple(found.reasons)) == wanted
