"""The Django application of the room: puts the triggers back after every migration and registers the sequencer."""

from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


def _protect_again(using: str = "default", **_: Any) -> None:
    """SQLite loses the triggers of a table that a migration rebuilds."""
    from opensps.events.guards import install_triggers  # noqa: PLC0415 the models load after this module

    install_triggers(using)


def _see_replaced_rows(connection: Any, **_: Any) -> None:
    """Let triggers see the rows that INSERT OR REPLACE removes, on every SQLite connection."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers = ON")


class EventsConfig(AppConfig):
    """Infrastructure signals only; no act has an effect through a signal."""

    name = "opensps.events"
    label = "events"

    def ready(self) -> None:
        """Connect the infrastructure and register the sequencer."""
        from opensps.events.registry import register  # noqa: PLC0415 the models load after this module
        from opensps.events.services import SEQUENCER  # noqa: PLC0415 the models load after this module

        connection_created.connect(_see_replaced_rows, dispatch_uid="opensps.events.recursive_triggers")
        post_migrate.connect(_protect_again, sender=self, dispatch_uid="opensps.events.guards")
        register(SEQUENCER)
