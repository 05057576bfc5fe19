"""Every operation of the API, taken from its description: closed to strangers, to other scopes, and in its manners."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from opensps.exchange.queries.clients import SCOPES
from opensps.web.rest.api import api
from opensps.web.rest.description import described
from tests.factories.rest import ApiVisitor, partner_of

pytestmark = pytest.mark.django_db
VALUES = {"endpoint_id": "00000000-0000-0000-0000-000000000000"}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described(api)["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), re.sub(r"\{(\w+)\}", lambda name: VALUES.get(name[1], "nothing"), path), operation


ALL = sorted(operations(), key=lambda each: each[:2])
IDS = [f"{method} {path}" for method, path, _ in ALL]


def call(method: str, path: str, token: str = "", **headers: str) -> Any:
    fields = {"Authorization": f"Bearer {token}"} if token else {}
    given = {**fields, **{name.replace("_", "-"): value for name, value in headers.items()}}
    client = Client(raise_request_exception=False)
    return client.generic(method, path, b"", "application/json", secure=True, headers=given)


@pytest.mark.parametrize(("method", "path", "operation"), ALL, ids=IDS)
def test_nobody_enters_without_a_token(method: str, path: str, operation: Any) -> None:
    response = call(method, path)
    assert (response.status_code, response.json()["code"]) == (401, "CREDENTIAL_MISSING")
    assert response.headers["WWW-Authenticate"]


def test_every_operation_but_the_code_lists_asks_for_its_scope() -> None:
    partner = partner_of()
    for method, path, operation in ALL:
        (needed,) = operation["security"]
        others = tuple(scope for scope in SCOPES if scope not in needed["OAuth2"])
        if not needed["OAuth2"]:
            assert "/code-lists" in path
            continue
        visitor = ApiVisitor.of(partner, name="narrow", scopes=others)
        response = call(method, path, visitor.token)
        assert (response.status_code, response.json()["code"]) == (403, "SCOPE_MISSING"), (method, path)


def test_what_the_caller_does_not_have_is_not_found_or_faulty_and_never_ours() -> None:
    token = ApiVisitor.of(partner_of()).token
    for method, path, operation in ALL:
        response = call(method, path, token, Idempotency_Key="key-number-1", If_Match="*")
        assert str(response.status_code) in operation["responses"], (method, path, response.content)
        assert response.status_code < 500, (method, path)
        if response.status_code >= 400:
            assert response.headers["Content-Type"] == "application/problem+json"
            assert json.loads(response.content)["trace_id"]


def test_what_creates_asks_for_a_key_and_what_changes_for_a_version() -> None:
    for method, path, operation in ALL:
        headers = {each["name"] for each in operation["parameters"] if each["in"] == "header"}
        if method in ("PATCH", "PUT", "DELETE"):
            assert headers == {"If-Match"}, path
        if method == "POST" and {"201", "202"} & operation["responses"].keys():
            assert headers == {"Idempotency-Key"}, path


def test_the_root_of_the_api_is_nothing() -> None:
    assert call("GET", "/api/v1/").json()["code"] == "NOT_FOUND"
