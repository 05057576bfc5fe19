"""Tables of the public figures: one row a day, countries and certificates seen once. Source: A38 to A46.

A page reads the newest row; how the values are computed stands in `border.services.counting_figures`.
"""

from typing import ClassVar

from django.db import models


class FigureDay(models.Model):
    """The figures as they stood at the end of a day, or now for today."""

    authority = models.CharField(max_length=3)
    day = models.DateField()
    values = models.JSONField(default=dict)
    """Name of a figure -> number, or ``null`` where there is nothing to compute it from."""

    computed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["authority", "day"], name="border_one_figure_day")]

    def __str__(self) -> str:
        return f"{self.day}"


class CountryUse(models.Model):
    """When a country last checked, fetched or acknowledged certificates here."""

    authority = models.CharField(max_length=3)
    country = models.CharField(max_length=2)
    last_used_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["authority", "country"], name="border_one_country")]

    def __str__(self) -> str:
        return self.country


class VerifiedCertificate(models.Model):
    """A certificate that an official has checked at least once."""

    authority = models.CharField(max_length=3)
    number = models.CharField(max_length=64)
    first_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["authority", "number"], name="border_one_verified")]

    def __str__(self) -> str:
        return self.number
