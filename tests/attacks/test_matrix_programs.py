"""The matrix of tenancy for programs of partners: every operation of REST and SOAP, taken from its description.

XC asks for everything of XB, and for the same under numbers nobody was given. The two answers are the same to the
letter, once the number asked for, ids of the answer and the hour are masked.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import transaction

from opensps.border.services.declaring import Claimed, declaration_declare
from opensps.certificate.numbers import IssuedNumber
from opensps.exchange.contracts.certificate_service import CERTIFICATE_SERVICE
from opensps.exchange.models import Envelope
from opensps.lifecycle import Role
from opensps.web.rest.api import api
from opensps.web.rest.description import described
from opensps.web.soap.callers import LIMITS
from tests.databases import Blocker
from tests.factories.certification import keys
from tests.factories.presenting import AT, actor
from tests.factories.rest import ApiVisitor, partner_of
from tests.factories.service_callers import (
    KEY_FILE,
    Program,
    Served,
    octets_of,
    plain,
    request_id,
    soap_partner,
)

MISSING_NUMBER = str(IssuedNumber("XA", 2026, "014", 7_654_321))
MISSING_DELIVERY = "01JD0000000000000000000009"
MISSING_ID = "00000000-0000-0000-0000-000000000000"
TEXT = [{"language": "en", "text": "Is it genuine?"}]
PUBLIC_OPERATIONS = {"/api/v1/partners", "/api/v1/partners/me", "/api/v1/code-lists", "/api/v1/code-lists/{name}"}
"""They say nothing of any certificate."""

MOVING = re.compile(
    r"[0-9a-f]{32,}|[0-9a-f]{12}\b|\b[0-9A-HJKMNP-TV-Z]{26}\b|20\d\d-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)|[A-Z]{2}-Q-20\d\d-\w+"
    r"|[0-9a-f]{8}-[0-9a-f-]{27}|nonce-[^']+|\"next_cursor\": ?\"[^\"]*\""
)
COUNTED = {"Content-Length", "X-Request-Id", "ETag", "Retry-After"}


@dataclass(frozen=True, slots=True)
class Theirs:
    """What XB has: name of a path parameter -> its value, beside the one nobody has."""

    served: Served
    known: dict[str, str]
    missing: dict[str, str]


@pytest.fixture(scope="module")
def theirs(django_db_setup: None, django_db_blocker: Blocker, tmp_path_factory: Any) -> Iterator[Theirs]:
    """Made once; what the module did is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("opensps.web.html.keys.trust_list", lambda: keys().trust)
        soap_partner("XB")
        soap_partner("XC")
        served = Served.made()
        yield _with_objects(served)
        transaction.set_rollback(True)


def _with_objects(served: Served) -> Theirs:
    owner, number = ApiVisitor.of(partner_of("XB"), name="xb-rest"), served.in_force.number
    check = owner.post("/checks", {"number": number}).json()
    opened = owner.post("/inquiries", {"number": number, "subject": "GENUINENESS", "priority": "ROUTINE", "text": TEXT})
    job = owner.post("/checks/batches", {"item": [{"number": number}]}).json()
    hook = owner.post("/webhook-endpoints", {"url": "https://hooks.xb.example/a", "events": ["certificate.issued"]})
    envelope = Envelope.objects.filter(direction="out", number=number, partner__code="XB").earliest("pk")
    known = {
        "number": number,
        "delivery_number": envelope.delivery_number,
        "check_number": check["check_number"],
        "inquiry_number": opened.json()["inquiry_number"],
        "job_id": job["id"],
        "endpoint_id": hook.json().get("id", MISSING_ID),
        "declaration_number": _declared(number),
    }
    missing = {
        "number": MISSING_NUMBER,
        "delivery_number": MISSING_DELIVERY,
        "check_number": "f" * 32,
        "inquiry_number": "XA-Q-2026-" + "0" * 10,
        "job_id": MISSING_ID if "-" in str(job["id"]) else "f" * len(str(job["id"])),
        "endpoint_id": MISSING_ID,
        "declaration_number": "26XA-0000-9999",
    }
    return Theirs(served, known, missing)


def _declared(number: str) -> str:
    """Let customs write down a declaration that claims the certificate; return its number."""
    item = Claimed(issuer="XA", number=number)
    made = declaration_declare(
        authority="XA",
        actor=actor("7", Role.CUSTOMS),
        declaration_number="26XA-0000-0001",
        direction="export",
        items=(item,),
        at=AT,
    )
    return made.declaration_number


@pytest.fixture(autouse=True)
def _installation(settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OPENSPS_EXCHANGE_KEY = tmp_path / "exchange.key"
    settings.OPENSPS_EXCHANGE_KEY.write_text(KEY_FILE)
    monkeypatch.setattr("opensps.web.html.keys.trust_list", lambda: keys().trust)
    LIMITS.forget()


@pytest.fixture
def other(theirs: Theirs, db: None) -> ApiVisitor:
    """A program of XC with every scope."""
    return ApiVisitor.of(partner_of("XC"), name="xc-rest")


BODIES: dict[str, Any] = {
    "/api/v1/checks": [{"number": "{number}"}, {"number": "{number}", "presentation": True, "location": "XCPRT"}],
    "/api/v1/checks/batches": [{"item": [{"number": "{number}"}]}],
    "/api/v1/outcomes": [{"number": "{number}", "outcome": "REJECTED", "decided_at": "2026-11-22T08:00:00Z"}],
    "/api/v1/inquiries": [
        {"number": "{number}", "subject": "GENUINENESS", "priority": "ROUTINE", "text": TEXT},
    ],
    "/api/v1/inquiries/{inquiry_number}/messages": [{"act": "SUPPLY", "text": TEXT}, {}],
    "/api/v1/acknowledgements": [
        {"item": [{"delivery_number": "{delivery_number}", "result": "RECEIVED"}]},
        {"acknowledgement": [{"delivery_number": "{delivery_number}", "result": "RECEIVED"}]},
        {},
    ],
    "/api/v1/envelopes/{delivery_number}/acknowledgement": [{"result": "RECEIVED"}, {}],
    "/api/v1/declarations": [
        {"declaration_number": "26XC-1", "direction": "EXPORT", "item": [{"issuer": "XA", "number": "{number}"}]},
    ],
    "/api/v1/declarations/{declaration_number}/acts": [{"act": "RELEASE"}, {}],
    "/api/v1/envelopes": [{}],
    "/api/v1/validations": [{}],
    "/api/v1/webhook-endpoints": [{}],
}
"""Operation with a body -> what is sent, with the names of what is asked for in braces."""


def operations() -> list[tuple[str, str]]:
    paths = described(api)["paths"]
    return sorted((path, method.upper()) for path, methods in paths.items() for method in methods)


def masked(response: Any, values: dict[str, str]) -> tuple[int, str]:
    """Return status and answer without what was asked for and what differs in any two answers."""
    data = b"".join(response) if response.streaming else response.content
    head = {name: text for name, text in response.items() if name not in COUNTED and not name.startswith("RateLimit")}
    said = json.dumps(head, sort_keys=True) + data.decode(errors="replace")
    for value in sorted(values.values(), key=len, reverse=True):
        said = said.replace(value, "ASKED")
    return response.status_code, MOVING.sub("…", said)


def ask(visitor: ApiVisitor, method: str, path: str, body: Any, values: dict[str, str]) -> tuple[int, str]:
    address = _filled(path.removeprefix("/api/v1"), values)
    if method == "GET":
        return masked(visitor.get(address), values)
    sent = json.loads(_filled(json.dumps(body), values)) if body is not None else None
    headers = {"If_Match": "*"} if method in {"PATCH", "DELETE", "PUT"} else {}
    return masked(visitor.send(method, address, sent, **headers), values)


def _apart(one: str, other: str) -> tuple[str, str]:
    """Return the two texts from where they part."""
    at = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), 0)
    return one[max(at - 30, 0) : at + 90], other[max(at - 30, 0) : at + 90]


def _filled(text: str, values: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda name: values.get(name[1], name[0]), text)


def test_every_operation_of_the_api_is_in_the_matrix(theirs: Theirs) -> None:
    """A new operation has to say what it may be asked for."""
    for path, method in operations():
        named = set(re.findall(r"\{(\w+)\}", path)) - {"name"}
        assert named <= theirs.known.keys(), path
        if method == "POST" and not named:
            assert path in BODIES, path


def test_rest_answers_about_what_is_anothers_and_what_is_not_there_are_the_same(
    theirs: Theirs, other: ApiVisitor
) -> None:
    told, asked = {}, 0
    for path, method in operations():
        if path in PUBLIC_OPERATIONS:
            continue
        for body in BODIES.get(path, [{}]):
            # the missing one first: what a question leaves behind may not show in the next answer either
            missing = ask(other, method, path, body, theirs.missing)
            foreign = ask(other, method, path, body, theirs.known)
            asked += 1
            if foreign != missing:
                told[f"{method} {path} {body}"] = _apart(foreign[1], missing[1])
            assert "{" in path or method != "GET" or foreign[0] == 200, (path, foreign)
            if method == "GET" and "{" in path:
                assert foreign[0] == 404, (path, foreign)
    assert told == {}
    assert asked >= 30


def test_rest_lists_and_searches_hold_nothing_of_others(theirs: Theirs, other: ApiVisitor) -> None:
    secrets = [value for name, value in theirs.known.items() if name != "job_id"]
    for path, method in operations():
        if method != "GET" or "{" in path:
            continue
        for query in ("", f"?number={theirs.known['number']}", "?limit=1000"):
            response = other.get(path.removeprefix("/api/v1") + query)
            found = (
                response.content.decode().replace(query.removeprefix("?number="), "ASKED")
                if query
                else (response.content.decode())
            )
            assert not [each for each in secrets if each in found], (path, query)


def test_the_owner_gets_what_the_other_does_not(theirs: Theirs) -> None:
    """Otherwise the matrix would compare refusals of everybody."""
    owner = ApiVisitor.of(partner_of("XB"), name="xb-rest-2")
    opened = [
        path
        for path, method in operations()
        if method == "GET" and ask(owner, method, path, None, theirs.known)[0] == 200
    ]
    assert {
        "/api/v1/certificates/{number}",
        "/api/v1/certificates/{number}/content",
        "/api/v1/checks/{check_number}",
        "/api/v1/envelopes/{delivery_number}",
        "/api/v1/inquiries/{inquiry_number}",
        "/api/v1/jobs/{job_id}",
    } <= set(opened)


CALLS: dict[str, list[str]] = {
    "ListCertificates": ["", "<number>{number}</number>"],
    "GetCertificate": ["<number>{number}</number>"],
    "VerifyCertificate": [
        "<number>{number}</number>",
        (
            "<requestId>{request}</requestId><number>{number}</number><presentation>true</presentation>"
            "<location>XCPRT</location>"
        ),
        (
            "<number>{number}</number><presentedField><name>net_weight</name><line>1</line><value>1 KGM</value>"
            "</presentedField>"
        ),
    ],
    "Acknowledge": [
        "<item><number>{number}</number><version>1</version><result>RECEIVED</result></item>",
        "<acknowledgement><deliveryNumber>{delivery_number}</deliveryNumber><result>RECEIVED</result></acknowledgement>",
    ],
    "SubmitOutcome": [
        (
            "<requestId>{request}</requestId><number>{number}</number><outcome>REJECTED</outcome>"
            "<decidedAt>2026-11-19T08:00:00Z</decidedAt>"
        )
    ],
    "OpenInquiry": [
        (
            "<requestId>{request}</requestId><act>OPEN</act><number>{number}</number><subject>GENUINENESS</subject>"
            '<priority>ROUTINE</priority><text languageID="en">Is it genuine?</text>'
        ),
        (
            "<requestId>{request}</requestId><act>SUPPLY</act><inquiryNumber>{inquiry_number}</inquiryNumber>"
            '<text languageID="en">Here it is.</text>'
        ),
    ],
    "GetInquiry": ["<inquiryNumber>{inquiry_number}</inquiryNumber>"],
}
"""Operation of the CertificateService -> what it may be asked about."""


def call(operation: str, inner: str, values: dict[str, str]) -> tuple[int, str]:
    said = _filled(inner, {**values, "request": request_id()})
    answer = Program("XC").post(plain(operation, said))
    text = octets_of(answer).decode()
    for value in sorted(values.values(), key=len, reverse=True):
        text = text.replace(value, "ASKED")
    return answer.status_code, MOVING.sub("…", text)


def test_every_operation_of_the_soap_service_is_in_the_matrix() -> None:
    assert {each.name for each in CERTIFICATE_SERVICE.operations} == CALLS.keys()


@pytest.mark.parametrize("operation", sorted(CALLS))
def test_soap_answers_about_what_is_anothers_and_what_is_not_there_are_the_same(
    theirs: Theirs, db: None, operation: str
) -> None:
    call(operation, CALLS[operation][0], theirs.missing)  # what was listed once is listed as told from then on
    for inner in CALLS[operation]:
        assert call(operation, inner, theirs.missing) == call(operation, inner, theirs.known), inner


def test_soap_lists_hold_nothing_of_others(theirs: Theirs, db: None) -> None:
    answer = octets_of(Program("XC").post(plain("ListCertificates"))).decode()
    assert theirs.served.not_theirs.number in answer
    assert theirs.served.in_force.number not in answer
