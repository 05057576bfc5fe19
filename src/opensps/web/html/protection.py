"""What opens the secrets of partners, from its file: one place for every face."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from opensps.exchange.errors import SecretsLocked
from opensps.exchange.secrets import SecretBox


@lru_cache(maxsize=2)
def _box(path: Path, _changed_at: float) -> SecretBox:
    return SecretBox.read(path.read_text(encoding="ascii"))


def secret_box() -> SecretBox | None:
    """Return what opens the secrets of partners; None where no key is configured."""
    path: Path | None = settings.OPENSPS_EXCHANGE_KEY
    try:
        return None if path is None else _box(path, path.stat().st_mtime)
    except OSError:
        raise SecretsLocked("no_key") from None
