"""The description of the API on paper is that of the code, and what partners' programs rely on is kept."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
_spec = importlib.util.spec_from_file_location("api_description", ROOT / "tools" / "api_description.py")
assert _spec is not None
assert _spec.loader is not None
tool = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(tool)


@pytest.fixture(scope="module")
def description() -> Any:
    from opensps.web.rest.api import api  # noqa: PLC0415 Django's applications are loaded only now
    from opensps.web.rest.description import described  # noqa: PLC0415 as above

    return described(api)


def test_the_description_on_paper_is_that_of_the_code(description: Any) -> None:
    assert tool.DESCRIPTION.read_text(encoding="utf-8") == tool.text_of(description), "run tools/api_description.py"


def test_no_promise_is_broken_and_every_new_one_is_on_paper(description: Any) -> None:
    kept = set(tool.promises_of(description))
    assert tool.broken(tool.promised(), kept) == []
    assert kept - tool.promised() == set(), "run tools/api_description.py"


def test_a_broken_promise_is_found() -> None:
    old = {"GET /a\tanswer\t200 application/json.x string", "GET /a\tmay\tquery q", "POST /b\tmust\tbody x"}
    new = {"GET /a\tmay\tquery q", "GET /a\tmust\tquery z", "POST /c\tmust\tbody y"}
    assert tool.broken(old, new) == ["GET /a\tanswer\t200 application/json.x string", "GET /a\tmust\tquery z"]


def test_what_a_new_part_of_a_body_must_have_breaks_nothing() -> None:
    old = {"POST /b\tmay\tbody application/json object"}
    new = {*old, "POST /b\tmay\tbody application/json.new object", "POST /b\tmust\tbody application/json.new.x"}
    assert tool.broken(old, new) == []
    must = "POST /b\tmust\tbody application/json.y"
    assert tool.broken(old, {*old, must}) == [must]


def test_every_operation_says_its_scope_its_problems_and_what_it_is_for(description: Any) -> None:
    assert description["openapi"].startswith("3.1")
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            assert operation["security"] != [], path
            assert {"401", "403", "429", "500"} <= operation["responses"].keys(), (method, path)
            assert operation["summary"], path
            assert not any(name.startswith("x-") for name in operation), path


def test_the_description_is_plain_json_and_names_no_machine(description: Any) -> None:
    text = json.dumps(description)
    assert "localhost" not in text
    assert "127.0.0.1" not in text
