"""COSE_Sign1: signed claims of a QR code or a status list (RFC 9052; `trust.md` 6.12, 6.13).

Tag 18 and nothing else; protected header with algorithm, key name and, where asked for, content type, and no other
entry; unprotected header empty; payload inside. ES256 is written, EdDSA (Ed25519) is read too. Which key a name
stands for, and what it may sign, is for the trust list to say.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from opensps.formats import cbor
from opensps.formats.errors import FormatError

TAG = 18
ES256, EDDSA = -7, -8
ALGORITHMS: Mapping[int, str] = MappingProxyType({ES256: "ES256", EDDSA: "EdDSA"})
"""COSE label -> name in a trust list."""

_ALG, _KID, _CONTENT_TYPE = 1, 4, 16
_ALLOWED = frozenset({_ALG, _KID, _CONTENT_TYPE})
_PARTS = 4
_HALF = 32
_KID_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Sign1:
    """A message whose shape is right; whether its signature holds is `check_signature`'s question."""

    algorithm: str
    """ES256 or EdDSA, as the message says; the key has the last word."""

    kid: bytes
    """8 bytes, the name of a key; it may be the name of several."""

    payload: bytes
    signature: bytes
    protected: bytes
    """The protected header exactly as signed."""

    content_type: str | None = None


def write_sign1(
    payload: bytes, *, kid: bytes, sign: Callable[[bytes], bytes], content_type: str | None = None
) -> bytes:
    """Return the message over a payload; `sign` gives r and s over SHA-256 of the bytes it is handed, 64 bytes."""
    header: dict[cbor.Plain, cbor.Plain] = {_ALG: ES256, _KID: kid}
    if content_type is not None:
        header[_CONTENT_TYPE] = content_type
    protected = cbor.dumps(header)
    return cbor.dumps((protected, {}, payload, sign(_to_be_signed(protected, payload))), tag=TAG)


def read_sign1(data: bytes) -> Sign1:
    """Return the message; raise `FormatError`: cbor, envelope, algorithm, kid."""
    parts = cbor.loads(data, tag=TAG)
    if not isinstance(parts, tuple) or len(parts) != _PARTS:
        raise FormatError("envelope", detail="four elements")
    protected, unprotected, payload, signature = parts
    if not isinstance(protected, bytes) or not isinstance(payload, bytes) or not isinstance(signature, bytes):
        raise FormatError("envelope", detail="byte strings")
    if unprotected != {}:
        raise FormatError("envelope", detail="the unprotected header is empty")
    header = cbor.loads(protected)
    if not isinstance(header, Mapping) or not header.keys() <= _ALLOWED:
        raise FormatError("envelope", detail="an unknown entry in the protected header")
    return Sign1(_algorithm(header), _kid(header), payload, signature, protected, _content_type(header))


def check_signature(message: Sign1, *, spki_der: bytes) -> None:
    """Raise `FormatError` (algorithm, signature) unless the message was signed with this key, of the kind it names."""
    key = _public_key(spki_der)
    signed = _to_be_signed(message.protected, message.payload)
    try:
        if isinstance(key, ec.EllipticCurvePublicKey) and message.algorithm == "ES256":
            key.verify(_as_der(message.signature), signed, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, ed25519.Ed25519PublicKey) and message.algorithm == "EdDSA":
            key.verify(message.signature, signed)
        else:
            raise FormatError("algorithm", detail="the key is of another kind")
    except InvalidSignature:
        raise FormatError("signature") from None


@lru_cache(maxsize=64)
def _public_key(spki_der: bytes) -> PublicKeyTypes:
    try:
        return load_der_public_key(spki_der)
    except (ValueError, UnsupportedAlgorithm):
        raise FormatError("algorithm", detail="not a public key") from None


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return cbor.dumps(("Signature1", protected, b"", payload))


def _algorithm(header: Mapping[cbor.Plain, cbor.Plain]) -> str:
    label = header.get(_ALG)
    if not isinstance(label, int) or label not in ALGORITHMS:
        raise FormatError("algorithm", detail="ES256 or EdDSA")
    return ALGORITHMS[label]


def _kid(header: Mapping[cbor.Plain, cbor.Plain]) -> bytes:
    kid = header.get(_KID)
    if not isinstance(kid, bytes) or len(kid) != _KID_LENGTH:
        raise FormatError("kid", detail="the name of a key is 8 bytes")
    return kid


def _content_type(header: Mapping[cbor.Plain, cbor.Plain]) -> str | None:
    named = header.get(_CONTENT_TYPE)
    if _CONTENT_TYPE in header and not isinstance(named, str):
        raise FormatError("envelope", detail="a content type is text")
    return named if isinstance(named, str) else None


def _as_der(signature: bytes) -> bytes:
    if len(signature) != 2 * _HALF:
        raise InvalidSignature
    return encode_dss_signature(int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big"))
