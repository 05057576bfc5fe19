"""Keys and secrets of conversations: added, confirmed by a second way, retired (`exchange.md` 3.6, 7.1).

A key somebody sent us counts only after a person has compared its fingerprint over another way (telephone, letter,
meeting). A key made here is confirmed by its making. Two of a use may be active at once, during a change.
"""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from opensps.accounts.queries import Actor
from opensps.exchange.errors import RecordRefused, SecretsLocked
from opensps.exchange.key_material import NotAKey, read_public
from opensps.exchange.models import CredentialStatus, CredentialUse, Partner, PartnerCredential
from opensps.exchange.names import CREDENTIAL_ADDED, CREDENTIAL_CONFIRMED, CREDENTIAL_RETIRED
from opensps.exchange.queries.connections import place_of
from opensps.exchange.secrets import SecretBox
from opensps.exchange.services.records import changing, partner_event

MOST_ACTIVE = 2
"""Of one use of one connection, during a change."""

MADE_HERE = "made_here"
SECOND_WAYS = ("telephone", "letter", "meeting", "diplomatic_note", "video_call", MADE_HERE)


@transaction.atomic
def credential_add(
    *,
    authority: str,
    partner: str,
    use: CredentialUse,
    fingerprint: str = "",
    material: str = "",
    name: str = "",
    secret: bytes | None = None,
    box: SecretBox | None = None,
    is_ours: bool = False,
    connection_id: int | None = None,
    scopes: Iterable[str] = (),
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    actor: Actor,
    at: datetime,
) -> PartnerCredential:
    """Write down a key, not in use yet. A secret is encrypted with the box; its digest is the fingerprint.

    The end of a certificate is its own. Raises `RecordRefused` connection (of another partner), fingerprint, key_taken,
    `SecretsLocked` no_key.
    """
    row = changing(authority=authority, code=partner, actor=actor)
    if connection_id is not None and not row.connections.filter(pk=connection_id).exists():
        raise RecordRefused("connection")
    if secret is not None and box is None:
        raise SecretsLocked("no_key")
    digest = fingerprint.lower() or (hashlib.sha256(secret).hexdigest() if secret else "")
    if len(digest) != 64 or set(digest) - set("0123456789abcdef"):  # noqa: PLR2004 SHA-256 in hexadecimal
        raise RecordRefused("fingerprint")
    credential = PartnerCredential(
        authority=authority,
        partner=row,
        connection_id=connection_id,
        use=use.value,
        is_ours=is_ours,
        name=name,
        fingerprint=digest,
        material=material,
        scopes=list(scopes),
        valid_from=valid_from or at,
        valid_to=valid_to or _end_of(material),
        added_by=actor.id,
        added_at=at,
    )
    if secret is not None and box is not None:
        credential.secret = box.seal(secret, place=place_of(credential), nonce=secrets.token_bytes(12))
    try:
        with transaction.atomic():
            credential.save(force_insert=True)
    except IntegrityError:
        raise RecordRefused("key_taken", digest[:16]) from None
    _tell(row, CREDENTIAL_ADDED, credential, actor=actor, at=at)
    return credential


@transaction.atomic
def credential_confirm(
    *, authority: str, credential_id: int, fingerprint: str, how: str, actor: Actor, at: datetime
) -> PartnerCredential:
    """Put a key into use after its fingerprint was compared by a second way.

    `fingerprint` is what the other way gave. Raises `RecordRefused` credential, fingerprint_differs, second_way,
    same_person (whoever wrote a partner's key down does not confirm it), key_over, too_many, name_taken. `MADE_HERE` is
    no way to compare what somebody sent us.
    """
    credential = _locked(authority, credential_id, actor)
    if how not in SECOND_WAYS or (how == MADE_HERE and not _is_made_here(credential)):
        raise RecordRefused("second_way", how)
    if "".join(fingerprint.lower().replace(":", "").split()) != credential.fingerprint:
        raise RecordRefused("fingerprint_differs")
    if how != MADE_HERE and credential.added_by == actor.id and actor.id != "system":
        raise RecordRefused("same_person")
    if credential.valid_to is not None and credential.valid_to <= at:
        raise RecordRefused("key_over")
    if _active_beside(credential) >= MOST_ACTIVE:
        raise RecordRefused("too_many", credential.use)
    credential.status = CredentialStatus.ACTIVE.value
    credential.confirmed_by, credential.confirmed_how, credential.confirmed_at = actor.id, how, at
    try:
        with transaction.atomic():
            credential.save(update_fields=["status", "confirmed_by", "confirmed_how", "confirmed_at"])
    except IntegrityError:
        raise RecordRefused("name_taken", credential.name) from None
    _tell(credential.partner, CREDENTIAL_CONFIRMED, credential, actor=actor, at=at)
    return credential


@transaction.atomic
def credential_retire(*, authority: str, credential_id: int, actor: Actor, at: datetime) -> None:
    """Take a key out of use for good; its secret is forgotten."""
    credential = _locked(authority, credential_id, actor)
    if credential.status == CredentialStatus.RETIRED:
        return
    credential.status, credential.retired_at, credential.secret = CredentialStatus.RETIRED.value, at, None
    credential.save(update_fields=["status", "retired_at", "secret"])
    _tell(credential.partner, CREDENTIAL_RETIRED, credential, actor=actor, at=at)


def _end_of(material: str) -> datetime | None:
    """Return the end of a certificate; None of what is not one, or cannot be read."""
    try:
        return read_public(material).valid_to if "BEGIN CERTIFICATE" in material else None
    except NotAKey:
        return None


def _locked(authority: str, credential_id: int, actor: Actor) -> PartnerCredential:
    found = PartnerCredential.objects.select_related("partner").filter(authority=authority, pk=credential_id).first()
    if found is None:
        raise RecordRefused("credential")
    changing(authority=authority, code=found.partner.code, actor=actor)
    return PartnerCredential.objects.select_related("partner").get(pk=credential_id)


def _is_made_here(credential: PartnerCredential) -> bool:
    """Whether its secret lies here: a key that somebody sent us has a public part and nothing else."""
    return credential.secret is not None and (credential.is_ours or not credential.material)


def _active_beside(credential: PartnerCredential) -> int:
    others = PartnerCredential.objects.filter(
        authority=credential.authority,
        partner=credential.partner,
        use=credential.use,
        is_ours=credential.is_ours,
        connection_id=credential.connection_id,
        official__isnull=True,
        status=CredentialStatus.ACTIVE.value,
    )
    return others.exclude(pk=credential.pk).count()


def _tell(partner: Partner, act: str, credential: PartnerCredential, *, actor: Actor, at: datetime) -> None:
    told = {"use": credential.use, "fingerprint": credential.fingerprint, "how": credential.confirmed_how}
    partner_event(partner, act, actor=actor, at=at, payload=told)
