"""Programs of partners that call the REST API: their keys, their registration, their tokens."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.test import Client
from joserfc import jwk, jwt

from opensps.exchange.models import (
    AccessToken,
    CredentialStatus,
    CredentialUse,
    Envelope,
    Partner,
    PartnerConnection,
    PartnerCredential,
)
from opensps.exchange.queries.clients import SCOPES
from opensps.exchange.services.acknowledging import content_keep, new_delivery_number
from opensps.exchange.services.records import change_sequence_next
from opensps.lifecycle import OnboardingState

AUTHORITY = "XA"
TOKEN_URL = "https://testserver/oauth2/token"


def partner_of(code: str = "XB", *, authority: str = AUTHORITY, **fields: Any) -> Partner:
    """Return the partner of this code, live in the sandbox, with a REST connection; made when it is not there."""
    now = datetime.now(UTC)
    given = {
        "name_en": f"Partner {code}",
        "countries": [code],
        "state": OnboardingState.LIVE,
        "created_at": now,
        "changed_at": now,
        **fields,
    }
    partner, is_new = Partner.objects.get_or_create(authority=authority, code=code, defaults=given)
    if is_new:
        PartnerConnection.objects.create(
            authority=authority,
            partner=partner,
            channel="rest",
            connection_code=code,
            own_code=authority,
            side="host",
            delivery="pull",
            changed_at=now,
        )
    return partner


def registered(partner: Partner, *, name: str, **fields: Any) -> PartnerCredential:
    """Return a confirmed OAuth client of a partner."""
    now = datetime.now(UTC)
    given = {
        "scopes": list(SCOPES),
        "status": CredentialStatus.ACTIVE,
        "valid_from": now - timedelta(days=1),
        "added_by": "test",
        "added_at": now,
        "confirmed_by": "test",
        "confirmed_how": "telephone",
        "confirmed_at": now,
        "fingerprint": secrets.token_hex(32),
        **fields,
    }
    return PartnerCredential.objects.create(
        authority=partner.authority, partner=partner, use=CredentialUse.OAUTH_CLIENT, name=name, **given
    )


def registered_secret(partner: Partner, *, name: str) -> str:
    """Register a client with a secret and return the secret."""
    secret = secrets.token_urlsafe(32)
    registered(partner, name=name, fingerprint=hashlib.sha256(secret.encode()).hexdigest())
    return secret


@dataclass(frozen=True, slots=True)
class KeyClient:
    """A client that signs statements."""

    name: str
    key: Any

    @classmethod
    def made(cls, partner: Partner, *, name: str = "xb-system", **fields: Any) -> "KeyClient":
        """Make a key on P-256 and register its public part."""
        client = cls(name, jwk.ECKey.generate_key("P-256"))
        public = json.dumps(client.key.as_dict(private=False))
        registered(
            partner, name=name, material=public, fingerprint=client.key.thumbprint()[:43].ljust(64, "0"), **fields
        )
        return client

    def claims(self, *, at: datetime | None = None, **changes: Any) -> dict[str, Any]:
        """Return the claims of a good statement, changed; ``None`` takes a claim out."""
        now = int((at or datetime.now(UTC)).timestamp())
        whole = {
            "iss": self.name,
            "sub": self.name,
            "aud": TOKEN_URL,
            "jti": secrets.token_hex(8),
            "iat": now,
            "exp": now + 120,
            **changes,
        }
        return {name: value for name, value in whole.items() if value is not None}

    def statement(self, *, key: Any = None, header: Mapping[str, Any] | None = None, **changes: Any) -> str:
        """Return a signed statement."""
        head = {"alg": "ES256", **(header or {})}
        return jwt.encode(head, self.claims(**changes), key or self.key, algorithms=[str(head["alg"])])


def token_for(partner: Partner, *, name: str = "xb-system", scopes: tuple[str, ...] = SCOPES, **fields: Any) -> str:
    """Return an access token of a client, registered when it is not there."""
    if not PartnerCredential.objects.filter(authority=partner.authority, name=name).exists():
        registered(partner, name=name, material="{}")
    token, now = secrets.token_urlsafe(32), datetime.now(UTC)
    AccessToken.objects.create(
        authority=partner.authority,
        partner=partner,
        client_id=name,
        sha256=hashlib.sha256(token.encode()).hexdigest(),
        scopes=list(scopes),
        issued_at=now,
        expires_at=now + timedelta(minutes=15),
        **fields,
    )
    return token


@dataclass(frozen=True, slots=True)
class ApiVisitor:
    """Calls the API with a token, as JSON over HTTPS."""

    token: str
    client: Client

    @classmethod
    def of(cls, partner: Partner, **fields: Any) -> "ApiVisitor":
        """Return a visitor with a new token."""
        return cls(token_for(partner, **fields), Client(raise_request_exception=False))

    def get(self, path: str, **headers: str) -> Any:
        """Ask."""
        return self.client.get(f"/api/v1{path}", secure=True, headers=self._headers(headers))

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send JSON; a POST gets a new Idempotency-Key unless one is given."""
        fields = {**({"Idempotency_Key": secrets.token_hex(8)} if method == "POST" else {}), **headers}
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self.client.generic(
            method,
            f"/api/v1{path}",
            data,
            "application/json",
            secure=True,
            headers=self._headers({name: value for name, value in fields.items() if value}),
        )

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """Send a POST."""
        return self.send("POST", path, body, **headers)

    def _headers(self, more: Mapping[str, str]) -> dict[str, str]:
        given = {name.replace("_", "-"): value for name, value in more.items()}
        return {"Authorization": f"Bearer {self.token}", **given}


def waiting_envelope(
    partner: Partner, *, number: str = "XA-2026-014-0000318-4", content: bytes = b"<a/>", **fields: Any
) -> Envelope:
    """Return an envelope of ours that waits for a partner, as the outbox leaves it."""
    now = datetime.now(UTC)
    with transaction.atomic():
        kept = content_keep(authority=partner.authority, data=content, at=now)
        given = {
            "delivery_number": new_delivery_number(now),
            "direction": "out",
            "channel": "rest",
            "from_code": partner.authority,
            "to_code": partner.code,
            "number": number,
            "type_code": "851",
            "status_code": "70",
            "certificate_state": "in_force",
            "sha256": kept.sha256,
            "size_bytes": kept.size_bytes,
            "content": kept,
            "state": "waiting",
            "queued_at": now,
            "sent_at": now,
            "changed_at": now,
            "export_country": partner.authority,
            "import_country": partner.code,
            "change_sequence": change_sequence_next(partner.pk),
            # not one of our certificates, so that no history has to be there
            "golden_run": "test",
            **fields,
        }
        return Envelope.objects.create(authority=partner.authority, partner=partner, **given)
