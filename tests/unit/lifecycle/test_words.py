"""Every status has one English and one Chinese word (I05); check results have headings."""

from opensps.lifecycle import (
    SHOWN,
    ApplicationState,
    CertificateState,
    DeliveryState,
    InspectionState,
    OnboardingState,
    ReceiptState,
)
from opensps.lifecycle.coordination import CoordinationState, PartState
from opensps.lifecycle.mandate import MandateState
from opensps.lifecycle.template import TemplateState
from opensps.lifecycle.words import CHECK_RESULTS, WORDS, word


def test_I05_every_state_of_a_table_has_its_word() -> None:
    for kind, states in (
        ("application", ApplicationState),
        ("certificate", CertificateState),
        ("inspection", InspectionState),
        ("receipt", ReceiptState),
        ("partner", OnboardingState),
        ("coordination", CoordinationState),
        ("coordination_part", PartState),
        ("template", TemplateState),
        ("mandate", MandateState),
    ):
        for state in states:
            assert word(kind, state).code == state


def test_I05_every_delivery_state_is_shown_by_a_word_of_the_table() -> None:
    for state in DeliveryState:
        assert word("delivery", SHOWN[state]).code == SHOWN[state]


def test_I05_every_word_is_complete_and_said_in_both_languages() -> None:
    for (kind, code), found in WORDS.items():
        assert found.english, (kind, code)
        assert found.chinese, (kind, code)
        assert not found.chinese.isascii(), (kind, code)
        assert found.tone in {"ok", "info", "warn", "bad", "none"}
        assert bool(found.next_to_act) == bool(found.next_chinese)
        assert found.wire is None or found.wire.isdigit()


def test_a_word_is_shown_in_the_language_of_the_reader() -> None:
    assert word("certificate", "withdrawn").label("zh-hans") == "已撤销"
    assert word("certificate", "withdrawn").label("en") == "Withdrawn"


def test_wire_codes_follow_the_partner_that_lacks_them() -> None:
    assert (word("certificate", "replaced").wire, word("certificate", "replaced").wire_ephyto) == ("44", "40")
    assert word("certificate", "expired").wire_ephyto is None
    assert word("certificate", "in_force").wire_ephyto == "70"
    assert word("certificate", "on_hold").wire is None


def test_every_check_result_has_a_heading_of_few_words() -> None:
    assert len(CHECK_RESULTS) == 31
    for code, result in CHECK_RESULTS.items():
        assert result.code == code
        assert result.band in {"green", "amber", "red", "grey", "none"}
        assert len([part for part in result.english.split() if part != "–"]) <= 7
        assert not result.chinese.isascii()
    assert CHECK_RESULTS["never_issued"].is_for_officials
    assert not CHECK_RESULTS["withdrawn"].is_for_officials
