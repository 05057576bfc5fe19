"""The code lists of room `codes`: what they hold, and that they never change under our hands."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib import resources
from pathlib import Path

import pytest

from opensps import codes
from opensps.codes import parsed

EXAMPLE = """# list: example
# version: 1
# valid_from: 2026-01-31
# origin: made for this test: colours
code\ten\tzh\tgroup\twithdrawn
RD\tRed\t红色\twarm
GR\tGrey\t灰色\t\twithdrawn
*\tBK WH\t\tplain
"""


@pytest.mark.parametrize("list_id", sorted(codes.LIST_IDS))
def test_every_list_says_what_it_is_where_it_comes_from_and_since_when(list_id: str) -> None:
    held = codes.get(list_id)
    assert (held.id, bool(held.version), bool(held.origin)) == (list_id, True, True)
    assert date(2000, 1, 1) < held.valid_from < date(2027, 1, 1)


OWN = sorted(codes.LIST_IDS - {"iso_3166_2", "wco_hs", "un_locode"})
"""Lists whose names are ours, or come in both languages."""


@pytest.mark.parametrize("list_id", OWN)
def test_every_name_comes_in_english_and_in_chinese(list_id: str) -> None:
    for entry in codes.get(list_id).entries.values():
        assert not entry.names or (entry.names["en"] and entry.names["zh"]), entry.code


@pytest.mark.parametrize("list_id", OWN)
def test_names_are_never_read_as_two_different_codes(list_id: str) -> None:
    entries = codes.get(list_id).entries
    for language in ("en", "zh"):
        names = [
            (entry.names[language], entry.group) for entry in entries.values() if entry.names and not entry.withdrawn
        ]
        assert len(names) == len(set(names))


def test_a_list_is_loaded_once() -> None:
    assert codes.get("un_rec21") is codes.get("un_rec21")


def test_a_list_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        codes.get("un_rec21").entries["XX"] = codes.CodeEntry("XX")  # type: ignore[index]  # that is the point


def test_a_list_we_do_not_carry_is_refused() -> None:
    with pytest.raises(codes.UnknownList):
        codes.get("un_9999")


def test_a_code_is_known_or_not() -> None:
    assert codes.is_known("un_rec21", "BX")
    assert not codes.is_known("un_rec21", "QQQ")


def test_a_label_falls_back_to_english_and_then_to_the_code() -> None:
    assert codes.label("un_rec20", "KGM") == "kg"
    assert codes.label("un_rec20", "KGM", "zh") == "千克"
    assert codes.label("un_rec20", "KGM", "fr") == "kg"
    assert codes.label("un_rec21", "YZ") == "YZ"
    assert codes.label("un_rec21", "no such code") == "no such code"


def test_a_unit_tells_its_dimension() -> None:
    assert codes.group_of("un_rec20", "TNE") == "mass"
    assert codes.group_of("un_rec20", "MTQ") == "volume"
    assert codes.group_of("un_rec20", "HEA") == "count"
    assert codes.group_of("un_rec20", "HUR") == "time"
    assert codes.group_of("un_rec20", "CEL") == "temperature"
    assert codes.group_of("un_rec20", "KX") == "concentration"
    assert codes.group_of("un_rec20", "no such unit") == ""


def test_the_statements_of_ispm_12_are_printed_with_what_they_leave_open_filled_in() -> None:
    entries = codes.get("ippc_statements").entries
    assert entries["2"].names["en"] == "They are deemed to be practically free from other pests."
    filled = entries["5"].names["en"] % {"authority": "the Service of Examplia"}
    assert filled.startswith("No financial liability")
    assert "the Service of Examplia" in filled


def test_both_languages_of_a_statement_leave_the_same_things_open() -> None:
    class Asked(dict[str, str]):
        def __missing__(self, key: str) -> str:
            self[key] = "x"
            return "x"

    for entry in codes.get("ippc_statements").entries.values():
        asked = {language: Asked() for language in ("en", "zh")}
        for language, names in asked.items():
            assert entry.names[language] % names
        assert asked["en"].keys() == asked["zh"].keys()


def test_a_data_file_may_group_withdraw_and_leave_codes_unnamed() -> None:
    colours = parsed(EXAMPLE)
    assert (colours.id, colours.version, colours.valid_from) == ("example", "1", date(2026, 1, 31))
    assert colours.origin == "made for this test: colours"
    assert list(colours.entries) == ["RD", "GR", "BK", "WH"]
    assert [entry.withdrawn for entry in colours.entries.values()] == [False, True, False, False]
    assert [entry.group for entry in colours.entries.values()] == ["warm", "", "plain", "plain"]
    assert colours.entries["BK"].names == {}


def test_every_kind_that_attests_in_words_has_statements_to_choose_from() -> None:
    groups = {entry.group for entry in codes.get("opensps_attestation").entries.values()}
    usual = {group for group in groups if not group.endswith(":on_request")}
    assert usual == {"VETERINARY_HEALTH", "ANIMAL_HEALTH", "SANITARY", "HEALTH"}
    assert groups == usual | {f"{group}:on_request" for group in usual}


def test_a_statement_is_known_by_its_kind_and_its_number() -> None:
    entries = codes.get("opensps_attestation").entries
    assert {code.partition(":")[0] for code in entries} == {entry.group.partition(":")[0] for entry in entries.values()}
    assert entries["ANIMAL_HEALTH:II.1"].names["en"].startswith("The animals were examined")


def test_packages_carry_the_long_lists() -> None:
    assert codes.label("wco_hs", "070320").startswith("Vegetables")
    assert codes.group_of("wco_hs", "070320") == "0703"
    assert codes.label("un_locode", "NLRTM") == "Rotterdam"
    assert "1" in codes.group_of("un_locode", "NLRTM")
    assert len(codes.get("un_locode").entries) > 100_000
    assert next(iter(codes.get("un_locode").entries)) == "ADALV"
    assert codes.group_of("iso_3166_2", "CN-GD") == "CN"
    assert codes.label("iso_639_1", "zh", "zh") == "中文"


def test_a_code_may_be_known_and_yet_not_in_use_on_a_day() -> None:
    assert codes.is_known("iso_639_1", "sh")
    assert not codes.is_known("iso_639_1", "sh", on=date(2026, 1, 1))
    assert codes.is_known("iso_639_1", "sh", on=date(1999, 1, 1))
    assert not codes.is_known("un_rec21", "QQQ", on=date(2026, 1, 1))


def test_a_code_is_in_use_from_its_first_day_until_its_last() -> None:
    held = parsed(EXAMPLE.replace("withdrawn\nRD", "withdrawn\tsince\nNW\tNew\t新\t\t\t2026-06-01\nRD"))
    assert not held.was_in_use("NW", date(2026, 5, 31))
    assert held.was_in_use("NW", date(2026, 6, 1))
    assert held.was_in_use("GR", date(2026, 1, 30))
    assert not held.was_in_use("GR", date(2026, 1, 31))


def test_a_list_written_and_read_is_the_same_list() -> None:
    for list_id in ("un_rec20", "iso_3166_1", "ippc_treatment_types"):
        held = codes.get(list_id)
        assert codes.parsed(codes.written(held)) == held


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the head lacks list"),
        (EXAMPLE.replace("# origin", "# source"), "the head lacks origin"),
        (EXAMPLE.replace("2026-01-31", "soon"), "valid_from"),
        (EXAMPLE.replace("code\ten", "Code\tname"), "columns"),
        (EXAMPLE.partition("code\t")[0], "columns"),
        (EXAMPLE + "RD\tRust\t锈\n", "twice: RD"),
        (EXAMPLE + "\tRust\t锈\n", "no code"),
    ],
)
def test_a_text_that_is_no_list_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(codes.ListUnreadable, match=why):
        parsed(text)


@pytest.fixture
def newer(tmp_path: Path) -> Iterator[Path]:
    codes.read_also(tmp_path)
    yield tmp_path
    codes.read_also(None)


NEWER = """# list: un_rec21
# version: 2030
# valid_from: 2030-01-01
# origin: made for this test
code\ten\tzh\tgroup\twithdrawn\tsince
ZQA\tNew box\t新箱\t\t\t2030-01-01
BX\t\t\t\t2030-02-01
"""


def test_a_newer_list_of_the_installation_adds_and_withdraws_but_never_shortens(newer: Path) -> None:
    before = set(codes.shipped("un_rec21").entries)
    (newer / "un_rec21.tsv").write_text(NEWER, encoding="utf-8")
    held = codes.get("un_rec21")
    assert (held.version, held.valid_from) == ("2030", date(2030, 1, 1))
    assert set(held.entries) == before | {"ZQA"}
    assert held.entries["BX"].names == codes.shipped("un_rec21").entries["BX"].names
    assert codes.is_known("un_rec21", "BX", on=date(2030, 1, 31))
    assert not codes.is_known("un_rec21", "BX", on=date(2030, 2, 1))
    assert codes.get("un_rec19") is codes.shipped("un_rec19")
    codes.read_also(None)
    assert "ZQA" not in codes.get("un_rec21").entries


def test_a_damaged_list_of_the_installation_is_said_and_not_guessed(newer: Path) -> None:
    (newer / "un_rec21.tsv").write_bytes(b"\xff")
    with pytest.raises(codes.ListBroken, match="un_rec21"):
        codes.get("un_rec21")


def test_units_are_converted_exactly() -> None:
    assert codes.in_base(Decimal("24.5"), "TNE") == codes.in_base(Decimal(24500), "KGM")
    assert codes.in_base(Decimal(32), "FAH") == codes.in_base(Decimal(0), "CEL")
    assert codes.in_base(Decimal(1), "LBR") == ("KGM", Fraction(45359237, 10**8))
    assert codes.in_base(Decimal(5), "59") == ("59", Fraction(5))
    assert codes.in_base(Decimal(5), None) == ("", Fraction(5))
    assert codes.size_of("TNE") == 1000
    assert codes.size_of(None) == 1


def test_every_unit_with_a_factor_is_in_the_list_and_has_the_dimension_of_its_base() -> None:
    text = resources.files("opensps.codes").joinpath("conversions.tsv").read_text(encoding="utf-8")
    for unit, base, *_ in (line.split("\t") for line in text.splitlines()[3:]):
        assert codes.group_of("un_rec20", unit) == codes.group_of("un_rec20", base) != "", unit
