"""The Django application of the project: it owns no table; it wires the event consumers at start."""

from django.apps import AppConfig

from opensps.project import logs, wiring


class ProjectConfig(AppConfig):
    """Runs last, when every room is loaded."""

    name = "opensps.project"
    label = "project"

    def ready(self) -> None:
        """Configure the logs and register the consumers of events."""
        logs.configure()
        wiring.register_consumers()
