"""The Django application of the room."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and organisations."""

    name = "opensps.accounts"
    label = "accounts"
