"""Our push endpoint: stored before it is answered, believed only from a hub that shows its certificate (2.3)."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

from opensps.exchange.contracts.hub import CONTRACT
from opensps.exchange.models import Decision, PartnerConnection, ReceivedMessage
from opensps.exchange.services.messages import messages_purge
from opensps.exchange.transports import Channel
from opensps.web.soap import nppo
from tests.factories.client_certificates import client_identity, der_of
from tests.factories.partners import confirmed_key, connect, make_partner
from tests.integration.web_soap.hub_messages import Validator, call, deliver, fault, opened, values

pytestmark = pytest.mark.django_db
ADDRESS = "/nppo/DeliveryService"
HUB_KEY = der_of(client_identity("hub.example"))
CONTENT = "<?xml version='1.0' encoding='UTF-8'?><a>Grüße &amp; 大蒜</a>"


@pytest.fixture
def hub() -> PartnerConnection:
    """Our connection to a hub that shows its certificate when it pushes."""
    partner = make_partner("XB")
    connection = connect(partner, Channel.HUB, address="https://hub.example/hub/DeliveryService")
    confirmed_key(partner, connection_id=connection.pk, fingerprint=hashlib.sha256(HUB_KEY).hexdigest())
    type(partner).objects.filter(pk=partner.pk).update(state="live")
    return connection


def push(body: bytes, *, certificate: bytes | None = HUB_KEY, **extra: Any) -> Any:
    shown = {} if certificate is None else {"opensps.client_certificate": certificate}
    return Client().post(ADDRESS, body, content_type="text/xml", secure=True, **shown, **extra)


def pushed(**changes: str) -> bytes:
    return deliver(escape(CONTENT), To="XA", hubDeliveryNumber="HUB-1", HUBTrackingInfo="PendingDelivery", **changes)


def test_a_push_of_a_known_hub_is_stored_and_answered_with_its_header(hub: PartnerConnection, reference: Path) -> None:
    response = push(pushed())
    assert response.status_code == 200
    Validator(reference).check(response.content)
    assert values(response.content, "From", "To", "hubDeliveryNumber", "Content") == ["XB", "XA", "HUB-1", None]
    stored = ReceivedMessage.objects.get()
    assert bytes(stored.raw or b"").decode() == CONTENT
    assert (stored.decision, stored.connection, stored.message_key) == (Decision.ARRIVED, hub, "HUB-1")
    assert stored.peer == hashlib.sha256(HUB_KEY).hexdigest()
    assert stored.facts["header"]["number"] == "XB-2026-1"


def test_the_same_push_again_gets_the_same_answer_and_nothing_new(hub: PartnerConnection) -> None:
    first, second = push(pushed()), push(pushed())
    assert first.content == second.content
    assert ReceivedMessage.objects.count() == 1
    push(deliver("other", To="XA", hubDeliveryNumber="HUB-1"))
    assert ReceivedMessage.objects.count() == 2


@pytest.mark.parametrize("certificate", [None, der_of(client_identity("stranger"))])
def test_a_push_by_anybody_else_is_only_a_hint(hub: PartnerConnection, certificate: bytes | None) -> None:
    assert push(pushed(), certificate=certificate).status_code == 200
    stored = ReceivedMessage.objects.get()
    assert (stored.decision, stored.connection, stored.due_at) == (Decision.HINT, None, None)


def test_an_unproven_push_without_a_number_is_a_fault_and_leaves_nothing(hub: PartnerConnection) -> None:
    response = push(deliver(escape(CONTENT)), certificate=None)
    assert response.status_code == 500
    code, text, _detail = fault(response.content)
    assert (code, "hubDeliveryNumber is missing" in text) == ("Client", True)
    assert not ReceivedMessage.objects.exists()


def test_a_known_hub_that_forgets_the_number_is_set_aside_for_people(hub: PartnerConnection) -> None:
    assert push(deliver(None, "SetTrackingInfoUpdate", "header", HUBTrackingInfo="Delivered")).status_code == 200
    stored = ReceivedMessage.objects.get()
    assert (stored.decision, stored.reason) == (Decision.QUARANTINED, "NO_NUMBER")


@pytest.mark.parametrize("certificate", [None, HUB_KEY])
def test_a_number_no_column_can_hold_is_a_fault(hub: PartnerConnection, certificate: bytes | None) -> None:
    response = push(deliver(escape(CONTENT), To="XA", hubDeliveryNumber="9" * 301), certificate=certificate)
    assert fault(response.content)[0] == "Client"
    assert not ReceivedMessage.objects.exists()
    assert push(deliver("a", To="XA", hubDeliveryNumber="9" * 300), certificate=certificate).status_code == 200


def test_of_a_hint_only_size_digest_and_short_header_texts_stay(hub: PartnerConnection) -> None:
    body = deliver(escape(CONTENT), To="XA", hubDeliveryNumber="HUB-1", hubDeliveryErrorMessage="e" * 100_000)
    assert push(body, certificate=None).status_code == 200
    stored = ReceivedMessage.objects.get()
    content = CONTENT.encode()
    assert bytes(stored.raw or b"") == b""
    assert (stored.size_bytes, stored.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert len(json.dumps(stored.facts)) < 2_000
    assert push(body, certificate=None).status_code == 200
    assert ReceivedMessage.objects.count() == 1


def test_the_smaller_limit_for_strangers_holds_for_chunks_without_a_length(
    hub: PartnerConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nppo, "MOST_OF_A_STRANGER", 2_000)
    body = deliver("a" * 4_000, To="XA", hubDeliveryNumber="HUB-1")
    chunked: dict[str, Any] = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": BytesIO(body)}
    assert push(body, certificate=None, **chunked).status_code == 413
    assert not ReceivedMessage.objects.exists()
    assert push(body, **{**chunked, "wsgi.input": BytesIO(body)}).status_code == 200


def test_hints_lose_their_bytes_after_a_week_and_proven_pushes_do_not(hub: PartnerConnection) -> None:
    push(pushed(), certificate=None)
    push(pushed())
    arrived = ReceivedMessage.objects.latest("received_at").received_at
    assert messages_purge(authority="XA", at=arrived + timedelta(days=6)) == 0
    assert messages_purge(authority="XA", at=arrived + timedelta(days=8)) == 1
    assert ReceivedMessage.objects.get(raw__isnull=True).decision == Decision.HINT


def test_where_every_hub_shows_its_certificate_strangers_are_turned_away(hub: PartnerConnection) -> None:
    PartnerConnection.objects.update(options={"push_requires_certificate": True})
    assert push(pushed(), certificate=None).status_code == 403
    assert push(pushed()).status_code == 200


def test_who_uses_no_hub_takes_no_push(db: None) -> None:
    assert push(pushed(), certificate=None).status_code == 403


def test_strangers_cannot_fill_our_disk(hub: PartnerConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nppo, "HINTS_A_MINUTE", 2)
    assert push(pushed(), certificate=None).status_code == 200
    assert bytes(ReceivedMessage.objects.get().raw or b"") == b""
    assert ReceivedMessage.objects.get().facts["size_bytes"] == len(CONTENT.encode())
    assert push(pushed(), certificate=None, CONTENT_LENGTH="30000000").status_code == 413
    assert push(pushed(), certificate=None).status_code == 200
    refused = push(pushed(), certificate=None)
    assert (refused.status_code, refused.headers["Retry-After"].isdecimal()) == (503, True)


def test_what_became_of_an_envelope_is_a_hint_too(hub: PartnerConnection) -> None:
    body = deliver(None, "SetTrackingInfoUpdate", "header", hubDeliveryNumber="HUB-1", HUBTrackingInfo="Delivered")
    response = push(body)
    assert (response.status_code, opened(response.content).tag) == (
        200,
        "{http://ephyto.ippc.int/}SetTrackingInfoUpdateResponse",
    )
    stored = ReceivedMessage.objects.get()
    assert (stored.decision, stored.facts["header"]["tracking"]) == (Decision.HINT, "Delivered")


OTHERS = sorted(
    each.name for each in CONTRACT.operations if each.name not in {"DeliverEnvelope", "SetTrackingInfoUpdate"}
)


def test_the_other_25_operations_are_not_offered(hub: PartnerConnection, reference: Path) -> None:
    assert len(OTHERS) == 25
    for name in OTHERS:
        body = (reference / "hub" / "requests" / f"{name}.request.xml").read_bytes()
        response = push(body)
        assert response.status_code == 500
        assert fault(response.content) == ("Client", "operation not offered here", "operation not offered here")


def test_storage_that_fails_is_a_fault_without_detail_so_that_the_hub_pushes_again(
    hub: PartnerConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_given: Any) -> Callable[..., Any]:
        raise DatabaseError("disk full")

    monkeypatch.setattr(nppo, "message_receive", full)
    response = push(pushed())
    assert response.status_code == 500
    code, text, detail = fault(response.content)
    assert (code, detail) == ("Server", None)
    assert "reference" in text
    assert "disk" not in text


def test_the_contract_is_served_with_our_address(db: None) -> None:
    response = Client().get(f"{ADDRESS}?wsdl", secure=True)
    assert response.status_code == 200
    assert b'location="https://testserver/nppo/DeliveryService"' in response.content


def test_other_methods_get_no_page(db: None) -> None:
    response = Client().get(ADDRESS, secure=True)
    assert (response.status_code, response.headers["Content-Type"]) == (405, "text/plain; charset=utf-8")


def test_an_unknown_operation_is_named(hub: PartnerConnection) -> None:
    assert fault(push(call("PutEnvelope")).content)[2] == "there is no operation PutEnvelope in this namespace"
