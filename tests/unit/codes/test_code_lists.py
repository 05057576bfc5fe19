"""The code lists of room `codes`: what they hold, and that they never change under our hands."""

from datetime import date

import pytest

from opensps import codes
from opensps.codes.lists import parsed

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


@pytest.mark.parametrize("list_id", sorted(codes.LIST_IDS))
def test_every_name_comes_in_english_and_in_chinese(list_id: str) -> None:
    for entry in codes.get(list_id).entries.values():
        assert not entry.names or (entry.names["en"] and entry.names["zh"]), entry.code


@pytest.mark.parametrize("list_id", sorted(codes.LIST_IDS))
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
