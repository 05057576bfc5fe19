"""The forms over the certificate value: what they show they write back, and how they read what people type."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation

from opensps.certificate import Certificate
from opensps.lifecycle import guards as lifecycle_guards
from opensps.rules import PROFILES, Policy, check
from opensps.web.html.forms import fields, words
from opensps.web.html.forms.declarations import DeclarationsForm
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
from tests.factories import certificates

DEMO = frozenset({"XA", "XB", "XC"})


def _forms(value: Certificate) -> Iterator[tuple[type[StepForm], dict[str, Any]]]:
    yield from ((form, {}) for form in (PartiesForm, TransportForm, OriginForm, DeclarationsForm))
    for n, line in enumerate(value.lines):
        yield LineForm, {"index": n}
        yield from ((TreatmentForm, {"place": (n, k)}) for k in range(len(line.treatments)))
    if any(line.re_export for line in value.lines):
        yield ReExportForm, {}


def _posted(form: StepForm) -> dict[str, Any]:
    """Return what a browser sends of a form nobody touched."""
    values = {name: form[name].value() for name in form.fields}
    return {name: "on" if value is True else value for name, value in values.items() if value not in (None, False)}


@pytest.mark.parametrize("value", [certificates.phytosanitary(), certificates.reexport()], ids=["851", "657"])
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


def test_every_place_an_examiner_can_name_can_be_changed_somewhere() -> None:
    value = certificates.reexport()
    for pointer in returnable(value):
        if pointer != "documents":
            assert place_of(path_of_pointer(pointer)).step, pointer
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


def test_every_field_says_what_it_is() -> None:
    for form_class, named in _forms(certificates.reexport()):
        for name, field in form_class(value=certificates.reexport(), **named).fields.items():
            assert field.label or isinstance(field.widget, forms.HiddenInput), (form_class, name)


def test_the_countries_offered_are_those_of_today() -> None:
    offered = country_list()["countries"]
    assert "Northland (XB)" in offered
    assert not [shown for shown in offered if shown.endswith("(AN)")]
