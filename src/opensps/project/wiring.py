"""Which consumer follows which event: registered here, so that no room imports upward."""


def register_consumers() -> None:
    """Register every consumer in the registry of ``events``; called once, from `ProjectConfig.ready`."""
