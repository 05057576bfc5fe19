"""What of the goods stands in a printed code."""

from dataclasses import replace
from decimal import Decimal

from opensps.certificate import Certificate, Measure, Text
from opensps.formats.qr_goods import goods_of, marks_of
from opensps.formats.qr_payload import MAX_NAME, GoodsLine
from tests.factories.certificates import phytosanitary

VALUE = phytosanitary()
LINE = VALUE.lines[0]


def of(**changes: object) -> tuple[GoodsLine, ...]:
    """Return what stands in the code of a certificate with one changed line."""
    item = VALUE.consignment.items[0]
    line = replace(LINE, **changes)  # type: ignore[arg-type]  # as the test gives them
    goods = replace(VALUE.consignment, items=(replace(item, trade_line_items=(line,)),))
    return goods_of(replace(VALUE, consignment=goods))


def test_the_scientific_name_comes_first_then_the_english_description() -> None:
    assert of() == (GoodsLine("Allium sativum", Decimal(24000), "KGM"),)
    chinese_first = (Text("大蒜", "zh"), Text("Garlic,  fresh", "en"))
    assert of(scientific_names=(), descriptions=chinese_first)[0].name == "Garlic, fresh"
    assert of(scientific_names=(), descriptions=(), common_names=(Text("Garlic\u202e"),))[0].name == "Garlic"


def test_a_long_name_is_cut_where_everybody_sees_it() -> None:
    (line,) = of(scientific_names=(Text("A" * 99),))
    assert len(line.name) == MAX_NAME
    assert line.name.endswith("…")


def test_what_cannot_be_compared_is_left_out() -> None:
    assert of(scientific_names=(), descriptions=(), common_names=()) == ()
    nothing = dict.fromkeys(("net_weight", "gross_weight", "count", "net_volume", "gross_volume"))
    assert of(**nothing) == ()
    assert of(**nothing | {"count": Measure(Decimal(7), "H87")})[0].quantity == 7
    assert of(net_weight=Measure(Decimal(7), "")) == ()


def test_three_lines_at_most() -> None:
    item = VALUE.consignment.items[0]
    lines = replace(item, trade_line_items=(LINE,) * 5)
    many: Certificate = replace(VALUE, consignment=replace(VALUE.consignment, items=(lines,)))
    assert len(goods_of(many)) == 3


def test_containers_and_seals_stand_there_once() -> None:
    equipment = VALUE.consignment.transport_equipment * 2 + (
        replace(VALUE.consignment.transport_equipment[0], id=None),
    )
    assert marks_of(replace(VALUE, consignment=replace(VALUE.consignment, transport_equipment=equipment))) == (
        "ZZZU1234564",
        "G2382564",
    )
