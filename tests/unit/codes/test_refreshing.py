"""A newer edition of a list: what it adds, changes and withdraws, and what is refused as none."""

from datetime import date
from types import MappingProxyType

import pytest

from opensps import codes
from opensps.codes.refreshing import named, proposed, read_file

TODAY = date(2026, 11, 22)
TABLE = "UNECE_GovernmentActionCode_D27A.tsv"


def table(*rows: str) -> str:
    return "\n".join(("code\tname\tdescription", *rows)) + "\n"


def held_rows(list_id: str, *without: str) -> list[str]:
    return [f"{code}\tsome name\tlong words" for code in codes.get(list_id).entries if code not in without]


def test_a_published_table_is_known_by_its_name_and_carries_its_edition() -> None:
    found = read_file(TABLE, table(*held_rows("un_9417"), "Z9\tQuarantine\tx", "Z8\t\tx"), at=TODAY)
    assert (found.id, found.version, found.valid_from) == ("un_9417", "D27A", TODAY)
    news = proposed(found, at=TODAY, is_complete=True, keeps_names=True)
    assert (news.added, news.changed, news.withdrawn) == (("Z9", "Z8"), (), ())
    assert news.newer.entries["Z9"].names == {"en": "Quarantine"}
    assert news.newer.entries["Z8"].names == {}


def test_our_names_stay_beside_a_published_table_and_give_way_to_a_table_of_ours() -> None:
    found = read_file(TABLE, table(*held_rows("un_9417")), at=TODAY)
    assert proposed(found, at=TODAY, is_complete=True, keeps_names=True).is_empty
    changed = proposed(found, at=TODAY, is_complete=True, keeps_names=False)
    assert set(changed.changed) == set(codes.get("un_9417").entries)
    assert changed.newer.entries["1"].names == {"en": "some name", "zh": "放行"}


def test_a_code_that_is_gone_is_withdrawn_from_today_and_old_documents_keep_it() -> None:
    found = read_file(TABLE, table(*held_rows("un_9417", "9")), at=TODAY)
    news = proposed(found, at=TODAY, is_complete=True, keeps_names=True)
    assert news.withdrawn == ("9",)
    merged = codes.overlaid(codes.get("un_9417"), news.newer)
    assert set(merged.entries) == set(codes.get("un_9417").entries)
    assert merged.was_in_use("9", date(2026, 11, 21))
    assert not merged.was_in_use("9", TODAY)
    assert proposed(found, at=TODAY, is_complete=False, keeps_names=True).withdrawn == ()


def test_a_table_of_ours_may_date_what_it_withdraws_and_take_it_back() -> None:
    text = codes.written(codes.get("un_9417"))
    ended = read_file(
        "any.tsv",
        text.replace("\n9\tPackaging inspection\t包装检查", "\n9\tPackaging inspection\t包装检查\t\t2027-01-01"),
        at=TODAY,
    )
    news = proposed(ended, at=TODAY, is_complete=True, keeps_names=False)
    assert news.withdrawn == ("9",)
    assert news.newer.entries["9"].withdrawn_on == date(2027, 1, 1)


def test_what_was_withdrawn_on_a_day_keeps_its_day() -> None:
    held = codes.get("iso_639_1")
    entries = dict(held.entries) | {"sh": codes.CodeEntry("sh", withdrawn=True)}
    newer = codes.CodeList("iso_639_1", "2027", "test", TODAY, MappingProxyType(entries))
    assert proposed(newer, at=TODAY, is_complete=True, keeps_names=True).is_empty
    back = codes.CodeList("iso_639_1", "2027", "test", TODAY, MappingProxyType(entries | {"sh": codes.CodeEntry("sh")}))
    news = proposed(back, at=TODAY, is_complete=True, keeps_names=True)
    assert news.changed == ("sh",)
    assert news.newer.entries["sh"].withdrawn_on is None


def test_a_code_that_stands_twice_in_a_published_table_counts_the_first_time() -> None:
    found = read_file("UNECE_StatusCode_D16B.tsv", table("1\tTo be done\tx", "1\tArrival\ty"), at=TODAY)
    assert found.entries["1"].names == {"en": "To be done"}


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("letter.tsv", "Dear officer", "neither its first line nor its name"),
        (TABLE, "", "columns"),
        (TABLE, "code\tmeaning\n1\tx\n", "columns"),
        (TABLE, table("1"), "row 2 has no code or no name"),
        (TABLE, table("\tname\tx"), "row 2 has no code"),
        (
            "a.tsv",
            "# list: no_such\n# version: 1\n# valid_from: 2026-01-01\n# origin: x\ncode\ten\n1\tx\n",
            "no list no_such",
        ),
        ("a.tsv", "# list: un_9417\n# version: 1\n", "the head lacks"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_the_reason(name: str, text: str, why: str) -> None:
    with pytest.raises(codes.ListUnreadable, match=why):
        read_file(name, text, at=TODAY)


def test_a_list_without_codes_or_with_half_of_them_is_no_newer_edition() -> None:
    with pytest.raises(codes.ListUnreadable, match="no codes"):
        proposed(read_file(TABLE, table(), at=TODAY), at=TODAY, is_complete=True, keeps_names=True)
    few = read_file(TABLE, table("1\tClearance\tx"), at=TODAY)
    with pytest.raises(codes.ListUnreadable, match="it would withdraw 9 of 10 codes"):
        proposed(few, at=TODAY, is_complete=True, keeps_names=True)


def test_two_languages_of_a_service_become_one_entry() -> None:
    rows = (codes.CodeEntry("FG", {"en": "Fumigation"}, group="CHT"), codes.CodeEntry("FG", {"zh": "熏蒸"}))
    found = named("ippc_treatment_types", rows, origin="test", at=TODAY)
    assert found.entries["FG"] == codes.CodeEntry("FG", {"en": "Fumigation", "zh": "熏蒸"}, group="CHT")


def test_every_published_name_leads_to_a_list_we_carry() -> None:
    from opensps.codes.refreshing import PUBLISHED  # noqa: PLC0415  the table is the subject

    assert set(PUBLISHED.values()) <= codes.LIST_IDS
