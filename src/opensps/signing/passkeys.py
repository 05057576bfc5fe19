"""What an officer's passkey signed: registration read once, approvals verified as often as somebody asks.

Source: W3C WebAuthn level 2, by the `webauthn` library; `trust.md` 6.14. User verification is always required. A
counter that goes back is an alarm at an approval and a refusal at a sign-in; passkeys that travel between devices do
not count, their counter stays at nought.
"""

import hashlib
from dataclasses import dataclass

from webauthn import (
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from opensps.signing.approvals import Approval, Method
from opensps.signing.errors import EvidenceRefused

_ENTRY_PREFIX = b"ecert.sign-in/v1\n"


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Who asks for the signature: name and address as browsers see them."""

    id: str
    """Host without port."""

    origin: str
    """``https://host[:port]``."""

    name: str = "OpenSPS"


@dataclass(frozen=True, slots=True)
class Credential:
    """The public half of a passkey and whose it is."""

    id: bytes
    officer: str
    public_key: bytes
    """COSE key."""

    sign_count: int = 0


@dataclass(frozen=True, slots=True)
class Verified:
    """What a good approval also says."""

    sign_count: int
    has_counter_gone_back: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """What a browser says was signed at a sign-in."""

    credential_id: bytes
    authenticator_data: bytes
    client_data: bytes
    """clientDataJSON as the browser wrote it."""

    signature: bytes


def registration_options(
    *, party: RelyingParty, officer: str, name: str, challenge: bytes, known: tuple[bytes, ...] = ()
) -> str:
    """Return the options for `navigator.credentials.create`, JSON; `known` credentials are not made a second time."""
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        user_name=name,
        user_id=officer.encode(),
        challenge=challenge,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    return options_to_json(options)


def read_registration(answer: str, *, party: RelyingParty, officer: str, challenge: bytes) -> Credential:
    """Return the credential a browser made for this challenge; raise `EvidenceRefused` (registration)."""
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise EvidenceRefused("registration") from None
    return Credential(made.credential_id, officer, made.credential_public_key, made.sign_count)


def verify_approval(approval: Approval, credential: Credential, *, party: RelyingParty) -> Verified:
    """Return what the authenticator counted, if it signed this act over these digests and the person was verified.

    Raises `EvidenceRefused`: method, credential (another key, or another person's), signature.
    """
    if approval.method is not Method.WEBAUTHN:
        raise EvidenceRefused("method")
    if approval.credential_id != credential.id or approval.officer != credential.officer:
        raise EvidenceRefused("credential")
    return _verified(approval, credential, challenge=approval.challenge, party=party)


def entry_challenge(nonce: bytes) -> bytes:
    """Return what is signed at a sign-in with this nonce; never the challenge of an approval."""
    return hashlib.sha256(_ENTRY_PREFIX + nonce).digest()


def verify_entry(entry: Entry, credential: Credential, *, nonce: bytes, party: RelyingParty) -> Verified:
    """Return what the authenticator counted, if it signed this sign-in and the person was verified.

    Raises `EvidenceRefused`: credential (another key), signature.
    """
    if entry.credential_id != credential.id or not nonce:
        raise EvidenceRefused("credential")
    return _verified(entry, credential, challenge=entry_challenge(nonce), party=party)


def _verified(answer: Approval | Entry, credential: Credential, *, challenge: bytes, party: RelyingParty) -> Verified:
    try:
        checked = verify_authentication_response(
            credential=_answer(answer),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=credential.public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise EvidenceRefused("signature") from None
    count = checked.new_sign_count
    return Verified(count, has_counter_gone_back=0 < count <= credential.sign_count)


def _answer(approval: Approval | Entry) -> dict[str, object]:
    """Return the evidence as a browser would have sent it."""
    named = bytes_to_base64url(approval.credential_id)
    response = {
        "authenticatorData": bytes_to_base64url(approval.authenticator_data),
        "clientDataJSON": bytes_to_base64url(approval.client_data),
        "signature": bytes_to_base64url(approval.signature),
    }
    return {"id": named, "rawId": named, "type": "public-key", "response": response}


def decoded(text: str) -> bytes:
    """Return base64url decoded; raise `EvidenceRefused` (form)."""
    try:
        return base64url_to_bytes(text)
    except ValueError:
        raise EvidenceRefused("form") from None


def encoded(data: bytes) -> str:
    """Return base64url without padding, as browsers write it."""
    return bytes_to_base64url(data)
