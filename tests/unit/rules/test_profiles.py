"""Profiles: what is judged on which occasion, and in which order findings come."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from opensps import codes, rules
from opensps.certificate import (
    Attachment,
    Certificate,
    CertificateKind,
    CertificateNumber,
    Choice,
    Classification,
    Code,
    CountryArea,
    CountryCode,
    ExchangedDocument,
    Mark,
    Measure,
    ModelRef,
    Note,
    OfficialTime,
    Party,
    Replacement,
    ShapeError,
    Totals,
    profile_of,
)
from opensps.rules import core_kind, profiles
from tests.factories.certificates import NOW, boxes, changed, hs, kilograms, phytosanitary, reexport, text
from tests.factories.kinds import health, plant, sanitary
from tests.factories.receivers import intercom_export, note, traces_entry, uk_entry

POLICY = rules.Policy(now=NOW, extra_countries=codes.DEMO_COUNTRIES)
UNISSUED = {
    "exchanged_document__number": None,
    "exchanged_document__issued": None,
    "exchanged_document__issuer": None,
    "exchanged_document__signatories": (),
}


def found(value: Certificate, profile: str = "issue", policy: rules.Policy = POLICY) -> set[str]:
    return {finding.rule for finding in rules.check(value, profile=rules.PROFILES[profile], policy=policy)}


@pytest.mark.parametrize("draft", [phytosanitary(**UNISSUED), reexport(**UNISSUED)], ids=["851", "657"])
def test_a_complete_draft_is_not_asked_for_what_only_the_issue_gives(draft: Certificate) -> None:
    assert found(draft, "draft") == set()
    assert {"ISPM12-A1-NUMBER", "ISPM12-A1-DATE", "ISPM12-A1-OFFICER"} <= found(draft, "issue")


def test_an_empty_draft_is_told_everything_it_lacks() -> None:
    empty = Certificate(CertificateKind.PHYTOSANITARY, ExchangedDocument(type_code="851", status_code="47"))
    assert found(empty, "draft") == {
        "ISPM12-A1-TO",
        "ISPM12-A1-FROM",
        "ISPM12-I-EXPORTER",
        "ISPM12-I-CONSIGNEE",
        "ISPM12-I-GOODS",
        "ISPM12-I-CONVEYANCE",
        "ISPM12-I-ENTRY",
    }


def test_severe_findings_come_first() -> None:
    bad = phytosanitary(
        consignment__consignee=Party(name="To order"), consignment__items__0__trade_line_items__1__descriptions=()
    )
    levels = [finding.level for finding in rules.check(bad, profile=rules.PROFILES["issue"], policy=POLICY)]
    assert levels == [rules.Level.SEVERE, rules.Level.WARNING]


def test_demonstration_countries_pass_only_where_the_policy_says_so() -> None:
    assert found(phytosanitary(), policy=rules.Policy(now=NOW)) == {"CORE-COUNTRY"}


def test_a_country_code_of_a_partner_is_a_warning_on_a_received_certificate_and_severe_on_ours() -> None:
    value = phytosanitary(consignment__transit_countries=(CountryArea(CountryCode("XK")),))
    levels = {
        profile: [finding.level for finding in rules.check(value, profile=rules.PROFILES[profile], policy=POLICY)]
        for profile in ("read", "issue")
    }
    assert levels == {"read": [rules.Level.WARNING], "issue": [rules.Level.SEVERE]}


@pytest.mark.parametrize(("issued", "expected"), [(date(2005, 3, 1), set()), (date(2020, 3, 1), {"CORE-COUNTRY"})])
def test_an_old_certificate_keeps_its_countries(issued: date, expected: set[str]) -> None:
    antilles = CountryArea(CountryCode("AN"))
    value = phytosanitary(consignment__transit_countries=(antilles,), exchanged_document__issued=OfficialTime(issued))
    assert found(value, "read") & {"CORE-COUNTRY"} == expected


def test_a_received_certificate_may_be_dated_by_a_clock_a_day_ahead() -> None:
    early = rules.Policy(now=NOW - timedelta(hours=20), extra_countries=codes.DEMO_COUNTRIES)
    assert found(phytosanitary(), "read", early) == set()
    assert found(phytosanitary(), "issue", early) == {"CORE-TIME"}


def test_rules_of_plants_do_not_speak_of_animals_and_food() -> None:
    food = replace(reexport(exchanged_document__type_code="852"), kind=CertificateKind.SANITARY)
    assert not {rule for rule in found(food, "issue") if rule.startswith(("ISPM12-", "WOAH-"))}


def test_what_a_default_of_a_kind_asks_is_a_warning_on_a_received_certificate() -> None:
    value = sanitary(consignment__place_of_loading=None)
    levels = {
        profile: [finding.level for finding in rules.check(value, profile=rules.PROFILES[profile], policy=POLICY)]
        for profile in ("read", "issue")
    }
    assert levels == {"read": [rules.Level.WARNING], "issue": [rules.Level.SEVERE]}


@pytest.mark.parametrize("kind", ["CHED_TYPE", "JOURNEY_LOG"])
def test_an_entry_document_of_another_authority_is_no_model_certificate(kind: str) -> None:
    entry = health(
        consignment__place_of_loading=None,
        exchanged_document__other_notes=(
            Note("free words"),
            Note(subject_code=Code(kind, "eu_intra_note_subject_code")),
        ),
    )
    assert found(entry, "read") == set()
    assert found(entry, "issue") == {"CXG38-LOADING"}


def test_no_note_makes_a_phytosanitary_certificate_another_form() -> None:
    note = Note(subject_code=Code("CHED_TYPE"))
    value = phytosanitary(exchanged_document__other_notes=(note,), consignment__point_of_entry=None)
    assert found(value, "read") == {"ISPM12-I-ENTRY"}


@pytest.mark.parametrize(
    ("template", "type_code", "expected"),
    [(None, "852", set()), (None, "89", {"CORE-KIND"}), ("XB-MEAT", "89", set()), ("XB-MEAT", "851", {"CORE-KIND"})],
)
def test_a_template_agreed_with_a_partner_may_say_another_type_of_its_family(
    template: str | None, type_code: str, expected: set[str]
) -> None:
    model = ModelRef(template, "1") if template else None
    assert found(sanitary(model=model, exchanged_document__type_code=type_code)) == expected


def test_a_food_certificate_may_replace_an_earlier_one() -> None:
    earlier = Replacement(number=CertificateNumber("XA-2026-021-0000101-5"), issued=OfficialTime(date(2026, 11, 1)))
    assert found(sanitary(exchanged_document__replacement=earlier)) == set()


def test_codes_of_a_partners_own_subdivision_of_the_harmonized_system_pass_where_it_asks_for_them() -> None:
    value = sanitary(consignment__items__0__trade_line_items__0__classifications=(hs("03044100"),))
    policy = rules.Policy(now=NOW, extra_countries=codes.DEMO_COUNTRIES, customs_digits=frozenset({6, 8}))
    assert found(value) == {"CORE-HS"}
    assert found(value, policy=policy) == set()


def test_a_finding_says_its_sentence_with_its_parameters() -> None:
    bad = phytosanitary(
        consignment__items__0__trade_line_items__1__packages=(),
        consignment__items__0__trade_line_items__1__package_text=(),
    )
    (finding,) = rules.check(bad, profile=rules.PROFILES["draft"], policy=POLICY)
    assert finding.params == {"line": "2"}
    assert finding.message.startswith("Line 2: enter the number and kind of packages")
    assert finding.area is rules.Area.MANDATORY_ELEMENTS
    assert {finding} == {finding}


def test_a_finding_without_parameters_says_its_sentence_as_it_stands() -> None:
    (finding,) = rules.check(
        phytosanitary(exchanged_document__number=None), profile=rules.PROFILES["issue"], policy=POLICY
    )
    assert finding.message == finding.template == "Give the certificate its number."


def test_a_folder_of_a_kind_names_fields_choices_and_groups_that_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = profile_of(CertificateKind.SANITARY)
    for wrong, said in (
        (replace(plain, marks={"lines.colour": Mark.MANDATORY}), "unknown lines.colour"),
        (replace(plain, choices=(Choice(("lines.smell", "lines.packages")),)), "unknown lines.smell"),
        (replace(plain, choices=(Choice(("lines.net_weight", "lines.packages")),)), "no alternatives"),
        (replace(plain, rules=("cxg38", "cxg39")), "unknown cxg39"),
    ):
        monkeypatch.setattr(core_kind, "PROFILES_OF_KINDS", {CertificateKind.SANITARY: wrong})
        with pytest.raises(ShapeError, match=said):
            core_kind.check_profiles(profiles.GROUPS)


UK_LINE = "consignment__items__0__trade_line_items__0__"
LINE = "consignment__items__0__trade_line_items__1__"
TREATMENT = "consignment__items__0__trade_line_items__0__treatments__0__"
ENTRY_BY_NAME = "consignment__point_of_entry__id"


@pytest.mark.parametrize(
    "changes",
    [
        {f"{LINE}scientific_names": text("× Triticosecale", None)},
        {f"{LINE}scientific_names": text("Citrus sp.", None)},
        {f"{LINE}scientific_names": text("Brassica oleracea var. italica", None)},
        {f"{LINE}gross_weight": Measure(Decimal("0.6"), "TNE")},
        {f"{LINE}net_weight": kilograms("500.00000")},
        {f"{LINE}net_weight": kilograms("5E+2")},
        {f"{LINE}count": Measure(Decimal(5), "H87")},
        {f"{LINE}classifications": (Classification(Code("EPPO"), "ZINOF"),)},
        {"consignment__totals": Totals(net_weight=kilograms("24500"))},
        {"consignment__totals": Totals(packages=(boxes("2400"),))},
        {"consignment__totals": Totals(packages=(boxes("2", "PX"),))},
        {"consignment__totals": Totals(net_weight=Measure(Decimal("24.5"), "TNE"))},
        {f"{TREATMENT}temperature": Measure(Decimal(-18), "CEL")},
        {f"{TREATMENT}temperature": Measure(Decimal(0), "CEL")},
        {f"{TREATMENT}temperature": Measure(Decimal("99.5"), "A48")},
        {f"{TREATMENT}temperature": None},
        {f"{TREATMENT}duration": None},
        {f"{TREATMENT}ended": None},
        {f"{TREATMENT}ended": OfficialTime(date(2026, 11, 15))},
        {f"{TREATMENT}concentration": None, f"{TREATMENT}active_ingredients": ()},
        {"consignment__export_exit": OfficialTime(date(2026, 11, 19)), "consignment__availability_due": None},
        {
            "consignment__export_exit": OfficialTime(date(2026, 11, 19)),
            "consignment__availability_due": OfficialTime(date(2026, 12, 9)),
        },
        {"exchanged_document__references__0__attachments": (Attachment(uri="https://example.org/report"),)},
        {"exchanged_document__signatories__0__authenticated": None},
        {ENTRY_BY_NAME: None},
        {"consignment__transit_countries": (CountryArea(),)},
        {
            "exchanged_document__replacement": Replacement(
                number=None, issued=OfficialTime.moment(datetime(2026, 11, 1, tzinfo=UTC)), has_statement=True
            )
        },
    ],
)
def test_rules_do_not_speak_of_what_is_right_in_another_way(changes: dict[str, object]) -> None:
    assert found(phytosanitary(**changes)) <= {"ISPM12-2.2-NUMBER"}


def test_a_receiver_takes_what_is_right_in_another_way() -> None:
    notes = (Note("ADTLIL", texts=text("Free from pests")), note("quantity", code="PCS", words="1"))
    section = replace(plant("Green Valley", "XA-1"), section="Plants", activity=Code("37", name="Manufacturing"))
    uk = uk_entry(**{f"{UK_LINE}net_weight": None, f"{UK_LINE}count": Measure(Decimal(3), "H87")})
    uk = changed(uk, **{f"{UK_LINE}establishments": (section,), f"{UK_LINE}other_notes": notes})
    assert found(uk, "uk") == set()
    assert found(intercom_export(exchanged_document__other_notes=notes[:1]), "intercom") == set()


def test_a_movement_inside_the_union_is_no_entry_document() -> None:
    value = traces_entry(exchanged_document__other_notes=(), exchanged_document__signatories=())
    inside = replace(changed(value, exchanged_document__type_code="856"), kind=CertificateKind.OTHER)
    assert not {rule for rule in found(inside, "traces") if rule.startswith("TRACES-")}


@pytest.mark.parametrize("amount", ["9E+999999", "1E-999999"])
def test_numbers_beyond_all_measure_are_found_and_break_nothing(amount: str) -> None:
    much = Measure(Decimal(amount), "KGM")
    value = phytosanitary(**{f"{UK_LINE}net_weight": much, f"{LINE}net_weight": much})
    value = changed(value, consignment__totals=Totals(net_weight=much))
    for profile in rules.PROFILES:
        assert {"CORE-MEASURE", "CORE-TOTALS"} <= found(value, profile)


def test_a_draft_may_name_what_it_replaces_before_it_has_a_number_itself() -> None:
    replacement = Replacement(number=None, has_statement=True)
    draft = phytosanitary(exchanged_document__number=None, exchanged_document__replacement=replacement)
    assert found(draft, "draft") == {"ISPM12-2.2-NUMBER"}
