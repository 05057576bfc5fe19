"""The JSON form refuses whatever it did not write, and says where (RFC 6901 pointers)."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from opensps.certificate import CertificateKind, Measure, OfficialTime, Text
from opensps.formats import FormatError, json_form
from tests.factories.certificates import phytosanitary, reexport

LINE = "consignment__items__0__trade_line_items__0"
GOOD = json_form.dumps(phytosanitary())


@pytest.mark.parametrize("value", [phytosanitary(), reexport()], ids=["851", "657"])
def test_nothing_is_lost_and_the_text_is_stable(value: Any) -> None:
    assert json_form.loads(json_form.dumps(value)) == value
    assert json_form.dumps(json_form.loads(json_form.dumps(value))) == json_form.dumps(value)


def test_absent_members_are_left_out_and_equal_numbers_are_written_alike() -> None:
    plain = json_form.to_plain(phytosanitary(**{f"{LINE}__net_weight": Measure(Decimal("5.00E2"), None)}))
    assert "model" not in plain
    assert plain["consignment"]["items"][0]["trade_line_items"][0]["net_weight"] == {"value": "500"}
    assert json_form.from_plain(plain).lines[0].net_weight == Measure(Decimal(500), None)
    huge = phytosanitary(**{f"{LINE}__net_weight": Measure(Decimal("1E+99"), "KGM")})
    assert json_form.loads(json_form.dumps(huge)) == huge


def test_where_two_kinds_of_record_may_stand_the_kind_is_named() -> None:
    plain = json_form.to_plain(phytosanitary())
    treatment = plain["consignment"]["items"][0]["trade_line_items"][0]["treatments"][0]
    assert treatment["type_level_1"] == {"code": {"value": "CHT"}}
    assert treatment["active_ingredients"] == [{"text": {"value": "Methyl bromide"}}]


def test_moments_are_written_in_utc() -> None:
    at = datetime(2026, 11, 18, 2, 30, tzinfo=UTC)
    value = phytosanitary(exchanged_document__issued=OfficialTime.moment(at, offset_minutes=480))
    assert json_form.to_plain(value)["exchanged_document"]["issued"]["at"] == "2026-11-18T02:30:00Z"


def put(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """Return the edit that sets one member, or takes it away for ``...``."""

    def edit(plain: Any) -> None:
        *steps, last = [int(step) if step.isdigit() else step for step in path.strip("/").split("/")]
        for step in steps:
            plain = plain[step]
        if value is ...:
            del plain[last]
        else:
            plain[last] = value

    return edit


ITEM = "/consignment/items/0/trade_line_items/0"


@pytest.mark.parametrize(
    ("code", "path", "edit"),
    [
        ("json_member", "/colour", put("/colour", "red")),
        ("json_member", "/~0~1", put("/x", 1)),
        ("json_member", "/kind", put("/kind", ...)),
        ("json_type", "/kind", put("/kind", 5)),
        ("json_value", "/kind", put("/kind", "PLASTIC")),
        ("json_type", "/consignment", put("/consignment", [])),
        ("json_type", "/consignment/items", put("/consignment/items", {})),
        ("json_type", f"{ITEM}/sequence", put(f"{ITEM}/sequence", True)),
        ("json_type", f"{ITEM}/sequence", put(f"{ITEM}/sequence", 1.0)),
        ("json_type", f"{ITEM}/sequence", put(f"{ITEM}/sequence", None)),
        ("json_type", f"{ITEM}/net_weight/value", put(f"{ITEM}/net_weight/value", 5)),
        ("json_value", f"{ITEM}/net_weight/value", put(f"{ITEM}/net_weight/value", "NaN")),
        ("json_value", f"{ITEM}/net_weight/value", put(f"{ITEM}/net_weight/value", "１２")),
        ("json_value", f"{ITEM}/descriptions/0", put(f"{ITEM}/descriptions/0/value", " ")),
        ("json_value", f"{ITEM}/descriptions/0/value", put(f"{ITEM}/descriptions/0/value", "\ud800")),
        ("json_value", f"{ITEM}/descriptions/0", put(f"{ITEM}/descriptions/0/language", "English")),
        ("json_type", f"{ITEM}/treatments/0/type_level_1", put(f"{ITEM}/treatments/0/type_level_1", {"value": "x"})),
        ("json_type", f"{ITEM}/treatments/0/type_level_1", put(f"{ITEM}/treatments/0/type_level_1", {})),
        ("json_value", "/exchanged_document/issued/on", put("/exchanged_document/issued/on", "2026-13-01")),
        ("json_value", "/exchanged_document/issued/at", put("/exchanged_document/issued/at", "2026-01-01T00:00:00")),
        ("json_value", "/exchanged_document/issued", put("/exchanged_document/issued/at", ...)),
        (
            "json_value",
            "/exchanged_document/references/0/attachments/0/content",
            put("/exchanged_document/references/0/attachments/0/content", "%%"),
        ),
        (
            "json_type",
            "/exchanged_document/has_financial_liability_clause",
            put("/exchanged_document/has_financial_liability_clause", "true"),
        ),
    ],
)
def test_a_wrong_part_is_refused_with_its_place(code: str, path: str, edit: Callable[[Any], None]) -> None:
    plain = json.loads(GOOD)
    edit(plain)
    if path == "/~0~1":
        plain["~/"] = plain.pop("x")
    with pytest.raises(FormatError) as refused:
        json_form.from_plain(plain)
    assert (refused.value.code, refused.value.path) == (code, path)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("json_syntax", ""),
        ("json_syntax", "{"),
        ("json_syntax", '{"kind": NaN}'),
        ("json_syntax", "1" * 5000),
        ("json_limits", "[" * 100_000),
        ("json_limits", " " * (json_form.MAX_CHARACTERS + 1)),
        ("json_duplicate", '{"kind":"OTHER","kind":"OTHER"}'),
        ("json_type", "null"),
        ("json_type", "[]"),
        ("json_member", "{}"),
    ],
)
def test_text_that_is_no_certificate_is_refused(code: str, text: str) -> None:
    with pytest.raises(FormatError) as refused:
        json_form.loads(text)
    assert refused.value.code == code


def test_a_syntax_error_tells_its_line() -> None:
    with pytest.raises(FormatError) as refused:
        json_form.loads('{\n\n"kind" 5}')
    assert refused.value.line == 3


def test_any_record_of_the_model_has_a_plain_form() -> None:
    assert json_form.to_plain(Text("a", "en")) == {"value": "a", "language": "en"}
    assert json_form.to_plain(CertificateKind.OTHER) == "OTHER"
