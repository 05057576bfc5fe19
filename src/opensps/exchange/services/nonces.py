"""What may be said only once: nonces of digests, ids of client assertions. Source: `exchange.md` 3.6, 5.1."""

import hashlib
from datetime import datetime

from django.db import IntegrityError, transaction

from opensps.exchange.models import UsedNonce


def nonce_used(*, authority: str, scope: str, name: str, value: bytes, at: datetime, until: datetime) -> bool:
    """Note that ``name`` used a value that must not come again before ``until``; False where it came before.

    The unique key decides between calls at once, in whatever process.
    """
    digest = hashlib.sha256(value).hexdigest()
    UsedNonce.objects.filter(authority=authority, scope=scope, name=name, digest=digest, expires_at__lte=at).delete()
    try:
        with transaction.atomic():
            UsedNonce.objects.create(
                authority=authority, scope=scope, name=name, digest=digest, used_at=at, expires_at=until
            )
    except IntegrityError:
        return False
    return True
