"""What is taken as the public part of a key, and which keys a connection lives by."""

import json

import pytest

from opensps.exchange.key_material import NotAKey, read_public
from opensps.exchange.key_needs import Way, needs_of
from opensps.exchange.own_keys import LIFE, own_key
from tests.factories.certification import START
from tests.factories.client_certificates import client_identity

JWK = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}


def test_a_certificate_says_its_own_end_and_a_bare_key_has_none() -> None:
    part = read_public(own_key(name="OpenSPS XA XB", at=START).certificate_pem)
    assert (part.valid_to, part.subject) == (START + LIFE, "CN=OpenSPS XA XB")
    assert len(part.fingerprint) == 64
    assert read_public(json.dumps(JWK)).valid_to is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "material"),
        ("hello", "material"),
        ("[" * 5_000, "material"),
        ('{"a": 1}', "material"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "material"),
        ("x" * 20_001, "material"),
        (client_identity().key_pem.decode(), "private"),
        (json.dumps({**JWK, "d": "secret"}), "private"),
        (json.dumps({"kty": "oct", "k": "secret"}), "private"),
    ],
)
def test_what_is_no_public_key_is_refused_and_a_private_one_above_all(text: str, why: str) -> None:
    with pytest.raises(NotAKey, match=why):
        read_public(text)


@pytest.mark.parametrize(
    ("way", "uses"),
    [
        (Way(channel="hub", is_host=True, options={}), [{"client_tls"}]),
        (Way(channel="hub", is_host=False, options={}), [{"client_tls"}, {"server_tls"}]),
        (Way(channel="soap", is_host=True, authentication="mtls+digest", options={}), [{"client_tls"}, {"wsse_key"}]),
        (Way(channel="rest", is_host=True, options={}), [{"client_tls", "oauth_client"}]),
        (Way(channel="smtp", is_host=False, options={}), [{"smime_sign"}]),
        (
            Way(channel="smtp", is_host=False, tls_policy="required+pinned", options={"encryption": "aes256-gcm"}),
            [{"smime_sign"}, {"smime_encrypt"}, {"server_tls"}],
        ),
        (Way(channel="test", is_host=False, options={}), []),
    ],
)
def test_a_connection_lives_by_the_keys_of_its_channel(way: Way, uses: list[set[str]]) -> None:
    assert [set(need.uses) for need in needs_of(way)] == uses
