"""Every reference request is answered by our hub, and the raw answer is valid against the reference schema (10)."""

from pathlib import Path

import pytest

from opensps.exchange.contracts.hub import CONTRACT
from opensps.exchange.models import ChannelRule, CredentialUse, Partner
from tests.factories.partners import START, confirmed_key
from tests.integration.web_soap.hub_messages import EPH, Validator, call, deliver, fault, opened, values
from tests.integration.web_soap.participants import Caller, identity
from tests.needs import REFERENCE

pytestmark = pytest.mark.needs("reference")
REQUESTS = sorted(
    path for folder in ("requests", "requests-ws-addressing") for path in (REFERENCE / "hub" / folder).glob("*.xml")
)
NOT_FOUND = {
    "AcknowledgeEnvelopeReceipt",
    "AcknowledgeFailedEnvelopeReceipt",
    "AdvancedAcknowledgeEnvelopeReceipt",
    "SetTrackingInfoUpdate",
}
"""They speak of an envelope that is not there."""


@pytest.fixture(scope="module")
def schema(reference: Path) -> Validator:
    return Validator(reference)


@pytest.mark.parametrize("path", REQUESTS, ids=lambda path: f"{path.parent.name}/{path.name.partition('.')[0]}")
def test_a_reference_request_gets_a_valid_answer(path: Path, schema: Validator, hub: Caller) -> None:
    name = path.name.partition(".")[0]
    response = hub(path.read_bytes())
    schema.check(response.content)
    assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
    if name in NOT_FOUND:
        assert (response.status_code, fault(response.content)[2]) == (500, "Envelope not found")
    else:
        assert response.status_code == 200
        assert opened(response.content).tag == f"{{{EPH}}}{name}Response"


def test_there_is_a_request_for_each_operation() -> None:
    assert {path.name.partition(".")[0] for path in REQUESTS} == CONTRACT.by_name.keys()
    assert len(REQUESTS) == 30


def test_a_header_that_says_somebody_else_sends_is_refused_in_a_normal_answer(hub: Caller) -> None:
    response = hub((REFERENCE / "hub" / "requests" / "DeliverEnvelope.request.xml").read_bytes())
    assert response.status_code == 200
    assert values(response.content, "HUBTrackingInfo", "hubDeliveryErrorMessage") == [
        "FailedDelivery",
        "From is NO, the caller is XB",
    ]


def test_who_shows_no_certificate_is_turned_away(hub: Caller) -> None:
    response = Caller("")(call("GetProfile"))
    assert (response.status_code, response.content) == (403, b"A client certificate is needed.\n")


def test_an_unknown_certificate_gets_the_fault_every_client_knows(hub: Caller, schema: Validator) -> None:
    response = Caller("XD")(call("GetProfile"))
    said = "NPPO from client certificate not found"
    assert (response.status_code, fault(response.content)) == (500, ("Server", said, said))
    schema.check(response.content)


def test_a_profile_shows_what_is_taken_who_else_receives_and_the_key_that_signs(hub: Caller, schema: Validator) -> None:
    partner = Partner.objects.get(code="XB")
    pem = identity("XB").certificate_pem.decode()
    confirmed_key(partner, use=CredentialUse.CERTIFICATE_SIGNER, fingerprint="f" * 64, material=pem)
    ChannelRule.objects.create(
        authority="XA",
        partner=partner,
        number=7,
        rule_type="FORWARD",
        direction="INC",
        country="XC",
        target="XC",
        valid_from=START,
    )
    answer = hub(call("GetProfile")).content
    schema.check(answer)
    profile = opened(answer)
    assert values(answer, "Country", "Receive", "Send", "dn") == ["XB", "PULL", "PUSH", "CN=xb.example"]
    rule = profile.find(".//{*}ChannelRule")
    assert rule is not None
    assert dict(rule.attrib) == {
        "id": "7",
        "active": "true",
        "ruleType": "FORWARD",
        "certificateType": "0",
        "certificateStatus": "0",
        "countryCode": "XC",
        "direction": "INC",
    }
    taken = {each.get("number") for each in profile.iterfind(".//certificateType")}
    assert {"851", "657"} <= taken


def test_a_signing_certificate_that_cannot_be_read_is_not_shown(hub: Caller, schema: Validator) -> None:
    partner = Partner.objects.get(code="XB")
    confirmed_key(partner, use=CredentialUse.CERTIFICATE_SIGNER, fingerprint="e" * 64, material="no certificate")
    answer = hub(call("GetProfile")).content
    schema.check(answer)
    assert values(answer, "dn") == [None]


def test_a_status_update_with_a_word_that_is_no_acknowledgement_is_refused(hub: Caller) -> None:
    body = deliver(None, "SetTrackingInfoUpdate", "header", hubDeliveryNumber="1", HUBTrackingInfo="Lost")
    assert fault(hub(body).content)[2] == "this is not allowed here"
