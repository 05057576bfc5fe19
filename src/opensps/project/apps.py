"""The Django application of the project: it owns no table; it wires the event consumers at start."""

from django.apps import AppConfig

from opensps.project import code_lists, logs


class ProjectConfig(AppConfig):
    """Runs last, when every room is loaded."""

    name = "opensps.project"
    label = "project"

    def ready(self) -> None:
        """Configure the logs, name the newer code lists and register the consumers of events."""
        from opensps.project import wiring  # noqa: PLC0415 rooms with tables can be imported only now

        logs.configure()
        code_lists.use_newer()
        wiring.register_consumers()
