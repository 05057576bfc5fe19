"""The table of what is coming: per certificate and country where it enters, when, and whether it only passes through.

Source: `ux.md` 6.6 (the list of what comes). Read once from each certificate, ours and partners'; it decides nothing,
and who may see a certificate is asked anew.
"""

from typing import ClassVar

from django.db import models


class Arrival(models.Model):
    """One certificate on its way to, or through, one country."""

    authority = models.CharField(max_length=3)
    issuer = models.CharField(max_length=60)
    number = models.CharField(max_length=64)
    country = models.CharField(max_length=2)
    """ISO 3166-1 alpha-2."""

    is_transit = models.BooleanField(default=False)
    port = models.CharField(max_length=5, blank=True)
    """UN/LOCODE of the point of entry, where the certificate gives one."""

    port_name = models.CharField(max_length=100, blank=True)
    arrives_on = models.DateField(null=True)
    """Expected, as written."""

    at = models.DateTimeField()
    """When it was sealed, or came."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["authority", "issuer", "number", "country"], name="border_one_arrival_a_country"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["authority", "country", "is_transit", "-at"], name="border_arrivals_newest"),
            models.Index(fields=["authority", "country", "arrives_on"], name="border_arrivals_by_day"),
            models.Index(fields=["authority", "country", "port", "-at"], name="border_arrivals_by_port"),
        ]

    def __str__(self) -> str:
        return f"{self.number} to {self.country}"
