"""Times that callers give, wherever the description has one: text of RFC 3339 with an offset, and nothing else."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import pytest

from opensps.web.rest.api import api
from opensps.web.rest.description import described
from tests.factories.rest import ApiVisitor, partner_of

pytestmark = pytest.mark.django_db
NOT_TIMES = (
    "0", "1767225600", "1767225600.5", "-1", "2026-11-20", "2026-11-20T08:00:00", "2026-11-20T08:00Z",
    "2026-11-20 08:00:00Z", "2026-11-20T08:00:00 01:00", "2026-11-20T08:00:00+0100", "2026-11-20T08:00:00+24:00",
    "2026-02-30T08:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20T08:00:00,5Z", "20261120T080000Z", "today",
    "2026-11-20T08:00:00Z\n", "٢٠٢٦-11-20T08:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-05:00",
)  # fmt: skip
NOT_DAYS = ("0", "1767225600", "2026-11-20T00:00:00", "2026-11-20T00:00:00Z", "20261120", "2026-W47-5", "2026-02-30")
TIMES = (
    "2026-11-20T08:00:00Z", "2026-11-20t08:00:00.123456789z", "2026-11-20T09:30:00+05:30", "2026-11-20T08:00:00-00:00",
)  # fmt: skip
WRONG = (("date-time", NOT_TIMES, "TIME_MALFORMED"), ("date", NOT_DAYS, "DAY_MALFORMED"))
DESCRIPTION = described(api)


def forms(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield the formats a value may have."""
    for each in schema.get("anyOf", [schema]):
        yield each.get("format", "")


def asked(form: str) -> Iterator[tuple[str, str]]:
    """Yield path and name of every parameter of this format."""
    for path, operations in DESCRIPTION["paths"].items():
        for operation in operations.values():
            for each in operation["parameters"]:
                if form in forms(each["schema"]):
                    assert each["in"] == "query"
                    yield re.sub(r"\{\w+\}", "countries", path), each["name"]


def sent(form: str) -> Iterator[tuple[str, str, str]]:
    """Yield method, path and name of every member of a body that is of this format."""
    for path, operations in DESCRIPTION["paths"].items():
        for method, operation in operations.items():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                schema = DESCRIPTION["components"]["schemas"][content["schema"]["$ref"].rsplit("/", 1)[1]]
                for name, member in schema["properties"].items():
                    if form in forms(member):
                        yield method.upper(), path.replace("{endpoint_id}", "0" * 32), name


@pytest.fixture
def visitor() -> ApiVisitor:
    return ApiVisitor.of(partner_of())


def faults(response: Any) -> set[tuple[str, str]]:
    """Return place and word of what a problem document names."""
    document = json.loads(response.content)
    assert (response.status_code, document["code"]) == (422, "SCHEMA_INVALID"), document
    return {(each.get("parameter") or each["pointer"], each["code"]) for each in document["errors"]}


@pytest.mark.parametrize(("form", "wrong", "word"), WRONG)
def test_what_is_no_time_is_refused_in_an_address(
    visitor: ApiVisitor, form: str, wrong: tuple[str, ...], word: str
) -> None:
    places = sorted(asked(form))
    assert places, "the description has no such parameter"
    for path, name in places:
        for value in wrong:
            response = visitor.get(f"{path.removeprefix('/api/v1')}?{urlencode({name: value})}")
            assert faults(response) == {(name, word)}, (path, name, value)


def test_what_is_no_time_is_refused_in_a_body(visitor: ApiVisitor) -> None:
    places = sorted(sent("date-time"))
    assert places, "the description has no such member"
    for method, path, name in places:
        for value in (*NOT_TIMES, 0, 1_767_225_600, 1.5, True, [], {}):
            response = visitor.send(method, path.removeprefix("/api/v1"), {name: value}, Idempotency_Key="k")
            assert (f"/{name}", "TIME_MALFORMED") in faults(response), (path, name, value)


@pytest.mark.parametrize("value", TIMES)
def test_a_time_with_any_offset_is_understood(visitor: ApiVisitor, value: str) -> None:
    for path, name in sorted(asked("date-time")):
        response = visitor.get(f"{path.removeprefix('/api/v1')}?{urlencode({name: value})}")
        assert response.status_code == 200, (path, name, response.content)


def test_whoever_sends_no_time_is_told_how_one_is_written(visitor: ApiVisitor) -> None:
    (fault,) = visitor.get("/envelopes?updated_since=1767225600").json()["errors"]
    assert "2026-11-20T08:00:00Z" in fault["detail"]
