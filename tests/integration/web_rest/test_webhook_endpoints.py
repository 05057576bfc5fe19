"""Webhook endpoints over the API: set up, changed by who read them, tried, told again; theirs alone."""

import base64
import secrets
from pathlib import Path
from typing import Any

import pytest

from opensps.exchange.models import RequestKey, WebhookEndpoint, WebhookMessage
from opensps.exchange.webhook_notices import SUBSCRIBABLE
from opensps.web.rest.forms.webhooks import EventType
from tests.factories.rest import ApiVisitor, partner_of

pytestmark = pytest.mark.django_db
URL = "https://receiver.example/hook"
BASE = "/webhook-endpoints"


@pytest.fixture(autouse=True)
def _key(settings: Any, tmp_path: Path) -> None:
    path = tmp_path / "exchange.key"
    path.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
    settings.OPENSPS_EXCHANGE_KEY = path


@pytest.fixture
def visitor() -> ApiVisitor:
    return ApiVisitor.of(partner_of())


def made(visitor: ApiVisitor, **parts: Any) -> dict[str, Any]:
    response = visitor.post(BASE, {"url": URL, **parts})
    assert response.status_code == 201, response.content
    shown: dict[str, Any] = {**response.json(), "etag": response.headers["ETag"]}
    assert response.headers["Location"] == f"/api/v1{BASE}/{shown['id']}"
    return shown


def test_a_new_endpoint_tells_its_secret_once(visitor: ApiVisitor) -> None:
    shared = made(visitor, signature="v1", events=["envelope.waiting"], description="ours")
    assert shared["secret"].startswith("whsec_")
    pair = made(visitor)
    assert pair["public_key"].startswith("whpk_")
    assert "secret" not in pair
    listed = visitor.get(BASE)
    assert [each["id"] for each in listed.json()["data"]] == [shared["id"], pair["id"]]
    assert b"whsec_" not in listed.content
    assert b"whsec_" not in visitor.get(f"{BASE}/{shared['id']}").content


def test_a_repeat_of_its_creation_tells_the_same_again_and_makes_no_second(visitor: ApiVisitor) -> None:
    one, two = (visitor.post(BASE, {"url": URL}, Idempotency_Key="key-number-1") for _ in range(2))
    assert one.content == two.content
    assert WebhookEndpoint.objects.count() == 1


def test_a_shared_secret_is_not_kept_with_the_answer(visitor: ApiVisitor) -> None:
    """Answers are kept for 90 days; whoever reads that table must not be able to sign as we do."""
    asked = {"url": URL, "signature": "v1"}
    first, again = (visitor.post(BASE, asked, Idempotency_Key="key-number-2") for _ in range(2))
    told = first.json()
    assert told.pop("secret").startswith("whsec_")
    assert again.json() == told
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert b"whsec_" not in bytes(RequestKey.objects.get().answer or b"")


@pytest.mark.parametrize(
    "url",
    [
        "http://receiver.example/",
        "https://user@receiver.example/",
        "https://",
        "ftp://x",
        "https://a b/",
        "https://x/#y",
    ],
)
def test_an_address_that_is_not_plainly_https_is_refused(visitor: ApiVisitor, url: str) -> None:
    response = visitor.post(BASE, {"url": url})
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/url"


def test_a_change_names_the_version_it_changes(visitor: ApiVisitor) -> None:
    one = made(visitor)
    here = f"{BASE}/{one['id']}"
    assert visitor.send("PATCH", here, {"description": "x"}).json()["code"] == "PRECONDITION_REQUIRED"
    changed = visitor.send("PATCH", here, {"events": ["envelope.waiting"]}, If_Match=one["etag"])
    assert changed.status_code == 200
    assert (changed.json()["events"], changed.json()["url"]) == (["envelope.waiting"], URL)
    stale = visitor.send("PATCH", here, {"description": "x"}, If_Match=one["etag"])
    assert (stale.status_code, stale.json()["code"]) == (412, "PRECONDITION_FAILED")
    assert visitor.get(here, If_None_Match=changed.headers["ETag"]).status_code == 304
    assert visitor.send("DELETE", here, If_Match=one["etag"]).status_code == 412
    assert visitor.send("DELETE", here).status_code == 428
    assert visitor.send("DELETE", here, If_Match=changed.headers["ETag"]).status_code == 204
    assert visitor.get(here).status_code == 404
    assert visitor.send("DELETE", here, If_Match="*").status_code == 404


def test_a_new_key_is_told_once_and_the_earlier_one_stays_for_a_day(visitor: ApiVisitor) -> None:
    one = made(visitor, signature="v1")
    changed = visitor.send("PATCH", f"{BASE}/{one['id']}", {"new_key": True}, If_Match=one["etag"]).json()
    assert changed["secret"].startswith("whsec_")
    assert changed["secret"] != one["secret"]
    assert WebhookEndpoint.objects.get().earlier_until is not None


def test_switched_off_and_on_again_it_begins_anew(visitor: ApiVisitor) -> None:
    one = made(visitor)
    here = f"{BASE}/{one['id']}"
    off = visitor.send("PATCH", here, {"is_active": False}, If_Match=one["etag"])
    assert (off.json()["is_active"], off.json()["disabled_reason"]) == (False, "by_partner")
    assert visitor.post(f"{here}/test").json()["code"] == "STATE_CONFLICT"
    on = visitor.send("PATCH", here, {"is_active": True}, If_Match=off.headers["ETag"])
    assert on.json()["is_active"] is True
    assert "disabled_reason" not in on.json()


def test_it_is_tried_told_again_and_its_attempts_are_shown(visitor: ApiVisitor) -> None:
    here = f"{BASE}/{made(visitor)['id']}"
    tried = visitor.post(f"{here}/test")
    assert tried.status_code == 202
    WebhookMessage.objects.update(state="failed", due_at=None)
    again = visitor.post(f"{here}/replay", {"message_id": tried.json()["message_id"]})
    assert (again.status_code, again.json()["messages"]) == (202, 1)
    assert visitor.post(f"{here}/replay", {"since": "2020-01-01T00:00:00Z"}).json()["messages"] == 1
    assert visitor.post(f"{here}/replay", {"message_id": "msg_nothing"}).status_code == 404
    assert visitor.post(f"{here}/replay", {}).status_code == 422
    assert visitor.get(f"{here}/attempts").json()["data"] == []
    assert WebhookMessage.objects.get().state == "pending"


def test_endpoints_of_others_are_as_if_they_were_not_there(visitor: ApiVisitor) -> None:
    here = f"{BASE}/{made(visitor)['id']}"
    stranger = ApiVisitor.of(partner_of("XC"), name="xc-system")
    assert stranger.get(BASE).json()["data"] == []
    answers = [
        stranger.get(here),
        stranger.get(f"{here}/attempts"),
        stranger.post(f"{here}/test"),
        stranger.post(f"{here}/replay", {"since": "2020-01-01T00:00:00Z"}),
        stranger.send("PATCH", here, {"is_active": False}, If_Match="*"),
        stranger.send("DELETE", here, If_Match="*"),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert WebhookEndpoint.objects.get().is_active


def test_one_partner_has_twenty_and_no_more(visitor: ApiVisitor) -> None:
    for _ in range(20):
        made(visitor)
    assert visitor.post(BASE, {"url": URL}).json()["code"] == "STATE_CONFLICT"
    assert made(ApiVisitor.of(partner_of("XC"), name="xc-system"))


def test_without_a_key_that_protects_secrets_none_is_kept(visitor: ApiVisitor, settings: Any) -> None:
    settings.OPENSPS_EXCHANGE_KEY = None
    response = visitor.post(BASE, {"url": URL})
    assert (response.status_code, response.json()["code"]) == (501, "NOT_OFFERED")


def test_the_types_of_the_interface_are_those_that_are_told() -> None:
    assert set(EventType.__args__) == set(SUBSCRIBABLE)  # type: ignore[attr-defined]  # of a Literal
