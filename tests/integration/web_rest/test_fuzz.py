"""The API under made-up requests, good and bad: whatever comes, the answer is one that the description promises.

The requests are the same in every run, so that none fails by luck; `make nightly` searches for new ones (the profile
of hypothesis that ``OPENSPS_HYPOTHESIS`` names).
"""

from collections.abc import Callable, Iterator
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS

from opensps.exchange.secrets import new_key_text
from opensps.exchange.services.limits import Allowance
from opensps.web.rest.api import api
from opensps.web.rest.description import described
from tests.factories.rest import ApiVisitor, partner_of, waiting_envelope

pytestmark = [pytest.mark.django_db, pytest.mark.engine("sqlite")]  # what is looked at is the answer, not the database
USUAL = 3
"""Requests per operation and kind in `make test`; the heavy run makes many."""

NAMES = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
)


@cache
def schema() -> Any:
    loaded = schemathesis.openapi.from_dict(dict(described(api)))
    loaded.app = WSGIHandler()
    return loaded


def operations() -> dict[str, Any]:
    found = {}
    for each in schema().get_all_operations():
        operation = each.ok()
        found[f"{operation.method.upper()} {operation.path}"] = operation
    return found


def kinds() -> Iterator[tuple[str, GenerationMode]]:
    """Yield every operation with good requests, and with bad ones where a request of it can be bad at all."""
    for name, operation in sorted(operations().items()):
        yield name, GenerationMode.POSITIVE
        if operation.body or operation.query or "endpoint_id" in name:
            yield name, GenerationMode.NEGATIVE


KINDS = tuple(kinds())
IDS = [f"{mode.value} {name}" for name, mode in KINDS]


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Let the connection of the test's transaction stay open between requests, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def token(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A token for everything, that is never used up."""

    def never(*, limit: int, **_: Any) -> Allowance:
        return Allowance(limit, limit - 1, 60)

    monkeypatch.setattr("opensps.web.rest.calling.call_counted", never)
    settings.OPENSPS_DEMO = True
    settings.OPENSPS_EXCHANGE_KEY = tmp_path / "exchange.key"
    settings.OPENSPS_EXCHANGE_KEY.write_text(new_key_text(bytes(32)))
    partner = partner_of()
    waiting_envelope(partner)
    return ApiVisitor.of(partner).token


def fuzzed(name: str, mode: GenerationMode, token: str, *, count: int) -> None:
    """Send made-up requests to one operation and hold every answer to the description."""
    operation = operations()[name]
    checks = CHECKS.get_by_names(list(NAMES))
    of_unread = CHECKS.get_by_names([name for name in NAMES if name != "negative_data_rejection"])

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        response = case.call(base_url="https://testserver", headers=headers)
        # What is too long to be read was refused before anybody could judge it.
        unread = response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        case.validate_response(response, checks=of_unread if unread else checks, headers=headers)

    send()


@pytest.mark.parametrize(("name", "mode"), KINDS, ids=IDS)
def test_every_answer_is_one_that_was_promised(name: str, mode: GenerationMode, token: str) -> None:
    fuzzed(name, mode, token, count=USUAL)


@pytest.mark.heavy
@pytest.mark.parametrize(("name", "mode"), KINDS, ids=IDS)
def test_every_answer_of_many_is_one_that_was_promised(
    name: str, mode: GenerationMode, token: str, heavy_count: Callable[[int], int]
) -> None:
    fuzzed(name, mode, token, count=heavy_count(1_000))
