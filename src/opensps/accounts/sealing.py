"""Secrets of people, encrypted where they lie: AES-256-GCM under a key derived from the installation's secret key.

The opaque id of the person is authenticated with it, so that one row's secret opens in no other. Earlier secret keys of
the installation still open what was sealed under them.
"""

from collections.abc import Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings  # the framework's own key list, not one of ours
from django.utils.crypto import salted_hmac

from opensps.accounts.errors import SecretUnreadable

NONCE_BYTES = 12


def _key(secret: str | bytes | None) -> bytes:
    return salted_hmac("opensps.accounts.sealing", "", secret=secret, algorithm="sha256").digest()


def _keys() -> Iterator[bytes]:
    yield _key(None)
    for secret in settings.SECRET_KEY_FALLBACKS:
        yield _key(secret)


def seal(secret: bytes, *, place: str, nonce: bytes) -> bytes:
    """Return the secret encrypted for a place; the nonce has 12 fresh random bytes."""
    return nonce + AESGCM(_key(None)).encrypt(nonce, secret, place.encode())


def unseal(sealed: bytes, *, place: str) -> bytes:
    """Return the secret; raise `SecretUnreadable` when no key opens it there."""
    for key in _keys():
        try:
            return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError):
            continue
    raise SecretUnreadable(place)
