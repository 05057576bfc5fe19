"""The token endpoint as clients meet it: form in, JSON out, words of RFC 6749, nothing in addresses, nothing kept."""

import base64
import hashlib
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from opensps.exchange.client_assertions import TYPE
from opensps.exchange.models import CallCounter
from opensps.web.soap.identity import PORT_KEY
from tests.factories.client_certificates import client_identity, der_of
from tests.factories.rest import KeyClient, partner_of, registered, registered_secret

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


def post(fields: dict[str, str] | str, *, path: str = "/oauth2/token", **more: Any) -> Any:
    body = fields if isinstance(fields, str) else urlencode({"grant_type": "client_credentials", **fields})
    kind = more.pop("kind", FORM)
    return Client(raise_request_exception=False).generic("POST", path, body, kind, secure=True, **more)


def basic(name: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


def refused(response: Any, status: int, error: str) -> None:
    assert (response.status_code, response.json()["error"]) == (status, error)
    assert response.headers["Cache-Control"] == "no-store"


def test_a_statement_is_changed_into_a_token_that_opens_the_api() -> None:
    client = KeyClient.made(partner_of())
    response = post({"client_assertion_type": TYPE, "client_assertion": client.statement(), "scope": "envelopes:read"})
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    told = response.json()
    assert (told["token_type"], told["expires_in"], told["scope"]) == ("Bearer", 900, "envelopes:read")
    headers = {"Authorization": f"Bearer {told['access_token']}"}
    assert Client().get("/api/v1/envelopes", secure=True, headers=headers).status_code == 200
    assert Client().get("/api/v1/certificates", secure=True, headers=headers).status_code == 403


@pytest.mark.parametrize("audience", ["https://testserver", "https://testserver/oauth2/token"])
def test_a_statement_may_call_us_by_either_name(audience: str) -> None:
    client = KeyClient.made(partner_of())
    statement = client.statement(aud=audience)
    assert post({"client_assertion_type": TYPE, "client_assertion": statement}).status_code == 200
    refused(post({"client_assertion_type": TYPE, "client_assertion": statement}), 401, "invalid_client")


@pytest.mark.parametrize("name", ["xb\0", "xb\ud800", "x" * 201])
def test_a_statement_of_a_name_that_cannot_be_is_refused_and_no_error_of_ours(name: str) -> None:
    parts = ({"alg": "ES256"}, {"sub": name, "iss": name})
    begun = ".".join(base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=").decode() for each in parts)
    refused(post({"client_assertion_type": TYPE, "client_assertion": f"{begun}.AA"}), 401, "invalid_client")


def test_a_secret_stands_in_the_header_and_nowhere_else() -> None:
    secret = registered_secret(partner_of(), name="xb secret")
    assert post({}, headers=basic("xb+secret", secret)).status_code == 200
    refused(post({"client_id": "xb secret", "client_secret": secret}), 401, "invalid_client")
    refused(post({}, path=f"/oauth2/token?client_secret={secret}"), 400, "invalid_request")
    refused(post({"client_secret": secret}, headers=basic("xb+secret", secret)), 400, "invalid_request")
    wrong = post({}, headers=basic("xb+secret", secret + "x"))
    refused(wrong, 401, "invalid_client")
    assert wrong.headers["WWW-Authenticate"].startswith("Basic")


def test_a_token_got_with_a_client_certificate_works_with_it_alone() -> None:
    identity = client_identity()
    der = der_of(identity)
    sha256 = hashlib.sha256(der).hexdigest()
    registered(partner_of(), name="xb-tls", material=identity.certificate_pem.decode(), fingerprint=sha256)
    refused(post({"client_id": "xb-tls"}), 401, "invalid_client")
    token = post({"client_id": "xb-tls"}, **{PORT_KEY: der}).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    client = Client()
    assert client.get("/api/v1/partners", secure=True, headers=headers, **{PORT_KEY: der}).status_code == 200
    assert client.get("/api/v1/partners", secure=True, headers=headers).status_code == 401
    other = der_of(client_identity())
    assert client.get("/api/v1/partners", secure=True, headers=headers, **{PORT_KEY: other}).status_code == 401


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("grant_type=client_credentials&grant_type=client_credentials", FORM),
        ("grant_type=client_credentials&client_id=%00", FORM),
        ("grant_type=client_credentials&client_id=%ff", FORM),
        ("x=" + "y" * 20_000, FORM),
        ("&".join(f"a{number}=1" for number in range(30)), FORM),
        ("\xe4", FORM),
        ("{}", "application/json"),
        ("", FORM),
    ],
    ids=["twice", "zero", "not UTF-8", "large", "many", "not ASCII", "JSON", "empty"],
)
def test_what_is_no_form_is_refused(body: str, kind: str) -> None:
    refused(post(body, kind=kind), 400, "invalid_request")


@pytest.mark.parametrize("header", ["Basic !!!", "Bearer x", "Basic " + base64.b64encode(b"\xff:x").decode()])
def test_a_header_that_is_no_proof_is_refused(header: str) -> None:
    refused(post({}, headers={"Authorization": header}), 400, "invalid_request")


def test_another_grant_is_not_known() -> None:
    refused(post("grant_type=password&username=a&password=b"), 400, "unsupported_grant_type")


def test_a_network_that_tries_too_often_waits() -> None:
    post({"client_id": "nobody"})
    CallCounter.objects.update(calls=300)
    response = post({"client_id": "nobody"})
    while response.status_code == 401:  # a new minute began meanwhile
        CallCounter.objects.update(calls=300)
        response = post({"client_id": "nobody"})
    refused(response, 429, "temporarily_unavailable")
    assert int(response.headers["Retry-After"]) >= 1


def test_other_methods_are_problems_and_browsers_get_nothing() -> None:
    response = Client().get("/oauth2/token", secure=True)
    assert (response.status_code, response.json()["code"]) == (405, "METHOD_NOT_ALLOWED")


def test_the_endpoint_describes_itself(settings: Any) -> None:
    settings.OPENSPS_PARTNER_URL = "https://partner.testserver:8444"
    said = Client().get("/.well-known/oauth-authorization-server", secure=True).json()
    assert said["issuer"] == "https://testserver"
    assert said["token_endpoint"] == "https://testserver/oauth2/token"
    assert said["mtls_endpoint_aliases"]["token_endpoint"] == "https://partner.testserver:8444/oauth2/token"
    assert "client_secret_basic" not in said["token_endpoint_auth_methods_supported"]
    assert "none" not in said["token_endpoint_auth_signing_alg_values_supported"]
    settings.OPENSPS_DEMO = True
    said = Client().get("/.well-known/oauth-authorization-server", secure=True).json()
    assert "client_secret_basic" in said["token_endpoint_auth_methods_supported"]
