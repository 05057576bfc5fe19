"""New certificates are held against the tables of limits an installation loads; the normal is silent (`fraud.md` 5)."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from opensps.accounts.models import Person
from opensps.accounts.queries import SYSTEM
from opensps.border.desk import Desk
from opensps.border.models import Alert, GoodsMonth, WatchTable
from opensps.border.queries.alerts import alert_points
from opensps.border.records import record_of
from opensps.border.services.desk import desk_number
from opensps.border.services.limit_tables import table_load
from opensps.border.services.watching_goods import watch_goods_run
from opensps.certificate import Code, Establishment, Identifier, MainCarriage, OfficialTime, TransportEquipment
from opensps.lifecycle import Role
from opensps.project import command
from opensps.project.exits import Exit
from opensps.rules.limit_tables import LIMIT_TABLES, TableNotRead
from tests.factories import certification, signing
from tests.factories.certificates import hs, kilograms
from tests.factories.desk import ARRIVED_AT, arrived, border_officer
from tests.factories.partners import live_partner
from tests.factories.presenting import OURS, presented
from tests.factories.web import Visitor

pytestmark = pytest.mark.django_db
LINE = "consignment__items__0__trade_line_items__0__"
NOW = ARRIVED_AT + timedelta(hours=1)
SOURCE = "Statistics of Northland, 2025"
TABLES: Mapping[str, str] = {
    "ceilings": "origin,product,month,kilograms\nXB,070320,0,60000\n",
    "producers": "product,countries\n0703,XA XB\n",
    "seasons": "origin,product,harvest,storage_months\nXB,0703,7 8,6\n",
    "capacities": "establishment,kilograms\nXB-117,60000\n",
    "routes": "from,to,mode,least_days,ports\nXB,XA,,5,\n",
    "lots": "lot,kilograms\nLOT-7,50000\n",
    "registrations": "country,registration,listed_from,listed_until\nXB,XB-117,2020-01-01,\n",
}


def load(name: str, text: str = "", **given: Any) -> WatchTable:
    said = {"as_of": date(2026, 11, 1), "source": SOURCE, "actor": SYSTEM.id, "at": NOW, **given}
    return table_load(authority="XA", name=name, text=text or TABLES[name], **said)


def came(number: str, mass: str = "20000", **changes: Any) -> str:
    plant = Establishment(Code("37"), Identifier("XB-117"), "North Packers")
    given = {
        "net_weight": kilograms(mass),
        "gross_weight": None,
        "classifications": (hs("070320"),),
        "establishments": (plant,),
        "batches": (Identifier("LOT-7"),),
        **{name: value for name, value in changes.items() if "__" not in name},
    }
    whole = {name: value for name, value in changes.items() if "__" in name}
    return arrived(number, partner=PARTNER["XB"], **{f"{LINE}{name}": value for name, value in given.items()}, **whole)


PARTNER: dict[str, Any] = {}


@pytest.fixture(autouse=True)
def _northland(db: None) -> None:
    PARTNER["XB"] = live_partner("XB")
    for name in TABLES:
        load(name)


def fired(at: datetime = NOW) -> list[tuple[str, str]]:
    watch_goods_run(authority="XA", at=at)
    return list(Alert.objects.order_by("pk").values_list("rule", "subject"))


def desk_says(number: str) -> tuple[str, list[str]]:
    certification.cast()
    desk = Desk(authority="XA", actor=border_officer(), at=NOW, trust=signing.trust_list(), network="192.0.2.9")
    found = desk_number(desk, number=number)
    return found.verdict_class, found.reasons


def test_three_times_the_ceiling_is_amber_at_the_desk_and_a_normal_month_is_silent(db: None) -> None:
    first = came("XB/1")
    assert fired() == []
    second = came("XB/2", "160000", batches=(), establishments=())
    assert fired() == [("P01", "XB 070320 2026-11")]
    (alert,) = Alert.objects.all()
    (row,) = alert.rows
    assert (alert.level, row["volume"], row["capacity"]) == ("amber", "180000", "60000")
    assert (row["limit_as_of"], row["limit_source"]) == ("2026-11-01", SOURCE)
    assert GoodsMonth.objects.get(product="070320").kilograms == 180_000
    assert alert_points(authority="XA", issuer="XB", number=first) == ()
    verdict, reasons = desk_says(second)
    assert (verdict, "capacity" in reasons) == ("amber", True)


def test_without_a_ceiling_the_same_month_of_past_years_is_the_measure(db: None) -> None:
    load("ceilings", "origin,product,month,kilograms\n")
    for year in (2023, 2024, 2025):
        GoodsMonth.objects.create(
            authority="XA", origin="XB", product="070320", month=f"{year}-11", kilograms=Decimal(10_000)
        )
    came("XB/1", "30000", batches=(), establishments=())
    assert fired() == []
    came("XB/2", "1", batches=(), establishments=())
    assert fired() == [("P01", "XB 070320 2026-11")]


def test_people_see_a_table_with_its_day_and_source_and_strangers_see_none(db: None) -> None:
    certification.cast()

    def visitor(name: str, role: Role) -> Visitor:
        return Visitor(Person.objects.get(pk=certification.person(name, role, office="014").id))

    reader = visitor("Cleo", Role.CASE_OFFICER)
    listed = reader.open("/alerts/limits").words
    assert "as of 2026-11-01, rows: 1" in listed
    assert "none loaded" in listed
    page = reader.open("/alerts/limits/ceilings").words
    assert all(each in page for each in (SOURCE, "2026-11-01", "070320", "60000"))
    assert "No row begins so." in reader.open("/alerts/limits/ceilings?q=XC").words
    assert reader.open("/alerts/limits/methods").status == 404
    border = visitor("Boris", Role.BORDER_OFFICER)
    assert {border.open(each).status for each in ("/alerts/limits", "/alerts/limits/ceilings")} == {404}


def test_the_command_names_every_table_and_refuses_a_bad_one_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.run(["limits", "list"]) == Exit.DONE
    assert set(LIMIT_TABLES) <= set(capsys.readouterr().out.split())
    path = tmp_path / "bad.csv"
    path.write_text("lot,kilograms\nL1,-5\n", encoding="utf-8")
    assert (
        command.run(["limits", "load", "lots", str(path), "--as-of", "2026-11-01", "--source", "X"]) == Exit.NOT_VALID
    )
    assert "Line 2 cannot be read (cell kilograms); nothing was kept." in capsys.readouterr().err
    assert WatchTable.objects.get(name="lots", is_current=True).source == SOURCE


def issued(on: str) -> dict[str, Any]:
    return {"exchanged_document__issued": OfficialTime(date.fromisoformat(on))}


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("P02", {"classifications": (hs("080810"),)}),
        ("P03", {**issued("2026-04-10")}),
        ("P04", {"net_weight": kilograms("67000"), "batches": ()}),
        ("P05", {"consignment__export_exit": "2026-11-20", "consignment__availability_due": "2026-11-22"}),
        ("P14", {"net_weight": kilograms("50001"), "establishments": ()}),
        ("S11", {"establishments": (Establishment(Code("37"), Identifier("XB-999"), "Nobody"),)}),
    ],
)
def test_each_rule_that_needs_a_table_fires_on_what_its_table_forbids_and_the_normal_is_silent(
    rule: str, changes: dict[str, Any]
) -> None:
    if rule == "P02":
        load("producers", "product,countries\n0703,XA XB\n08,XA\n")
    if rule in {"P04", "P14"}:
        load("ceilings", "origin,product,month,kilograms\n")
    came("XB/1")
    assert fired() == []
    dates = {
        name: OfficialTime(date.fromisoformat(value)) if isinstance(value, str) else value
        for name, value in changes.items()
    }
    came("XB/2", **dates)
    assert {each for each, _subject in fired()} == {rule}
    point = {"P05": ("route",), "P14": ("plausibility",), "S11": ("plausibility",)}.get(rule, ("capacity",))
    assert alert_points(authority="XA", issuer="XB", number="XB/2") == point


def test_a_table_that_cannot_be_read_is_refused_whole_with_line_and_column(db: None) -> None:
    for text, code, line, column in (
        ("origin,product\n", "columns", 1, "origin,product,month,kilograms"),
        ("origin,product,month,kilograms\nXB,070320,0,5\nXB,0703x0,0,5\n", "cell", 3, "product"),
        ("origin,product,month,kilograms\nXB,070320,13,5\n", "cell", 2, "month"),
        ("origin,product,month,kilograms\nXB,070320,0,NaN\n", "cell", 2, "kilograms"),
        ("origin,product,month,kilograms\nXB,070320,0\n", "cells", 2, ""),
    ):
        with pytest.raises(TableNotRead) as refused:
            load("ceilings", text)
        assert (refused.value.code, refused.value.line, refused.value.column) == (code, line, column)
    assert WatchTable.objects.get(name="ceilings", is_current=True).row_count == 1


def test_results_of_laboratories_are_looked_at_as_they_are_loaded(db: None) -> None:
    head = "laboratory,method,sample,received_at,signed_at,value\n"
    load("methods", "method,least_hours\nPCR,6\n")
    load("results", f"{head}L1,PCR,S1,2026-11-20T08:00:00+00:00,2026-11-20T15:00:00+00:00,1.25\n")
    assert fired() == []
    load("results", f"{head}L1,PCR,S1,2026-11-20T08:00:00+00:00,2026-11-20T09:00:00+00:00,1.25\n")
    assert fired() == [("P15", "L1")]


def test_a_container_on_two_voyages_at_once_and_one_with_a_wrong_digit_are_seen(db: None) -> None:
    """Numbers of lorries and pallets have another shape and say nothing."""
    journey = {
        "consignment__export_exit": OfficialTime(date(2026, 11, 10)),
        "consignment__availability_due": OfficialTime(date(2026, 11, 20)),
    }
    box = TransportEquipment(id=Identifier("CSQU 305438-3".replace("-", "")))
    lorry = TransportEquipment(id=Identifier("AB 123 XB"))
    ship = MainCarriage(mode=Code("1"), id=Identifier("101W"))
    came("XB/1", **journey, consignment__transport_equipment=(box, lorry), consignment__main_carriages=(ship,))
    assert fired() == []
    later = {**journey, "consignment__export_exit": OfficialTime(date(2026, 11, 15))}
    other = MainCarriage(mode=Code("1"), id=Identifier("202E"))
    came("XB/2", **later, consignment__transport_equipment=(box,), consignment__main_carriages=(other,))
    wrong = TransportEquipment(id=Identifier("CSQU3054384"))
    came("XB/3", "1", consignment__transport_equipment=(wrong,), establishments=(), batches=())
    assert fired() == [("P11", "CSQU3054383"), ("P11", "CSQU3054384")]


def on_board(number: str, voyage: str, leaves: str, comes: str, **changes: Any) -> None:
    """Let a certificate come for goods in one container on a voyage."""
    given = {
        "consignment__export_exit": OfficialTime(date.fromisoformat(leaves)),
        "consignment__availability_due": OfficialTime(date.fromisoformat(comes)),
        "consignment__transport_equipment": (TransportEquipment(id=Identifier("CSQU3054383")),),
        "consignment__main_carriages": (MainCarriage(mode=Code("1"), id=Identifier(voyage) if voyage else None),),
        **changes,
    }
    came(number, "1", establishments=(), batches=(), **given)


def test_an_honest_difference_of_a_voyage_alarms_nobody(db: None) -> None:
    """fraud.md 1: spelling, a voyage not said, a replacement, the day of arrival, a wrong year."""
    on_board("XB/1", "EVER GIVEN 12E", "2026-11-01", "2026-11-20")
    on_board("XB/2", "Ever Given  12 e", "2026-11-02", "2026-11-21")
    on_board("XB/3", "", "2026-11-03", "2026-11-22")
    fired()
    on_board("XB/5", "Next 77W", "2026-11-22", "2026-11-29")
    on_board("XB/6", "Wrong Year 5", "2026-06-01", "2062-06-20")
    assert fired() == []
    arrived("XB/7", partner=PARTNER["XB"], replaces="XB/1")
    assert fired() == []


def test_an_overlap_marks_its_pair_alone_and_is_forgotten_by_what_comes_later(db: None) -> None:
    for number, leaves, comes in (("XB/1", "2026-08-01", "2026-08-20"), ("XB/2", "2026-08-21", "2026-08-27")):
        on_board(number, "Long Haul 1", leaves, comes)
    assert fired() == []
    on_board("XB/3", "Other 9", "2026-08-24", "2026-08-30")
    assert fired() == [("P11", "CSQU3054383")]
    points = [alert_points(authority="XA", issuer="XB", number=f"XB/{place}") for place in (1, 2, 3)]
    assert points == [(), ("plausibility",), ("plausibility",)]
    on_board("XB/4", "Third 3", "2026-09-10", "2026-09-20")
    assert fired(NOW + timedelta(days=3)) == [("P11", "CSQU3054383")]
    assert alert_points(authority="XA", issuer="XB", number="XB/4") == ()


def test_what_was_looked_at_is_not_read_again_and_a_replacement_counts_once(db: None) -> None:
    came("XB/1", "20000")
    fired()
    fired()
    arrived("XB/3", partner=PARTNER["XB"], replaces="XB/1")
    fired()
    assert {row.kilograms for row in GoodsMonth.objects.filter(product="070320")} == {Decimal(20_000)}


def test_an_early_arrival_is_seen_by_where_and_when_it_was_shown(db: None) -> None:
    certification.cast()
    number = came("XB/1", **issued("2026-11-20"))
    record = record_of(authority="XA", issuer="XB", number=number)
    presented(record, by=OURS, place="XAPRT", at=datetime(2026, 11, 21, 6, tzinfo=UTC))
    assert fired() == [("P05", number)]
    assert alert_points(authority="XA", issuer="XB", number=number) == ("route",)
