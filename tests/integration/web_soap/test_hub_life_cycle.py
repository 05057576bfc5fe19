"""The life of an envelope at our hub, as both sides see it (`exchange.md` 10).

However it is collected, whatever is said about it, once, twice, or by somebody else.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import product

import pytest
from django.db import transaction

from opensps.exchange.models import Delivery, PartnerConnection
from opensps.exchange.services.delivering import deliver_due
from opensps.exchange.transports.scripted import ScriptedTransport, TransportsByChannel
from tests.databases import Blocker
from tests.integration.web_soap.contents import CERTIFICATE, ESCAPED, NUMBER
from tests.integration.web_soap.hub_messages import HUB, call, deliver, fault, opened, values
from tests.integration.web_soap.participants import Caller, participant

XB, XC, XD = Caller("XB"), Caller("XC"), Caller("XD")
WORD = "HUBTrackingInfo"

SAYINGS = {
    "ack": ("AcknowledgeEnvelopeReceipt", {}, "Delivered"),
    "warning": ("AdvancedAcknowledgeEnvelopeReceipt", {"warningMessage": "odd"}, "DeliveredWithWarnings"),
    "failed": ("AcknowledgeFailedEnvelopeReceipt", {"message": "broken"}, "DeliveredNotReadable"),
    "none": ("", {}, "PendingDelivery"),
}


@pytest.fixture(scope="module")
def three(django_db_setup: None, django_db_blocker: Blocker) -> Iterator[None]:
    """XB sends, XC receives, XD has nothing to do with it."""
    with django_db_blocker.unblock(), transaction.atomic():
        for code in ("XB", "XC", "XD"):
            participant(code)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def sent(three: None, django_db_blocker: Blocker) -> Iterator[Callable[[], str]]:
    """Hands the certificate over from XB to XC and returns its number; rolled back afterwards."""

    def send() -> str:
        answer = XB(deliver(ESCAPED, "ValidateAndDeliverEnvelope", "envelope", NPPOCertificateNumber=NUMBER))
        word, number = values(answer.content, WORD, "hubDeliveryNumber")
        assert word == "PendingDelivery"
        return number or ""

    with django_db_blocker.unblock(), transaction.atomic():
        yield send
        transaction.set_rollback(True)


def _numbers(answer: bytes) -> list[str | None]:
    return [each.text for each in opened(answer).iter(f"{{{HUB}}}hubDeliveryNumber")]


def _listed(number: str) -> bytes:
    assert _numbers(XC(call("GetImportEnvelopeHeaders")).content) == [number]
    return _pulled(number)


def _pulled(number: str) -> bytes:
    answer = XC(call("PULLSingleImportEnvelope", hubTrackingNumber=number)).content
    return (values(answer, "Content")[0] or "").encode()


def _pulled_all(number: str) -> bytes:
    answer = XC(call("PULLImportEnvelope")).content
    assert _numbers(answer) == [number]
    return (values(answer, "Content")[0] or "").encode()


def _pushed(number: str) -> bytes:
    """Let the worker push what waits to the participant's own endpoint."""
    endpoint = ScriptedTransport()
    deliver_due(authority="XA", transports=TransportsByChannel((("hub", endpoint),)), clock=lambda: datetime.now(UTC))
    (outbound,) = endpoint.received
    assert outbound.delivery_number == number
    return outbound.content


WAYS: dict[str, Callable[[str], bytes]] = {
    "list": _listed,
    "pull": _pulled,
    "pull all": _pulled_all,
    "push": _pushed,
}


def _is_pushed(way: str) -> None:
    if way == "push":
        PartnerConnection.objects.filter(connection_code="XC").update(
            delivery=Delivery.PUSH.value, address="https://xc.example/nppo/DeliveryService"
        )


def _tracking(caller: Caller, number: str) -> str | None:
    return values(caller(call("GetEnvelopeTrackingInfo", hubTrackingNumber=number)).content, WORD)[0]


@pytest.mark.parametrize(("way", "said", "times"), [*product(WAYS, SAYINGS, ("once", "twice", "other participant"))])
def test_both_sides_see_what_the_addressee_said_first(
    sent: Callable[[], str], way: str, said: str, times: str, settings: object
) -> None:
    settings.OPENSPS_DEMO = True  # type: ignore[attr-defined]  # the made-up countries count
    _is_pushed(way)
    number = sent()
    assert WAYS[way](number) == CERTIFICATE
    operation, children, word = SAYINGS[said]
    if times == "other participant":
        word = "PendingDelivery"
    if operation:
        _say(operation, children, number, times)
    assert _tracking(XB, number) == _tracking(XC, number) == word
    assert _tracking(XD, number) == "EnvelopeNotExists"
    is_over = word != "PendingDelivery"
    assert _numbers(XC(call("GetImportEnvelopeHeaders")).content) == ([] if is_over else [number])
    assert _numbers(XB(call("GetUnderDeliveryEnvelope")).content) == ([] if is_over else [number])
    assert _numbers(XD(call("PULLImportEnvelope")).content) == []


def _say(operation: str, children: dict[str, str], number: str, times: str) -> None:
    """Say it, and say another thing again: the first word stays."""
    if times == "other participant":
        for stranger in (XB, XD):
            answer = stranger(call(operation, hubTrackingNumber=number, **children))
            assert (answer.status_code, fault(answer.content)[2]) == (500, "Envelope not found")
        return
    first = XC(call(operation, hubTrackingNumber=number, **children))
    assert (first.status_code, values(first.content, "return")) == (200, ["OK"] if children else [None])
    if times == "twice":
        again = XC(call("AcknowledgeFailedEnvelopeReceipt", hubTrackingNumber=number, message="changed my mind"))
        assert again.status_code == 200
        assert (values(again.content, "return")[0] or "").startswith("Already Delivered")


def test_an_identical_envelope_that_is_pending_keeps_its_number(sent: Callable[[], str], settings: object) -> None:
    settings.OPENSPS_DEMO = True  # type: ignore[attr-defined]  # the made-up countries count
    assert sent() == sent()


def test_what_was_collected_and_acknowledged_can_still_be_looked_at(sent: Callable[[], str], settings: object) -> None:
    settings.OPENSPS_DEMO = True  # type: ignore[attr-defined]  # the made-up countries count
    number = sent()
    XC(call("AcknowledgeEnvelopeReceipt", hubTrackingNumber=number))
    assert _pulled(number) == CERTIFICATE


def test_an_answer_of_the_importing_country_goes_back_to_the_sender(sent: Callable[[], str], settings: object) -> None:
    settings.OPENSPS_DEMO = True  # type: ignore[attr-defined]  # the made-up countries count
    sent()
    ack = "urn:un:unece:uncefact:data:standard:SPSAcknowledgement:17"
    ram = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:21"
    inner = (
        f'<a:SPSAcknowledgement xmlns:a="{ack}" xmlns:r="{ram}"><a:SPSAcknowledgementDocument>'
        "<r:IssueDateTime>2026-11-20T10:00:00Z</r:IssueDateTime><r:StatusCode>39</r:StatusCode>"
        "<r:ReasonInformation>Released</r:ReasonInformation><r:ReferenceSPSReferencedDocument><r:TypeCode>851</r:TypeCode>"
        f"<r:RelationshipTypeCode>CAW</r:RelationshipTypeCode><r:ID>{NUMBER}</r:ID></r:ReferenceSPSReferencedDocument>"
        "</a:SPSAcknowledgementDocument></a:SPSAcknowledgement>"
    )
    body = deliver(
        None,
        "DeliverCountryResponseEnvelope",
        "CountryResponseEnvelope",
        From="XC",
        To="XB",
        NPPOCertificateNumber=NUMBER,
        CertificateStatus="39",
    ).replace(b"</e:CountryResponseEnvelope>", f"{inner}</e:CountryResponseEnvelope>".encode())
    answer = XC(body).content
    assert values(answer, WORD, "hubDeliveryErrorMessage") == ["PendingDelivery", None]
    waiting = XB(call("PULLImportEnvelope")).content
    assert "SPSAcknowledgement" in (values(waiting, "Content")[0] or "")
