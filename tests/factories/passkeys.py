"""A passkey in software: registers and signs as a browser's authenticator would. Nobody trusts it but these tests."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from opensps.signing.approvals import Approval, Method, challenge_of
from opensps.signing.passkeys import Credential, RelyingParty

PARTY = RelyingParty("cert.example", "https://cert.example")
_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@dataclass(slots=True)
class Passkey:
    """One key of one officer."""

    officer: str
    party: RelyingParty = PARTY
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    count: int = 0
    is_verified: bool = True

    @property
    def id(self) -> bytes:
        """Its credential id."""
        return hashlib.sha256(b"passkey" + self.cose).digest()[:16]

    @property
    def cose(self) -> bytes:
        """Its public key."""
        numbers = self.key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})

    @property
    def credential(self) -> Credential:
        """What a service stores of it."""
        return Credential(self.id, self.officer, self.cose, self.count)

    def registration(self, challenge: bytes) -> str:
        """Return the answer to `navigator.credentials.create`, JSON."""
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + self.cose
        data = self._data(_ATTESTED) + attested
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        response = {
            "clientDataJSON": _text(self._client("webauthn.create", challenge)),
            "attestationObject": _text(statement),
        }
        named = _text(self.id)
        return json.dumps({"id": named, "rawId": named, "type": "public-key", "response": response})

    def approve(self, *digests: bytes, at: datetime, act: str = "issue") -> Approval:
        """Return the evidence over these digests."""
        data, client, signature = self._signed(challenge_of(act, digests))
        return Approval(
            method=Method.WEBAUTHN,
            officer=self.officer,
            at=at,
            digests=digests,
            template_digest=bytes(32),
            act=act,
            credential_id=self.id,
            authenticator_data=data,
            client_data=client,
            signature=signature,
        )

    def entry(self, challenge: bytes) -> str:
        """Return the answer of the page to a challenge at a sign-in, JSON."""
        names = ("authenticatorData", "clientDataJSON", "signature")
        signed = zip(names, self._signed(challenge), strict=True)
        return json.dumps({"id": _text(self.id), **{name: _text(part) for name, part in signed}})

    def _signed(self, challenge: bytes) -> tuple[bytes, bytes, bytes]:
        """Return authenticator data, client data and the signature over both."""
        self.count += 1
        data, client = self._data(0), self._client("webauthn.get", challenge)
        return data, client, self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))

    def _client(self, kind: str, challenge: bytes) -> bytes:
        said = {"type": kind, "challenge": _text(challenge), "origin": self.party.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _data(self, more: int) -> bytes:
        flags = _PRESENT | (_VERIFIED if self.is_verified else 0) | more
        return hashlib.sha256(self.party.id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")


def by_password(*digests: bytes, officer: str = "officer-1", at: datetime, act: str = "issue") -> Approval:
    """Return the evidence of a password that was entered again."""
    return Approval(Method.PASSWORD, officer, at, digests, bytes(32), act)
