"""The forms over the certificate value: what they show they write back, and how they read what people type."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation

from opensps.certificate import (
    AnimalIdentification,
    Attestation,
    Certificate,
    Code,
    ConsignmentItem,
    TradeLineItem,
)
from opensps.certification.completing import empty_draft
from opensps.certification.queries import attestations_of, usual_attestations, with_attestations
from opensps.lifecycle import guards as lifecycle_guards
from opensps.rules import PROFILES, Level, Policy, check
from opensps.web.html.forms import fields, words
from opensps.web.html.forms.animals import AnimalsForm
from opensps.web.html.forms.attestations import AttestationsForm, WordingForm
from opensps.web.html.forms.declarations import DeclarationsForm
from opensps.web.html.forms.establishments import EstablishmentForm
from opensps.web.html.forms.findings import url_of
from opensps.web.html.forms.goods import LineForm
from opensps.web.html.forms.origin import OriginForm
from opensps.web.html.forms.parties import PartiesForm
from opensps.web.html.forms.paths import path_of_pointer, place_of, pointer_of_path
from opensps.web.html.forms.reexport import ReExportForm
from opensps.web.html.forms.returning import returnable, words_of
from opensps.web.html.forms.step import StepForm
from opensps.web.html.forms.steps import steps_for, tasks
from opensps.web.html.forms.transport import TransportForm
from opensps.web.html.forms.treatments import TreatmentForm
from opensps.web.html.templatetags.workflow import country_list
from tests.factories import certificates, kinds

DEMO = frozenset({"XA", "XB", "XC"})


def _forms(value: Certificate) -> Iterator[tuple[type[StepForm], dict[str, Any]]]:
    """Give every form of the steps this kind has."""
    yield from ((form, {}) for form in (PartiesForm, TransportForm, OriginForm, DeclarationsForm))
    for n, line in enumerate(value.lines):
        yield LineForm, {"index": n}
        yield from ((TreatmentForm, {"place": (n, k)}) for k in range(len(line.treatments)))
        yield from ((EstablishmentForm, {"place": (n, k)}) for k in range(len(line.establishments)))
    slugs = {step.slug for step in steps_for(value)}
    single = {"re-export": ReExportForm, "animals": AnimalsForm, "attestations": AttestationsForm}
    yield from ((form, {}) for slug, form in single.items() if slug in slugs)


def _marked_twice() -> Certificate:
    """Return animals of which the second has a chip beside its ear tag, and one mark of a third system."""
    value = kinds.animals()
    group = value.lines[0].animals
    assert group is not None
    further = (("MICROCHIP", "985000000000002"), ("BRAND", "HB"))
    added = (AnimalIdentification(2, Code(system, "opensps_identification_system"), mark) for system, mark in further)
    path = "consignment__items__0__trade_line_items__0__animals"
    changed = replace(group, identifications=(*group.identifications, *added))
    return certificates.changed(value, **{path: changed})


VALUES = {
    "851": certificates.phytosanitary(),
    "657": certificates.reexport(),
    "veterinary": kinds.veterinary(),
    "animals": kinds.animals(),
    "animals-marked-twice": _marked_twice(),
    "sanitary": kinds.sanitary(),
    "health": kinds.health(),
}


def _posted(form: forms.Form) -> dict[str, Any]:
    """Return what a browser sends of a form nobody touched."""
    values = {name: form[name].value() for name in form.fields}
    return {name: "on" if value is True else value for name, value in values.items() if value not in (None, False)}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_a_step_saved_untouched_changes_nothing(value: Certificate) -> None:
    for form_class, named in _forms(value):
        sent = form_class(_posted(form_class(value=value, **named)), value=value, **named)
        assert sent.is_valid(), (form_class, sent.errors)
        if form_class is TreatmentForm:  # the words of a treatment are made anew from its facts at the issue
            continue
        assert sent.applied(value) == value, form_class


@pytest.mark.parametrize(
    "typed",
    ["2026-11-18", "18/11/2026", "18.11.2026", "18 Nov 2026", "18 November 2026", "November 18, 2026", "2026年11月18日",
     "２０２６-１１-１８"],
)  # fmt: skip
def test_a_day_is_read_in_many_ways(typed: str) -> None:
    assert fields.DayField().clean(typed) == date(2026, 11, 18)


@pytest.mark.parametrize("typed", ["5/6/2026", "31 February 2026", "soon", "2026-13-01", "18 No 2026"])
def test_a_day_that_is_none_or_two_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ValidationError, match=r"for example \d"):
        fields.DayField().clean(typed)


def test_a_day_stands_in_words_in_both_languages() -> None:
    assert fields.day_text(date(2026, 11, 18)) == "18 November 2026"
    with translation.override("zh-hans"):
        assert fields.day_text(date(2026, 11, 18)) == "2026年11月18日"


@pytest.mark.parametrize(
    ("typed", "meant"), [("24000", "24000"), ("24,000.5", "24000.5"), ("２４０００", "24000"), ("1 000", "1000")]
)
def test_a_quantity_is_read_as_people_write_it(typed: str, meant: str) -> None:
    assert fields.QuantityField().clean(typed) == Decimal(meant)


@pytest.mark.parametrize("typed", ["24,0", "24t", "-5", "1e5", "NaN", "1,00,000"])
def test_a_quantity_that_is_ambiguous_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError, match="in figures"):
        fields.QuantityField().clean(typed)


@pytest.mark.parametrize("typed", ["XB", "xb", "Northland", "northland (XB)", "北境国"])
def test_a_country_is_found_by_code_and_by_name_in_both_languages(typed: str) -> None:
    assert fields.CountryField().clean(typed) == "XB"


def test_a_country_nobody_knows_is_named_in_the_answer() -> None:
    with pytest.raises(ValidationError, match="“Atlantis” is not a country we know"):
        fields.CountryField().clean("Atlantis")


def test_a_number_of_packages_asks_for_their_kind() -> None:
    value = certificates.phytosanitary()
    sent = LineForm(_posted(LineForm(value=value, index=0)) | {"package_type_0": ""}, value=value, index=0)
    assert sent.errors["package_type_0"] == ["Choose the kind of package."]


def test_every_severe_finding_of_an_empty_draft_leads_to_a_field_of_its_step() -> None:
    full = certificates.reexport()
    bare = certificates.changed(
        full,
        consignment__consignor=type(full.consignment.consignor)(),
        consignment__main_carriages=(),
        consignment__items__0__trade_line_items__0__packages=(),
        consignment__items__0__trade_line_items__0__origins=(),
    )
    policy = Policy(extra_countries=DEMO, now=certificates.NOW)
    findings = check(bare, profile=PROFILES["draft"], policy=policy)
    assert findings
    for finding in findings:
        place = place_of(finding.field)
        assert place.step, finding
        assert url_of(place, "A-2026-0000001").startswith("/applications/A-2026-0000001/")


def test_a_pointer_into_the_draft_and_a_path_in_the_value_are_the_same_place() -> None:
    pointer = "/consignment/items/0/trade_line_items/1/packages"
    assert path_of_pointer(pointer) == "consignment.items[0].trade_line_items[1].packages"
    assert pointer_of_path(path_of_pointer(pointer)) == pointer


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_every_place_an_examiner_can_name_can_be_changed_in_a_step_of_the_kind(value: Certificate) -> None:
    slugs = {step.slug for step in steps_for(value)}
    for pointer in returnable(value):
        if pointer != "documents":
            assert place_of(path_of_pointer(pointer)).step in slugs, pointer
    assert words_of(value, "/consignment/consignee/address/city") == "Consignee: name and address"


def test_the_task_list_tells_not_started_from_wrong() -> None:
    value = certificates.phytosanitary()
    empty = certificates.changed(value, consignment__main_carriages=(), consignment__point_of_entry=None)
    policy = Policy(extra_countries=DEMO, now=certificates.NOW)
    said = {task.step.slug: task.word for task in tasks(empty, check(empty, profile=PROFILES["draft"], policy=policy))}
    assert said["transport"] == "Not started"
    assert said["parties"] == "Done"
    named = tasks(value, (), comments=["consignment.consignee.name"])
    assert {task.step.slug: task.word for task in named}["parties"] == "1 thing to fix"
    assert [step.slug for step in steps_for(certificates.reexport())].count("re-export") == 1


def test_every_reason_of_a_guard_has_a_sentence() -> None:
    tables = (words.REASONS, words.LISTED)
    source = lifecycle_guards.__loader__.get_source(lifecycle_guards.__name__)  # type: ignore[union-attr]  # a file
    codes = set(re.findall(r'(?:return|else|or) "([a-z_]+)"', source or ""))
    assert codes
    assert [code for code in sorted(codes) if not any(code in table for table in tables)] == []


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_every_field_says_what_it_is(value: Certificate) -> None:
    for form_class, named in _forms(value):
        for name, field in form_class(value=value, **named).fields.items():
            assert field.label or isinstance(field.widget, forms.HiddenInput), (form_class, name)


_CODED_STEPS = "parties goods transport origin establishments attestations declarations treatments documents"
STEPS = {
    "851": "parties goods transport origin declarations treatments documents",
    "657": "parties goods transport origin re-export declarations treatments documents",
    "animals": _CODED_STEPS.replace("goods", "goods animals"),
    "veterinary": _CODED_STEPS,
    "sanitary": _CODED_STEPS,
    "health": _CODED_STEPS,
}


@pytest.mark.parametrize("name", STEPS)
def test_A10_A11_A12_the_steps_of_an_application_follow_from_the_profile_of_its_kind(name: str) -> None:
    assert [step.slug for step in steps_for(VALUES[name])] == STEPS[name].split()


def test_a_field_a_kind_does_not_have_is_not_asked_and_one_it_demands_is_marked() -> None:
    def asked(name: str) -> dict[str, bool]:
        form = LineForm(value=VALUES[name], index=0)
        return {field: form.fields[field].required for field in form.fields}

    plants, meat, horses = asked("851"), asked("veterinary"), asked("animals")
    assert "batches" not in plants
    assert {"batches", "expiries"} <= meat.keys()
    assert not {"batches", "expiries", "package_text", "net_volume"} & horses.keys()
    assert (plants["hs_code"], meat["hs_code"]) == (False, True)
    assert (horses["count"], horses["net_weight"], horses["scientific_name"]) == (True, False, True)


@pytest.mark.parametrize("name", ["veterinary", "animals", "sanitary", "health"])
def test_every_severe_finding_of_a_bare_draft_of_a_coded_kind_leads_to_a_field_of_its_steps(name: str) -> None:
    value = VALUES[name]
    bare = empty_draft(value.kind, export_country="XA")
    started = certificates.changed(bare, consignment__items=(ConsignmentItem((TradeLineItem(1),)),))
    policy = Policy(extra_countries=DEMO, now=certificates.NOW)
    slugs = {step.slug for step in steps_for(value)}
    for draft in (bare, started):
        findings = [f for f in check(draft, profile=PROFILES["draft"], policy=policy) if f.level is Level.SEVERE]
        assert findings
        for finding in findings:
            place = place_of(finding.field)
            assert place.step in slugs, finding
            assert url_of(place, "A-2026-0000001").startswith("/applications/A-2026-0000001/")


def _animals(**typed: str) -> AnimalsForm:
    value = kinds.animals()
    sent = _posted(AnimalsForm(value=value)) | {f"{name}_0": text for name, text in typed.items()}
    return AnimalsForm(sent, value=value)


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"marks_0": "XA 1\nXA 1"}, "marks_0_0", "“XA 1” stands there twice."),
        ({"marks_0": "XA 1\nXA 2\nXA 3"}, "marks_0_0", "more marks (3) than animals on this line (2)"),
        ({"marks_0": "X" * 65}, "marks_0_0", "64 characters at most"),
        ({"marks_1": "985000000000001"}, "system_1_0", "Choose the kind of mark."),
        ({"system_1": "EAR_TAG", "marks_1": "XA 3"}, "system_1_0", "Choose another kind of mark than above."),
        ({"age": "18 months"}, "age_0", "Enter a number in figures"),
    ],
)
def test_A12_wrong_marks_are_refused_with_what_to_do(typed: dict[str, str], field: str, said: str) -> None:
    form = _animals(**typed)
    assert [said in message for message in form.errors[field]] == [True], form.errors


def test_A12_a_column_of_a_spreadsheet_becomes_one_mark_for_each_animal() -> None:
    form = _animals(marks_0="XA 0001 0007 \r\n XA 0001 0008\r\n", system_1="PASSPORT", marks_1="\nP-8\n")
    assert form.is_valid(), form.errors
    group = form.applied(kinds.animals()).lines[0].animals
    assert group is not None
    assert [(each.animal, each.system.value, each.value) for each in group.identifications] == [
        (1, "EAR_TAG", "XA 0001 0007"),
        (2, "EAR_TAG", "XA 0001 0008"),
        (2, "PASSPORT", "P-8"),
    ]


@pytest.mark.parametrize(("typed", "meant"), [("-18", "-18"), ("−18", "-18"), ("4.5", "4.5"), ("－１８", "-18")])
def test_a_temperature_may_lie_below_zero(typed: str, meant: str) -> None:
    assert fields.TemperatureField().clean(typed) == Decimal(meant)


def test_several_days_are_read_one_a_line() -> None:
    days = fields.DaysField().clean("30 November 2027\n\n2027-12-01\n")
    assert days == (date(2027, 11, 30), date(2027, 12, 1))
    with pytest.raises(ValidationError, match="Enter a day"):
        fields.DaysField().clean("30 November 2027\nsoon")


def test_a_statement_the_examiner_worded_keeps_its_words_when_the_applicant_saves_again() -> None:
    worded = Attestation("II.1", None, "opensps_attestation", certificates.text("As agreed."))
    value = with_attestations(kinds.animals(), (worded,))
    form = AttestationsForm({"use": "BREEDING", "statements": ["II.1", "II.4"]}, value=value)
    assert form.is_valid(), form.errors
    use, first, second = attestations_of(form.applied(value))
    assert (use.code, first, second.id) == ("BREEDING", worded, "II.4")
    assert AttestationsForm({"statements": ["16.1"]}, value=value).errors["statements"]


def test_a_further_statement_gets_the_next_number_and_an_emptied_one_goes() -> None:
    value = with_attestations(kinds.animals(), usual_attestations(kinds.animals().kind, use="BREEDING"))
    form = WordingForm(value=value)
    sent = _posted(form) | {"en_1": "", "zh_1": "", "en_new": "As Northland asks."}  # type: ignore[arg-type]  # a form like any
    changed = WordingForm(sent, value=value)
    assert changed.is_valid(), changed.errors
    assert [each.id for each in changed.attestations()] == ["CERTIFIED_AS_OR_FOR", "II.2", "II.3", "II.4", "II.8"]
    only_chinese = WordingForm(_posted(form) | {"zh_new": "按要求"}, value=value)  # type: ignore[arg-type]  # as above
    assert only_chinese.errors["en_new"] == ["Enter the statement in English too."]


def test_quantities_are_said_in_the_readers_language() -> None:
    assert fields.quantity_text(kinds.animals().lines[0].count) == "2\N{NO-BREAK SPACE}head"
    with translation.override("zh-hans"):
        assert fields.quantity_text(kinds.animals().lines[0].count) == "2\N{NO-BREAK SPACE}头"
    assert fields.quantity_text(None) == ""


def test_the_countries_offered_are_those_of_today() -> None:
    offered = country_list()["countries"]
    assert "Northland (XB)" in offered
    assert not [shown for shown in offered if shown.endswith("(AN)")]
