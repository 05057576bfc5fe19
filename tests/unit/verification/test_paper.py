"""The paper in an officer's hands, field by field against what was signed (`fraud.md` 4)."""

from dataclasses import replace

import pytest

from opensps.certificate import Consignment
from opensps.verification.comparison import Word
from opensps.verification.paper import PAPER_FIELDS, TypedError, compare_paper
from tests.factories.certificates import phytosanitary

SIGNED = phytosanitary()
NUMBER = str(SIGNED.exchanged_document.number)
EQUAL, EXPLAINED, DIFFERS = Word.EQUAL, Word.EXPLAINED, Word.DIFFERS


def word(field: str, text: str) -> Word:
    (answer,) = compare_paper(SIGNED, {field: text})
    assert (answer.field, answer.typed) == (field, text.strip())
    assert (answer.recorded == "" and answer.reason == "") or answer.reason
    return answer.word


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("number", NUMBER, EQUAL),
        ("number", NUMBER.lower(), EQUAL),
        ("number", "XA-2026-014-0004513-6", DIFFERS),
        ("issued_on", "2026-11-18", EQUAL),
        ("issued_on", "2026-10-18", DIFFERS),
        ("consignor", "GREEN VALLEY EXPORT CO", EQUAL),
        ("consignor", "Blue Mountain Trading", DIFFERS),
        ("consignee", "Northland Foods", EQUAL),
        ("export_country", "xa", EQUAL),
        ("import_country", "XD", DIFFERS),
        ("import_country", "XC", EXPLAINED),
        ("point_of_entry", "XBPNO", EQUAL),
        ("point_of_entry", "Port North", EQUAL),
        ("conveyance", "MV Example", EQUAL),
        ("containers", "ZZZU1234564", EQUAL),
        ("containers", "MSKU1234565", DIFFERS),
        ("seals", "G2382564", EQUAL),
        ("seals", "G9999999", DIFFERS),
        ("seals", "G2382564, G9999999", DIFFERS),
        ("scientific_name", "Allium sativum", EQUAL),
        ("scientific_name.1", "allium  sativum", EQUAL),
        ("scientific_name.2", "Allium sativum", DIFFERS),
        ("net_weight", "24000 KGM", EQUAL),
        ("net_weight", "24 TNE", EQUAL),
        ("net_weight", "26000 KGM", DIFFERS),
        ("net_weight.2", "500KGM", EQUAL),
        ("type", "851", EQUAL),
        ("type", "phytosanitary certificate", EQUAL),
        ("type", "657", DIFFERS),
        ("issuer", "plant and animal health service of examplia", EQUAL),
        ("issuer", "Plant Office of Elsewhere", DIFFERS),
        ("officer", "CHEN Lin", EXPLAINED),
        ("officer", "Ada Okoro", DIFFERS),
        ("declaration", "Free from  Meloidogyne enterolobii.", EQUAL),
        ("declaration", "Free from everything", DIFFERS),
        ("attestations", "2, 1", EQUAL),
        ("attestations", "1", DIFFERS),
        ("attestations", "1, 2, 3", DIFFERS),
        ("voyage", "VOYAGE-18", EQUAL),
        ("voyage", "Voyage 19", EXPLAINED),
        ("product", "garlic, fresh", EQUAL),
        ("product", "Fresh apples", EXPLAINED),
        ("hs", "0703.20", EQUAL),
        ("hs", "070390", DIFFERS),
        ("packages", "2400", EQUAL),
        ("packages", "2401", DIFFERS),
        ("packages.2", "50", EXPLAINED),
        ("marks", "lot-8888", EQUAL),
        ("marks", "LOT 8889", DIFFERS),
        ("batches", "B-1", DIFFERS),
        ("establishments", "XA-EST-9", DIFFERS),
        ("origin", "xa", EQUAL),
        ("origin", "XD", DIFFERS),
        ("region", "RIVER province", EQUAL),
        ("region", "Hill Province", DIFFERS),
        ("net_volume", "10 MTQ", EXPLAINED),
        ("treatment_type", "CHT", EQUAL),
        ("treatment_agent", "methyl bromide", EQUAL),
        ("treatment_agent", "Phosphine", DIFFERS),
        ("treatment_temperature", "21 CEL", EQUAL),
        ("treatment_temperature", "12 CEL", DIFFERS),
        ("treatment_duration", "1 DAY", EQUAL),
        ("treatment_concentration", "40 A93", DIFFERS),
    ],
)
def test_every_field_gets_its_own_word(field: str, text: str, expected: Word) -> None:
    assert word(field, f" {text} ") is expected


def test_what_was_not_typed_is_not_compared() -> None:
    assert compare_paper(SIGNED, {}) == ()
    assert compare_paper(SIGNED, dict.fromkeys(PAPER_FIELDS, "  ")) == ()


def test_what_differs_names_what_was_signed() -> None:
    (answer,) = compare_paper(SIGNED, {"net_weight": "26000 KGM"})
    assert "24000" in answer.recorded.replace(",", "").replace(" ", "")


@pytest.mark.parametrize(
    ("field", "text", "reason"),
    [
        ("net_weight", "24.000 KGM", "ambiguous"),
        ("net_weight", "24,000 KGM", "ambiguous"),
        ("net_weight", "a lot", "measure"),
        ("net_weight", "24000", "measure"),
        ("net_weight.9", "24000 KGM", "line"),
        ("net_weight.x", "24000 KGM", "line"),
        ("issued_on", "18/11/2026", "date"),
        ("colour", "red", "field"),
        ("number.2", "x", "field"),
    ],
)
def test_what_can_be_read_in_two_ways_or_none_is_handed_back(field: str, text: str, reason: str) -> None:
    with pytest.raises(TypedError) as caught:
        compare_paper(SIGNED, {field: text})
    assert (caught.value.field, caught.value.reason) == (field, reason)


def test_a_record_that_says_nothing_of_a_thing_differs_from_a_paper_that_does() -> None:
    bare = replace(SIGNED, consignment=Consignment(items=SIGNED.consignment.items))
    typed = {"consignor": "Somebody", "point_of_entry": "Port", "conveyance": "MV", "seals": "G1", "containers": "C1"}
    assert {answer.word for answer in compare_paper(bare, typed)} <= {DIFFERS, EXPLAINED}
