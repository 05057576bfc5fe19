"""Numbers never used twice, and keys of forms used once. Source: `domain.md` 2.2, `reliability.md` 2.2."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from opensps.certification.models import columns


class NumberSeries(models.Model):
    """The last serial given out in one series; its row is locked while the next is taken."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    name = models.CharField(max_length=20)
    """certificate, application or inspection."""

    office = models.CharField(max_length=4, blank=True)
    year = models.PositiveIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "name", "office", "year"], name="certification_one_series"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.office} {self.year}: {self.last}"


class BurntNumber(models.Model):
    """A certificate number that was taken and will never be a certificate (I20)."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    number = models.CharField(max_length=columns.NUMBER)
    reason_code = models.CharField(max_length=columns.CODE)
    burnt_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "number"], name="certification_burnt_once"),
        ]

    def __str__(self) -> str:
        return self.number


class FormToken(models.Model):
    """The one-time key of a form, so that a double click is one act."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    operation = models.CharField(max_length=60)
    key = models.CharField(max_length=64)
    person = models.CharField(max_length=columns.PERSON)
    used_at = models.DateTimeField()
    answer = models.CharField(max_length=300, blank=True)
    """Where the first post led to."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "operation", "key"], name="certification_form_once"),
            models.CheckConstraint(condition=~Q(key=""), name="certification_form_key_given"),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.key}"
