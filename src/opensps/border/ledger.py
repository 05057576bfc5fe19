"""Tables of what partners present to us: one row each time a paper was shown somewhere, kept for good.

Source: `lifecycles.md` 5.1 (I31: every presentation stays, also of numbers that do not exist). Balances, reservations
and outcomes of our own desks are not here yet.
"""

from typing import ClassVar

from django.db import models


class Presentation(models.Model):
    """A paper was presented to officials of a partner, who asked us about it; with the answer they got."""

    authority = models.CharField(max_length=3)
    presenter = models.CharField(max_length=60)
    """Code of the partner."""

    request_id = models.CharField(max_length=64)
    digest = models.BinaryField(max_length=32)
    """SHA-256 over what was asked: another question under the same request id is refused."""

    number = models.CharField(max_length=64, blank=True)
    """As it was given, or as read from a file or code; empty where none could be read."""

    location = models.CharField(max_length=5)
    """UN/LOCODE."""

    presented_at = models.DateTimeField()
    result = models.CharField(max_length=30)
    verdict = models.JSONField()
    """The answer as it was given, ``en`` and ``zh``."""

    check_number = models.CharField(max_length=32)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["authority", "presenter", "request_id"], name="border_one_presentation_per_request"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["authority", "number", "presented_at"], name="border_presented_number")
        ]

    def __str__(self) -> str:
        return f"{self.number} at {self.location}: {self.result}"
