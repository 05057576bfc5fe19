"""Key and trust list of this installation, read from where the settings say."""

from django.conf import settings

from opensps.project.exits import Exit, Stopped
from opensps.signing import Signer, SigningError, TrustList, signer_from
from opensps.signing.trust_memory import load_with


def own_trust() -> TrustList:
    """Return the trust list. Stops with a sentence when none is set or it cannot be read."""
    if settings.OPENSPS_TRUST_FILE is None:
        raise Stopped(Exit.USAGE, "No trust list is set; name it in OPENSPS_TRUST_FILE.")
    try:
        return load_with(settings.OPENSPS_TRUST_FILE, settings.OPENSPS_TRUST_ROOTS)
    except (OSError, UnicodeDecodeError, SigningError) as exc:
        raise Stopped(
            Exit.USAGE, "The trust list %(path)s cannot be read: %(why)s", path=settings.OPENSPS_TRUST_FILE, why=exc
        ) from exc


def own_signer() -> Signer:
    """Return the signer. Raises `SigningError` when there is no key or it cannot be used."""
    return signer_from(settings.OPENSPS_SIGNING_KEY)
