"""The Django application of the room."""

from django.apps import AppConfig


class BorderConfig(AppConfig):
    """Checks of certificates."""

    name = "opensps.border"
    label = "border"
