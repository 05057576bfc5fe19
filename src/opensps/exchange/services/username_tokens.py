"""Whose UsernameToken it is: lock, key, digest, nonce, in this order, and one answer for every stranger.

Source: `exchange.md` 3.6. Five wrong digests in ten minutes lock a name for ten minutes; what is locked, unknown or
wrong is answered alike. A nonce counts as used only under a right digest, so strangers fill no table.
"""

from datetime import datetime, timedelta

from django.db import transaction

from opensps.events.services import lock
from opensps.exchange.errors import SecretsLocked
from opensps.exchange.models import CallCounter, CredentialUse, PartnerCredential
from opensps.exchange.queries.clients import in_use, is_of_its_country, whose_account_stands
from opensps.exchange.queries.connections import place_of
from opensps.exchange.secrets import SecretBox
from opensps.exchange.services.nonces import nonce_used
from opensps.exchange.username_token import TokenCode, TokenRefused, UsernameToken

SCOPE = "wsse"
FAILURES = 5
WINDOW = timedelta(minutes=10)
"""In which so many failures lock; and how long."""

NONCES_KEPT = timedelta(minutes=10)
_STRANGER = b"nobody has this key"


def token_accept(*, authority: str, token: UsernameToken, box: SecretBox | None, at: datetime) -> PartnerCredential:
    """Return the key that made the token, with its partner and account. Raises `TokenRefused`."""
    is_locked = _is_locked(authority, token.username, at)
    keys = _keys(authority, token.username, at)
    found = next((key for key in keys if token.is_made_with(_opened(key, box))), None)
    if not keys:
        token.is_made_with(_STRANGER)
    elif found is None and not is_locked:
        _count_failure(authority, token.username, at)
    if found is None or is_locked:
        raise TokenRefused(TokenCode.CREDENTIAL_INVALID, "unknown name or wrong digest")
    until = at + NONCES_KEPT
    if not nonce_used(authority=authority, scope=SCOPE, name=token.username, value=token.nonce, at=at, until=until):
        raise TokenRefused(TokenCode.NONCE_REUSED, "this nonce was used before")
    return found


def _keys(authority: str, username: str, at: datetime) -> tuple[PartnerCredential, ...]:
    """Return the keys of a name: two during a change."""
    rows = PartnerCredential.objects.filter(
        in_use(at),
        whose_account_stands(at),
        authority=authority,
        use=CredentialUse.WSSE_KEY,
        is_ours=False,
        name=username,
        secret__isnull=False,
    )
    found = rows.select_related("partner", "official").order_by("pk")
    return tuple(each for each in found if is_of_its_country(each))


def _opened(credential: PartnerCredential, box: SecretBox | None) -> bytes:
    if box is None or credential.secret is None:
        raise SecretsLocked("no_key")
    return box.open(bytes(credential.secret), place=place_of(credential))


def _is_locked(authority: str, username: str, at: datetime) -> bool:
    rows = CallCounter.objects.filter(authority=authority, scope=SCOPE, caller=username, until__gt=at)
    return rows.exists()


@transaction.atomic
def _count_failure(authority: str, username: str, at: datetime) -> None:
    """Count a wrong digest of a known name; the fifth within the window locks it."""
    lock("exchange_wsse", authority, username)
    row, _ = CallCounter.objects.get_or_create(
        authority=authority, scope=SCOPE, caller=username, defaults={"window_at": at}
    )
    if row.window_at + WINDOW <= at:
        row.window_at, row.calls = at, 0
    row.calls += 1
    row.until = at + WINDOW if row.calls >= FAILURES else row.until
    row.save(update_fields=["window_at", "calls", "until"])
