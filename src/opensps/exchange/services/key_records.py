"""Keys as people write them down in pages: a public part that was sent to us, or a secret that is made here.

Source: `exchange.md` 3.6, 7.1. Whatever it is, it counts only after a second person has confirmed it; a secret is
returned once, to be told to the partner, and lies encrypted from then on.
"""

import secrets
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from opensps.accounts.queries import Actor
from opensps.exchange.errors import RecordRefused, SecretsLocked
from opensps.exchange.key_material import NotAKey, read_public
from opensps.exchange.models import CredentialUse, PartnerCredential
from opensps.exchange.own_keys import own_key
from opensps.exchange.secrets import SecretBox
from opensps.exchange.services.credentials import credential_add

_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A key that was made here."""

    credential: PartnerCredential
    shown: str = field(repr=False, default="")
    """The secret in base64, told this once; empty where nothing secret leaves."""


def key_write_down(
    *,
    authority: str,
    partner: str,
    use: CredentialUse,
    text: str = "",
    fingerprint: str = "",
    name: str = "",
    scopes: Iterable[str] = (),
    connection_id: int | None = None,
    actor: Actor,
    at: datetime,
) -> PartnerCredential:
    """Write down the public part of their key, or only its fingerprint.

    Raises as `credential_add`, and `RecordRefused` material, private, name.
    """
    digest, material = "".join(fingerprint.replace(":", "").split()), ""
    if text.strip():
        try:
            part = read_public(text)
        except NotAKey as exc:
            raise RecordRefused(str(exc.args[0])) from exc
        digest, material = part.fingerprint, part.material
    if use is CredentialUse.OAUTH_CLIENT and not name:
        raise RecordRefused("name")
    return credential_add(
        authority=authority,
        partner=partner,
        use=use,
        fingerprint=digest,
        material=material,
        name=name,
        scopes=scopes,
        connection_id=connection_id,
        actor=actor,
        at=at,
    )


def secret_make(
    *, authority: str, partner: str, name: str, box: SecretBox | None, actor: Actor, at: datetime
) -> MadeKey:
    """Make the secret of a user name for our SOAP service. Raises as `credential_add`, name."""
    if not name:
        raise RecordRefused("name")
    made = secrets.token_bytes(_SECRET_BYTES)
    row = credential_add(
        authority=authority,
        partner=partner,
        use=CredentialUse.WSSE_KEY,
        name=name,
        secret=made,
        box=box,
        actor=actor,
        at=at,
    )
    return MadeKey(row, b64encode(made).decode("ascii"))


def own_key_make(
    *, authority: str, partner: str, connection_id: int | None, box: SecretBox | None, actor: Actor, at: datetime
) -> MadeKey:
    """Make our client certificate for a partner or hub; its private part never leaves. Raises as `credential_add`."""
    if box is None:
        raise SecretsLocked("no_key")
    made = own_key(name=f"OpenSPS {authority} {partner}", at=at)
    row = credential_add(
        authority=authority,
        partner=partner,
        use=CredentialUse.CLIENT_TLS,
        fingerprint=read_public(made.certificate_pem).fingerprint,
        material=made.certificate_pem,
        secret=made.private_pem,
        box=box,
        is_ours=True,
        connection_id=connection_id,
        actor=actor,
        at=at,
    )
    return MadeKey(row)
