"""Tables of limits for the rules that watch, as they were loaded; and what the rules remember of goods they saw.

Source: `fraud.md` 5. A table that is loaded anew replaces the one before, which stays with its rows: an alert can be
explained years later. What is remembered of goods are sums and marks, so that the work goes with what is new.
"""

from typing import ClassVar

from django.db import models

from opensps.border.quantities import QuantityField


class WatchTable(models.Model):
    """One table of limits, as it was on a day."""

    authority = models.CharField(max_length=3)
    name = models.CharField(max_length=20)
    """Of `rules.limit_tables.LIMIT_TABLES`."""

    as_of = models.DateField()
    source = models.CharField(max_length=200)
    """Who says so, in their words."""

    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=64)
    row_count = models.PositiveIntegerField(default=0)
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["authority", "name"], condition=models.Q(is_current=True), name="border_one_table_in_use"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.as_of}"


class WatchRow(models.Model):
    """One row of a table of limits."""

    table = models.ForeignKey(WatchTable, on_delete=models.PROTECT, related_name="rows")
    authority = models.CharField(max_length=3)
    key = models.CharField(max_length=100)
    values = models.JSONField()

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [models.Index(fields=["table", "key"], name="border_limits_by_key")]

    def __str__(self) -> str:
        return self.key


class GoodsMonth(models.Model):
    """How much of a product of an origin was certified in a month (P01)."""

    authority = models.CharField(max_length=3)
    origin = models.CharField(max_length=2)
    product = models.CharField(max_length=6)
    """HS, six digits."""

    month = models.CharField(max_length=7)
    """Of the day of issue, ``2026-11``."""

    kilograms = QuantityField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "origin", "product", "month"], name="border_one_goods_month")
        ]

    def __str__(self) -> str:
        return f"{self.origin} {self.product} {self.month}"


class GoodsMark(models.Model):
    """An establishment, lot, container or exporter named on a certificate, by which the next one is found."""

    KINDS = ("establishment", "lot", "container", "exporter")

    authority = models.CharField(max_length=3)
    kind = models.CharField(max_length=13)
    key = models.CharField(max_length=100)
    issuer = models.CharField(max_length=60)
    number = models.CharField(max_length=100)
    at = models.DateTimeField()
    """Day of issue, or of departure."""

    until = models.DateTimeField(null=True)
    """Expected arrival."""

    kilograms = QuantityField(default=0)
    detail = models.CharField(max_length=100, blank=True)
    """Voyage of a container, destination of an exporter."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["authority", "kind", "key", "issuer", "number"], name="border_one_goods_mark"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["authority", "kind", "key", "at"], name="border_goods_marks")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.number}"
