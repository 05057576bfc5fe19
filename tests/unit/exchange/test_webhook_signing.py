"""Signatures of webhooks: the reference library believes ours, we believe its, and nobody believes a changed one."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
import standardwebhooks
from cryptography.hazmat.primitives.asymmetric import ed25519

from opensps.exchange.webhook_notices import (
    MOST_OCTETS,
    STEPS,
    SUBSCRIBABLE,
    Notice,
    Telling,
    body_of,
    next_telling,
)
from opensps.exchange.webhook_signing import (
    WebhookKey,
    WebhookKeyFault,
    WebhookNotProven,
    prove,
    signed_headers,
)

NOW = datetime.now(UTC)
BODY = '{"type":"envelope.waiting","data":{"number":"编号"}}'.encode()
SHARED, PAIR = WebhookKey("v1", bytes(range(32))), WebhookKey("v1a", bytes(range(1, 33)))


def headers(*keys: WebhookKey, body: bytes = BODY, at: datetime = NOW) -> dict[str, str]:
    return dict(signed_headers(message_id="msg_1", at=at, body=body, keys=keys))


def test_the_reference_library_believes_our_shared_secret() -> None:
    now = datetime.now(UTC)  # the library looks at the clock itself
    verifier = standardwebhooks.Webhook(SHARED.text)
    assert verifier.verify(BODY.decode(), headers(SHARED, at=now)) == json.loads(BODY)
    assert verifier.verify(BODY.decode(), headers(PAIR, SHARED, at=now)) == json.loads(BODY), (
        "beside others, while keys roll"
    )
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        verifier.verify(BODY.decode() + " ", headers(SHARED, at=now))
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(WebhookKey("v1", bytes(32)).text).verify(BODY.decode(), headers(SHARED, at=now))


def test_we_believe_the_reference_library() -> None:
    signature = standardwebhooks.Webhook(SHARED.text).sign("msg_1", NOW, BODY.decode())
    told = {"webhook-id": "msg_1", "webhook-timestamp": str(int(NOW.timestamp())), "webhook-signature": signature}
    assert prove(headers=told, body=BODY, keys=[SHARED.text], at=NOW) == "msg_1"


def test_the_pair_of_keys_is_ed25519_over_id_time_and_body() -> None:
    told = headers(PAIR)
    scheme, _, value = told["webhook-signature"].partition(",")
    assert scheme == "v1a"
    raw = base64.b64decode(PAIR.public.removeprefix("whpk_"))
    message = f"msg_1.{told['webhook-timestamp']}.".encode() + BODY
    ed25519.Ed25519PublicKey.from_public_bytes(raw).verify(base64.b64decode(value), message)
    assert prove(headers=told, body=BODY, keys=[PAIR.public], at=NOW) == "msg_1"
    assert SHARED.public == ""


@pytest.mark.parametrize("key", [SHARED, PAIR])
def test_a_key_is_read_as_it_is_written_and_never_shown_by_accident(key: WebhookKey) -> None:
    assert WebhookKey.read(key.text) == key
    assert base64.b64encode(key.secret).decode() not in repr(key)


@pytest.mark.parametrize("text", ["", "whsec_", "whsec_!!", "whsk_QQ==", "whpk_" + "A" * 43 + "=", "secret"])
def test_what_is_no_key_is_none(text: str) -> None:
    with pytest.raises(WebhookKeyFault):
        WebhookKey.read(text)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-timestamp": str(int(NOW.timestamp()) + 1)},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "9" * 30},
        {"webhook-signature": ""},
        {"webhook-signature": "v1a,AAAA"},
        {"webhook-signature": "v1,AAAA v2,BBBB"},
    ],
)
def test_a_changed_message_is_not_believed(change: dict[str, str]) -> None:
    with pytest.raises(WebhookNotProven):
        prove(headers={**headers(SHARED, PAIR), **change}, body=BODY, keys=[SHARED.text, PAIR.public], at=NOW)


def test_another_scheme_of_the_same_key_proves_nothing() -> None:
    with pytest.raises(WebhookNotProven):
        prove(headers=headers(SHARED), body=BODY, keys=[PAIR.public, "unknown"], at=NOW)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_or_early_message_is_not_believed(minutes: int) -> None:
    with pytest.raises(WebhookNotProven):
        prove(headers=headers(SHARED), body=BODY, keys=[SHARED.text], at=NOW + timedelta(minutes=minutes))


def test_the_schedule_is_that_of_the_contract_and_ends_after_about_76_hours() -> None:
    waits = [next_telling(tries=tries, at=NOW, spread=0) for tries in range(1, len(STEPS) + 2)]
    assert waits[-1] is None
    seconds = [int((due - NOW).total_seconds()) for due in waits if due is not None]
    assert seconds == [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
    assert 75 <= sum(seconds) / 3600 <= 77
    early, late = (next_telling(tries=1, at=NOW, spread=spread) for spread in (-1, 1))
    assert (early, late) == (NOW + timedelta(seconds=4), NOW + timedelta(seconds=6))
    assert next_telling(tries=1, at=NOW, spread=0, retry_after=timedelta(minutes=9)) == NOW + timedelta(minutes=9)


@pytest.mark.parametrize("as_cloudevent", [False, True])
def test_bodies_are_thin_and_say_type_time_and_identifiers(as_cloudevent: bool) -> None:
    telling = Telling(Notice.CERTIFICATE_ISSUED, "cause", NOW, {"number": "XA-1", "version": 1})
    said = json.loads(body_of(telling, message_id="msg_1", as_cloudevent=as_cloudevent))
    assert (said["type"], said["data"]) == ("certificate.issued", {"number": "XA-1", "version": 1})
    stamp = said["time" if as_cloudevent else "timestamp"]
    assert stamp.endswith("Z")
    assert abs(datetime.fromisoformat(stamp) - NOW) < timedelta(seconds=1)
    assert said.get("id", "msg_1") == "msg_1"
    assert len(json.dumps(said)) < MOST_OCTETS
    assert ("specversion" in said) is as_cloudevent


def test_nobody_subscribes_to_tests() -> None:
    assert Notice.TEST not in SUBSCRIBABLE
    assert len(set(SUBSCRIBABLE)) == len(Notice) - 1
