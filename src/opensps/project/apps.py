"""The Django application of the project: it owns no table; it wires the event consumers at start."""

from django.apps import AppConfig

from opensps.project import code_lists, logs


class ProjectConfig(AppConfig):
    """Runs last, when every room is loaded."""

    name = "opensps.project"
    label = "project"

    def ready(self) -> None:
        """Configure the logs, name the newer code lists, register consumers of events and what tries connections."""
        from opensps.project import trying, wiring  # noqa: PLC0415 rooms with tables can be imported only now
        from opensps.web.html.trials import trial_register  # noqa: PLC0415 the same

        logs.configure()
        code_lists.use_newer()
        wiring.register_consumers()
        trial_register(trying.tried)
