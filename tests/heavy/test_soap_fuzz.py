"""Mutated messages at the face of our hub: answered or refused in its own words, never an error nobody expected."""

import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory

from opensps.exchange.contracts.hub_records import content_of, header_of, record_of
from opensps.web.soap import hub
from opensps.web.soap.dispatcher import dispatch
from opensps.web.soap.face import Call, Face
from tests.heavy.test_fuzz import _mutated
from tests.integration.web_soap.contents import ESCAPED, NUMBER
from tests.integration.web_soap.hub_messages import call, deliver, message

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LIMIT_SECONDS = 2.0
MESSAGES = (
    deliver(ESCAPED, NPPOCertificateNumber=NUMBER),
    deliver(f"<![CDATA[{ESCAPED[:200]}]]>", "ValidateAndDeliverEnvelope", "envelope", hubDeliveryNumber="1"),
    deliver("QUJD", "DeliverPhytoEnvelope", "ePhytoEnvelope"),
    deliver(None, "SetTrackingInfoUpdate", "header", hubDeliveryNumber="1", HUBTrackingInfo="Delivered"),
    call("AcknowledgeFailedEnvelopeReceipt", hubTrackingNumber="1", message="no"),
    call("GetImportEnvelopeHeaders", countryCode="XC"),
    message("<e:GetProfile/>", header='<S:Header><a:b xmlns:a="urn:a" S:mustUnderstand="0"/></S:Header>'),
)


def _said_back(given: Call[Any]) -> dict[str, Any]:
    """Read what a handler would read, and answer with it; no database takes part."""
    for child in ("env", "envelope", "ePhytoEnvelope"):
        if child in given.record:
            content_of(given.record[child])
            return {f"{given.operation.name}Result": record_of(header_of(given.record[child]))}
    return {}


FACE: Face[Any] = replace(hub.FACE, admit=lambda _request, _at: None, answer=_said_back)


@pytest.mark.parametrize("seed", range(4))
def test_a_mutated_message_is_answered_or_refused(seed: int, heavy_count: Callable[[int], int], tmp_path: Path) -> None:
    choice = random.Random(seed)  # noqa: S311 the same every time
    for _ in range(heavy_count(50_000)):
        body = _mutated(choice.choice(MESSAGES), choice)
        media_type = choice.choice(("text/xml", "text/xml; charset=utf-16", "application/soap+xml", "", "text/xml;;="))
        began = time.perf_counter()
        response = dispatch(FACE, RequestFactory().generic("POST", "/hub/DeliveryService", body, media_type), at=NOW)
        taken = time.perf_counter() - began
        answer = b"".join(response)  # type: ignore[arg-type]  # every response is iterable
        if taken > LIMIT_SECONDS or response.status_code not in {200, 413, 415, 500} or b"internal error" in answer:
            (tmp_path / "found.xml").write_bytes(body)
            pytest.fail(f"{response.status_code} after {taken:.1f} s: {answer[:300]!r}, kept in {tmp_path}")
