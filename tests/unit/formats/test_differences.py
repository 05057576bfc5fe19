"""What differs between two certificates is named field by field."""

from decimal import Decimal

from opensps.certificate import Code, Measure, Text
from opensps.formats import Difference, differences
from tests.factories.certificates import phytosanitary, text

LINE = "consignment__items__0__trade_line_items__0"
LINE_PATH = "consignment.items[0].trade_line_items[0]"


def test_equal_values_do_not_differ() -> None:
    assert differences(phytosanitary(), phytosanitary()) == ()


def test_a_changed_field_is_named_with_both_sides() -> None:
    other = phytosanitary(
        **{f"{LINE}__net_weight": Measure(Decimal(25000), "KGM"), "consignment__consignee__name": "Evil"}
    )
    assert differences(phytosanitary(), other) == (
        Difference("consignment.consignee.name", "Northland Foods", "Evil"),
        Difference(f"{LINE_PATH}.net_weight.value", "24000", "25000"),
    )


def test_what_one_side_does_not_say_is_none() -> None:
    other = phytosanitary(
        **{f"{LINE}__net_weight": None, f"{LINE}__common_names": (*text("Garlic"), *text("Knoblauch"))}
    )
    assert differences(phytosanitary(), other) == (
        Difference(f"{LINE_PATH}.common_names[1]", None, "Knoblauch en"),
        Difference(f"{LINE_PATH}.net_weight", "24000 KGM", None),
    )


def test_records_of_two_kinds_and_lists_of_records_are_told_in_words() -> None:
    assert differences(Code("CHT"), Text("Chemical", "en")) == (Difference("", "CHT", "Chemical en"),)
    assert differences((), text("a")) == (Difference("[0]", None, "a en"),)
    assert differences(None, text("a")) == (Difference("", None, "a en"),)
    assert differences(True, False) == (Difference("", "True", "False"),)
