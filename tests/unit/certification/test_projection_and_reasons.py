"""Projected columns and published reasons."""

from opensps.certificate import CertificateKind
from opensps.certification.completing import empty_draft
from opensps.certification.projection import Projection, project
from opensps.certification.reasons import (
    HOLD_REASONS,
    PUBLIC_REASONS,
    REFUSAL_REASONS,
    WITHDRAWAL_REASONS,
    reason_words,
)
from tests.factories.certificates import phytosanitary


def test_a_value_gives_its_columns() -> None:
    assert project(phytosanitary()) == Projection(
        "Green Valley Export Co.", "Northland Foods", "XA", "XB", "Fresh garlic, Fresh ginger", 2
    )
    assert project(empty_draft(CertificateKind.PHYTOSANITARY, export_country="XA")) == Projection(
        "", "", "XA", "", "", 0
    )


def test_every_reason_has_words_in_both_languages() -> None:
    for code in {**PUBLIC_REASONS, **REFUSAL_REASONS}:
        assert reason_words(code, "en").isascii()
        assert not reason_words(code, "zh-hans").isascii()
    assert not HOLD_REASONS.keys() & WITHDRAWAL_REASONS.keys()
    assert reason_words("unheard_of", "en") == "unheard_of"
