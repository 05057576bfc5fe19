"""Who sees what of a certificate (`trust.md` 8), and the verdict as JSON."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from opensps.certificate import AnimalIdentification, Attestation, Certificate, Code, CountryArea, Party, Signatory
from opensps.verification import Fact, Reader, check_entry, facts, plain, verdict_to_json, verify_file
from opensps.verification.labels import LABELS
from opensps.verification.masking import masked
from tests.factories import kinds
from tests.factories.certificates import changed, phytosanitary, reexport, text
from tests.factories.records import record, sealed
from tests.factories.signing import NOW, NUMBER, trust_list


def seen(certificate: Certificate, reader: Reader, language: str = "en") -> dict[str, list[str]]:
    gathered: dict[str, list[str]] = {}
    for fact in facts(certificate, reader, language=language):
        gathered.setdefault(fact.key, []).append(fact.value)
    return gathered


def test_a_holder_sees_goods_and_journey_but_no_trader_and_no_officer_by_name() -> None:
    shown = seen(phytosanitary(), Reader.HOLDER)
    assert shown["number"] == [NUMBER]
    assert shown["type"] == ["Phytosanitary certificate"]
    assert shown["goods"] == ["Fresh garlic (Allium sativum)", "Fresh ginger (Zingiber officinale)"]
    assert shown["from"] == ["Examplia (XA)"]
    assert shown["to"] == ["Northland (XB)"]
    assert shown["container"] == ["ZZZU1234564"]
    assert shown["seal"] == ["G2382564"]
    assert shown["consignor"] == ["G… Co."]
    assert shown["consignee"] == ["N…"]
    assert "officer" not in shown
    assert shown["declarations"] == ["3"]
    assert shown["treatments"] == ["1"]
    assert "Lin Chen" not in str(shown)
    assert "Green Valley" not in str(shown)


@pytest.mark.parametrize("reader", Reader)
def test_a_sign_that_turns_the_direction_of_text_is_shown_as_what_it_is(reader: Reader) -> None:
    turned = changed(phytosanitary(), consignment__items__0__trade_line_items__0__descriptions=text("Garlic \u202e081"))
    assert seen(turned, reader)["goods"][0] == "Garlic [U+202E]081 (Allium sativum)"


def test_an_official_sees_all_of_it() -> None:
    shown = seen(phytosanitary(), Reader.OFFICIAL)
    assert shown["consignor"] == ["Green Valley Export Co."]
    assert shown["officer"] == ["Lin Chen"]
    assert "Ditylenchus dipsaci" in shown["declarations"][0]
    assert "methyl bromide" in shown["treatments"][0]


def test_labels_and_names_are_in_the_readers_language() -> None:
    chinese = facts(phytosanitary(), Reader.HOLDER, language="zh-hans")
    assert chinese[0] == Fact("type", "证书类型", "植物检疫证书")
    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in label) for _, label in LABELS.values())


def test_a_re_export_names_the_certificate_the_goods_came_in_with() -> None:
    assert seen(reexport(), Reader.HOLDER)["original"] == ["XB/PC/2026/00917"]


def test_what_is_not_there_is_not_shown() -> None:
    bare = changed(
        phytosanitary(),
        exchanged_document__signatories=(),
        exchanged_document__issuer=None,
        exchanged_document__issued=None,
        consignment__point_of_entry=None,
        consignment__consignee=Party(),
        consignment__export_country=CountryArea(names=text("Examplia")),
        consignment__items__0__trade_line_items__0__scientific_names=(),
        consignment__items__0__trade_line_items__1__descriptions=(),
        consignment__items__0__trade_line_items__1__net_weight=None,
    )
    shown = seen(bare, Reader.OFFICIAL)
    assert not {"officer", "authority", "issued", "place", "point_of_entry", "consignee"} & set(shown)
    assert shown["from"] == ["Examplia"]
    assert shown["goods"] == ["Fresh garlic", "Zingiber officinale"]


def test_the_authority_is_named_by_the_trust_list_and_not_by_the_document() -> None:
    shown = facts(phytosanitary(), Reader.HOLDER, authority="Authority XA")
    assert [fact.value for fact in shown if fact.key == "authority"] == ["Authority XA"]


def test_an_officer_without_a_name_is_an_office() -> None:
    value = changed(phytosanitary(), exchanged_document__signatories=(Signatory(Party(name="Office 014")),))
    assert seen(value, Reader.OFFICIAL)["officer"] == ["Office 014"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Sunrise Produce Co., Ltd.", "S… Co., Ltd."),
        ("Example Importer GmbH", "E… GmbH"),
        ("Northland Foods", "N…"),
        ("广东阳光食品有限公司", "广…有限公司"),
        ("阳光股份有限公司", "阳…股份有限公司"),
        ("Lin Chen", "L…"),
        ("Frutas del Sur, S.A.", "F… S.A."),
        ("Salsa", "S…"),
        ("  ", ""),
    ],
)
def test_a_name_keeps_its_first_letter_and_its_legal_form(name: str, expected: str) -> None:
    assert masked(name) == expected


def test_the_json_answer_is_plain_and_complete() -> None:
    verdict = check_entry(record(), trust=trust_list(), now=NOW)
    answer = verdict_to_json(verdict)
    assert json.loads(json.dumps(answer)) == answer
    assert answer["result"] == "in_force"
    assert answer["heading"] == "Genuine and in force"
    assert answer["checks"] == dict.fromkeys(("known", "unchanged", "signed", "in_force"), "passed")
    assert answer["as_of"] == answer["checked_at"] == "2026-11-21T12:00:00Z"
    assert {"key": "authority", "label": "Authority", "value": "Authority XA"} in list(answer["facts"])  # type: ignore[call-overload]  # a list, as documented


def test_the_json_answers_for_a_wrong_code_and_an_unknown_number_are_the_same() -> None:
    answer = verdict_to_json(plain("no_match", now=NOW), "zh")
    assert answer == verdict_to_json(check_entry(None, trust=trust_list(), now=NOW), "zh")
    assert (answer["number"], answer["facts"], answer["signer"]) == (None, [], None)


def test_the_command_line_finds_the_seal_beside_the_document(tmp_path: Path) -> None:
    pair = sealed()
    document, beside = tmp_path / "a.xml", tmp_path / "a.xades"
    document.write_bytes(pair.xml or b"")
    beside.write_bytes(pair.seal or b"")
    results = [
        verify_file(*paths, trust=trust_list(), now=NOW + timedelta(days=1)).result
        for paths in ((document,), (beside,), (document, beside))
    ]
    assert results == ["offline_ok"] * 3
    beside.unlink()
    assert verify_file(document, trust=trust_list(), now=NOW).result == "file_altered"
    other = tmp_path / "scan.txt"
    other.write_bytes(b"x")
    assert verify_file(other, trust=trust_list(), now=NOW).result == "unreadable"
    with pytest.raises(OSError, match="missing"):
        verify_file(tmp_path / "missing.pdf", trust=trust_list(), now=NOW)


def test_a_holder_can_compare_animals_with_the_certificate_and_sees_what_is_attested_by_number() -> None:
    shown = seen(kinds.animals(), Reader.HOLDER)
    assert shown["animals"] == ["Holstein; Female; Breeding animals; 18 months"]
    assert shown["identification"] == ["Ear tag: XA 0001 0001, XA 0001 0002"]
    assert shown["attestations"] == ["II.1"]
    assert shown["loading"] == ["Port City"]
    assert shown["departure"] == [kinds.LEAVES.on.isoformat()]


def test_the_marks_of_an_animal_stand_together_where_it_has_several() -> None:
    chip = AnimalIdentification(2, Code("MICROCHIP", "opensps_identification_system"), "985000000000002")
    path = "consignment__items__0__trade_line_items__0__animals__identifications"
    (line,) = kinds.animals().lines
    assert line.animals is not None
    shown = seen(changed(kinds.animals(), **{path: (*line.animals.identifications, chip)}), Reader.HOLDER)
    assert shown["identification"] == ["1: Ear tag XA 0001 0001", "2: Ear tag XA 0001 0002, Microchip 985000000000002"]


def test_the_establishment_is_known_to_a_holder_by_its_approval_number_and_to_an_official_by_name() -> None:
    value = kinds.veterinary()
    (holder,), (official,) = (seen(value, reader)["establishment"] for reader in (Reader.HOLDER, Reader.OFFICIAL))
    assert holder == "Slaughter, XA-M-104, G…, Examplia"
    assert official == "Slaughter, XA-M-104, Green Valley Slaughterhouse, Examplia"


def test_an_official_reads_the_statements_and_both_see_use_and_temperature() -> None:
    use = Attestation("CERTIFIED_AS_OR_FOR", "HUMAN_CONSUMPTION", "opensps_attestation", text("Human consumption"))
    given = kinds.sanitary().exchanged_document.signatories[0].attestations
    value = changed(kinds.sanitary(), exchanged_document__signatories__0__attestations=(use, *given))
    for reader in Reader:
        shown = seen(value, reader)
        assert shown["use"] == ["Human consumption"]
        assert shown["condition"] == ["Chilled; -18 °C"]
        assert shown["expiry"] == [kinds.EXPIRY.on.isoformat()]
    assert shown["attestations"] == ["16.1 The food comes from establishments under official control."]


def test_units_packages_and_coded_words_are_in_the_readers_language_too() -> None:
    chinese = seen(kinds.animals(), Reader.HOLDER, "zh-hans")
    assert chinese["animals"] == ["Holstein; 雌; 种用动物; 18 月"]
    assert chinese["quantity"] == ["2 头"]
