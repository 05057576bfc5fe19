"""COSE_Sign1: one shape, two algorithms, and the key decides which of them counts."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from opensps.formats import cbor, cose
from opensps.formats.errors import FormatError
from tests.factories.signing import signer, stranger

KID = bytes(range(8))


def message(payload: bytes = b"claims", **changes: Any) -> bytes:
    return cose.write_sign1(payload, kid=signer().kid, sign=signer().sign, **changes)


def refusal(data: bytes) -> str:
    with pytest.raises(FormatError) as caught:
        cose.read_sign1(data)
    return caught.value.code


def test_a_message_is_read_back_and_its_signature_holds() -> None:
    read = cose.read_sign1(message(content_type="application/statuslist+cwt"))
    assert (read.payload, read.algorithm, read.kid) == (b"claims", "ES256", signer().kid)
    assert read.content_type == "application/statuslist+cwt"
    cose.check_signature(read, spki_der=signer().spki_der)


def test_another_key_did_not_sign_it() -> None:
    with pytest.raises(FormatError, match="signature"):
        cose.check_signature(cose.read_sign1(message()), spki_der=stranger().spki_der)


def test_a_signature_of_ed25519_is_read_too() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    protected = cbor.dumps({1: cose.EDDSA, 4: KID})
    signed = cbor.dumps(("Signature1", protected, b"", b"claims"))
    read = cose.read_sign1(cbor.dumps((protected, {}, b"claims", key.sign(signed)), tag=cose.TAG))
    cose.check_signature(read, spki_der=spki)
    with pytest.raises(FormatError, match="algorithm"):
        cose.check_signature(read, spki_der=signer().spki_der)


def test_a_signature_of_another_length_does_not_hold() -> None:
    read = cose.read_sign1(cose.write_sign1(b"claims", kid=KID, sign=lambda _: bytes(65)))
    with pytest.raises(FormatError, match="signature"):
        cose.check_signature(read, spki_der=signer().spki_der)


def test_what_is_no_key_signed_nothing() -> None:
    with pytest.raises(FormatError, match="algorithm"):
        cose.check_signature(cose.read_sign1(message()), spki_der=b"no key")


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ((b"", {}, b""), "envelope"),
        ({}, "envelope"),
        (("text", {}, b"", b""), "envelope"),
        ((cbor.dumps({1: -7, 4: KID}), {}, None, b""), "envelope"),
        ((cbor.dumps({1: -7, 4: KID}), {1: -7}, b"", b""), "envelope"),
        ((cbor.dumps((1,)), {}, b"", b""), "envelope"),
        ((cbor.dumps({1: -7, 2: (1,), 4: KID}), {}, b"", b""), "envelope"),
        ((cbor.dumps({1: -7, 4: KID, 16: 1}), {}, b"", b""), "envelope"),
        ((cbor.dumps({1: -37, 4: KID}), {}, b"", b""), "algorithm"),
        ((cbor.dumps({4: KID}), {}, b"", b""), "algorithm"),
        ((cbor.dumps({1: -7}), {}, b"", b""), "kid"),
        ((cbor.dumps({1: -7, 4: b"short"}), {}, b"", b""), "kid"),
        ((b"", {}, b"", b""), "cbor"),
    ],
)
def test_another_shape_is_refused(parts: cbor.Plain, code: str) -> None:
    assert refusal(cbor.dumps(parts, tag=cose.TAG)) == code


def test_without_the_tag_it_is_not_one() -> None:
    assert refusal(cbor.dumps(cbor.loads(message(), tag=cose.TAG))) == "cbor"


def test_the_worked_messages_hold(reference: Path) -> None:
    folder = reference / "trust" / "formats"
    vectors = json.loads((folder / "vectors.json").read_text())
    spki = base64.b64decode(vectors["seal_spki_base64"])
    for data in (bytes.fromhex(vectors["qr"]["cose_hex"]), (folder / "status.cwt").read_bytes()):
        cose.check_signature(cose.read_sign1(data), spki_der=spki)
    assert all(cbor.dumps(cbor.loads(bytes.fromhex(leaf))).hex() == leaf for leaf in vectors["all_leaves_cbor"])
