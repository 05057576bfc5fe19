"""The Django application of the room: puts its triggers back after every migration."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _protect_again(using: str = "default", **_: Any) -> None:
    """SQLite loses the triggers of a table that a migration rebuilds."""
    from opensps.border.immutable import install_triggers  # noqa: PLC0415 the models load after this module

    install_triggers(using)


class BorderConfig(AppConfig):
    """Checks of certificates, presentations, inquiries. Infrastructure signals only."""

    name = "opensps.border"
    label = "border"

    def ready(self) -> None:
        """Connect the infrastructure."""
        post_migrate.connect(_protect_again, sender=self, dispatch_uid="opensps.border.immutable")
