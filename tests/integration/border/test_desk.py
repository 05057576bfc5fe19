"""The border desk: every door gives one class with its reasons, kept for good; what is not theirs does not exist."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from opensps.accounts.queries import Actor
from opensps.border.desk import Desk
from opensps.border.errors import RecordNotFound, TypingError
from opensps.border.models import Alert, StoredResult, VerdictRecord
from opensps.border.queries.verdicts import verdict_by_id, verdicts_about
from opensps.border.services import check_number, check_token
from opensps.border.services.alerts import alert_raise
from opensps.border.services.desk import Customs, desk_code, desk_compare, desk_file, desk_number
from opensps.certificate.numbers import IssuedNumber
from opensps.certification.models import Certificate
from opensps.formats.carriers import grouped
from opensps.lifecycle import CertificateState, Role
from opensps.lifecycle.presentation import PresentationAct
from opensps.verification.statement import statement_digest
from tests.factories import certification, signing
from tests.factories.certification import cast, certificate_in
from tests.factories.desk import ARRIVED_AT, arrived, border_officer, official
from tests.factories.presenting import act_on, paper_of, presented

pytestmark = pytest.mark.django_db
NOW = max(certification.START + timedelta(days=2), ARRIVED_AT + timedelta(hours=1))
NOBODY = str(IssuedNumber("XA", 2026, "014", 9999))


def desk(actor: Actor | None = None, **options: Any) -> Desk:
    person = actor or official("XB")
    return Desk(authority="XA", actor=person, at=NOW, trust=signing.trust_list(), network="192.0.2.9", **options)


@pytest.fixture
def certificate() -> Certificate:
    return certificate_in(cast())


def test_a_clean_certificate_is_green_in_one_act_with_five_checks(certificate: Certificate) -> None:
    found = desk_number(desk(), number=certificate.number.lower())

    assert (found.verdict_class, found.kind, found.reasons) == ("green", "", [])
    assert set(found.checks.values()) == {"passed"}
    assert set(found.checks) == {"known", "unchanged", "signed", "in_force", "for_you"}
    assert (found.issuer, found.number, found.country) == ("XA", certificate.number, "XB")


def test_what_is_for_another_country_and_what_nobody_issued_get_the_same_answer(certificate: Certificate) -> None:
    answers = []
    for number in (certificate.number, NOBODY):
        found = desk_number(desk(official("XD")), number=number)
        kept = StoredResult.objects.get(pk=found.pk)
        answers.append(str([_masked(found, number), kept.verdict]).replace(number, "N"))
    assert answers[0] == answers[1]
    assert desk_number(desk(official("XD")), number=certificate.number).reasons == ["never_issued"]


def _masked(found: VerdictRecord, number: str) -> Mapping[str, Any]:
    names = ("issuer", "result", "verdict_class", "kind", "reasons", "checks", "compared_with", "said", "number")
    return {name: getattr(found, name) for name in names}


def test_its_code_opens_to_an_official_what_is_made_out_for_another_country(certificate: Certificate) -> None:
    found = desk_number(desk(official("XD")), number=certificate.number, code=grouped(certificate.code))

    assert (found.verdict_class, found.result) == ("amber", "other_destination")
    assert found.checks["for_you"] == "failed"
    assert desk_code(desk(official("XD")), text=certificate.token).verdict_class in {"grey", "amber"}


def test_withdrawn_is_red_and_invalid_and_on_hold_is_amber() -> None:
    people = cast()
    withdrawn = certificate_in(people, CertificateState.WITHDRAWN)
    held = certificate_in(people, CertificateState.ON_HOLD)

    found = desk_number(desk(), number=withdrawn.number)
    assert (found.verdict_class, found.kind, found.reasons) == ("red", "invalid", ["withdrawn"])
    assert desk_number(desk(), number=held.number).verdict_class == "amber"


def test_a_wrong_sign_is_said_beside_the_field_and_keeps_nothing(certificate: Certificate) -> None:
    wrong = certificate.number[:-1] + str((int(certificate.number[-1]) + 1) % 10)
    with pytest.raises(TypingError):
        desk_number(desk(), number=wrong)
    assert not VerdictRecord.objects.exists()


def test_a_changed_file_is_suspected_and_an_intact_one_green(certificate: Certificate) -> None:
    xml, seal = bytes(certificate.xml or b""), bytes(certificate.seal or b"")

    good = desk_file(desk(), files=(("c.xml", xml), ("c.xades", seal)))
    assert good.verdict_class == "green"
    bad = desk_file(desk(), files=(("c.xml", xml.replace(b"2026", b"2027", 1)), ("c.xades", seal)))
    assert (bad.verdict_class, bad.kind) == ("red", "suspected_fraud")
    assert "file_altered" in bad.reasons


def test_a_file_of_xml_alone_tells_a_stranger_nothing_about_what_was_signed(certificate: Certificate) -> None:
    changed = bytes(certificate.xml or b"").replace(b"2026-11", b"2026-10", 1)

    theirs = desk_file(desk(), files=(("c.xml", changed),))
    others = desk_file(desk(official("XD")), files=(("c.xml", changed),))
    assert "fields_differ" in theirs.reasons
    assert others.reasons == ["never_issued"]
    assert StoredResult.objects.get(pk=others.pk).verdict["en"]["differences"] == []


def test_our_border_checks_what_a_partner_sent_by_its_number() -> None:
    found = desk_number(desk(border_officer()), number=arrived())

    assert (found.issuer, found.verdict_class, found.reasons) == ("XB", "amber", ["not_sealed"])
    assert (found.checks["for_you"], found.checks["in_force"], found.checks["signed"]) == (
        *("passed", "passed"),
        "not_checked",
    )
    unknown = desk_number(desk(border_officer()), number="XB/PC/2026/99999")
    assert (unknown.verdict_class, unknown.reasons) == ("grey", ["no_match"])
    assert unknown.words("en")["heading"] == "Not received from any partner"


def test_a_comparison_makes_a_new_verdict_and_names_the_field(certificate: Certificate) -> None:
    first = desk_number(desk(), number=certificate.number)
    same, _ = desk_compare(desk(), verdict_id=first.pk, typed={"number": certificate.number})
    assert (same.verdict_class, same.previous) == ("green", first.pk)
    other, answers = desk_compare(desk(), verdict_id=first.pk, typed={"seals": "NOT-THE-SEAL"})
    assert (other.verdict_class, other.kind, other.reasons) == ("red", "suspected_fraud", ["fields_differ"])
    assert [each.field for each in answers] == ["seals"]
    assert other.words("en")["also_headings"] == [], "that it is in force besides says nothing on a red answer"
    told = Customs(seal_reference="C-77")
    explained, _ = desk_compare(desk(), verdict_id=first.pk, typed={"seals": "NOT-THE-SEAL"}, customs=told)
    assert (explained.verdict_class, explained.reasons) == ("amber", ["fields_explained"])


def test_a_good_comparison_never_heals_a_changed_file(certificate: Certificate) -> None:
    xml, seal = bytes(certificate.xml or b""), bytes(certificate.seal or b"")
    bad = desk_file(desk(), files=(("c.xml", xml.replace(b"2026-", b"2025-", 1)), ("c.xades", seal)))
    if bad.issuer:
        after, _ = desk_compare(desk(), verdict_id=bad.pk, typed={"number": bad.number})
        assert after.verdict_class == "red"


def test_the_database_keeps_a_verdict_as_it_is(certificate: Certificate) -> None:
    found = desk_number(desk(), number=certificate.number)

    assert bytes(found.digest) == statement_digest(bytes(found.statement))
    for change in ({"verdict_class": "red"}, {"statement": b"{}"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            VerdictRecord.objects.filter(pk=found.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        VerdictRecord.objects.filter(pk=found.pk).delete()


def test_a_verdict_is_read_by_its_own_country_and_by_our_desks_alone(certificate: Certificate) -> None:
    found = desk_number(desk(), number=certificate.number)

    def sees(actor: Actor) -> bool:
        return verdict_by_id(authority="XA", verdict_id=found.pk, actor=actor) is not None

    assert sees(official("XB", mark="1"))
    assert sees(border_officer(Role.INQUIRY_DESK))
    assert not sees(official("XC"))
    assert not sees(Actor(id="2" * 32, authority="XB", roles=frozenset({Role.BORDER_OFFICER})))
    about = verdicts_about(authority="XA", actor=official("XC"), issuer="XA", number=certificate.number)
    assert about == ()


def test_whoever_has_no_desk_checks_nothing(certificate: Certificate) -> None:
    for person in (official("XB", Role.EMBASSY), Actor(id="3" * 32, authority="XA", roles=frozenset({Role.EXPORTER}))):
        with pytest.raises(RecordNotFound):
            desk_number(desk(person), number=certificate.number)


def test_that_it_was_used_is_told_to_officials_of_the_destination_by_any_door_and_to_nobody_else(
    certificate: Certificate,
) -> None:
    def in_public() -> list[StoredResult]:
        terms: dict[str, Any] = {"authority": "XA", "network": "192.0.2.9", "at": NOW, "trust": signing.trust_list()}
        return [
            check_number(number_typed=certificate.number, code_typed=certificate.code, **terms),
            check_token(token_typed=certificate.token, **terms),
        ]

    before = [_shown(each) for each in in_public()]
    act_on(presented(paper_of(certificate), at=NOW), PresentationAct.ACCEPT, at=NOW)

    assert [_shown(each) for each in in_public()] == before, "a holder learns nothing of what was presented"
    listed = signing.trust_list()
    ours = replace(listed, authorities=(replace(listed.authorities[0], hosts=("v.ecert.example",)),))
    by_link = desk_code(replace(desk(), trust=ours), text=f"HTTPS://V.ECERT.EXAMPLE/C/{certificate.token}")
    for found in (desk_number(desk(), number=certificate.number), by_link):
        assert (found.verdict_class, found.kind, found.result) == ("red", "invalid", "used_up")
    with_code = desk_number(desk(official("XD")), number=certificate.number, code=certificate.code)
    assert with_code.reasons == ["other_destination"], "an official of another country is told no more with the code"


def _shown(kept: StoredResult) -> Mapping[str, Any]:
    return {name: value for name, value in kept.answer().items() if name not in {"checked_at", "as_of"}}


def test_an_open_alert_is_an_amber_point_until_somebody_ends_it(certificate: Certificate) -> None:
    said: dict[str, Any] = {"subject": certificate.number, "period": "2026", "limit": {}, "rows": [], "at": NOW}
    about = (("XA", certificate.number),)
    alert = alert_raise(authority="XA", rule="S08", level="amber", about=about, **said)
    alert_raise(authority="XA", rule="P09", level="info", about=about, **said)
    assert alert is not None

    found = desk_number(desk(), number=certificate.number)
    assert (found.verdict_class, found.reasons) == ("amber", ["plausibility"])
    Alert.objects.filter(pk=alert.pk).update(state="false_alarm")
    assert desk_number(desk(), number=certificate.number).verdict_class == "green"
