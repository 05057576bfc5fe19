"""The register of templates agreed with partners: version, days of issue, who published and who acknowledged it.

Source: `fraud.md` 3 (attack 13), `lifecycles.md` 3. The database refuses any change of what was published
(`immutable`); a correction is a new version.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from opensps.certification.models import columns
from opensps.lifecycle.template import TemplateState


class CertificateTemplate(models.Model):
    """One version of the form of one kind of certificate."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    issuer = models.CharField(max_length=20)
    """Code of who issues on it: our authority, or a partner."""

    country = models.CharField(max_length=2, blank=True)
    """ISO 3166-1 alpha-2 of the destination it was agreed with; empty for a partner's."""

    kind = models.CharField(max_length=30)
    """Code of the kind of certificate."""

    name = models.CharField(max_length=30)
    """``XB-VET``: what a certificate carries, with the version."""

    version = models.CharField(max_length=10)
    authority_name = models.CharField(max_length=columns.NAME, blank=True)
    """The issuing authority's name as it is printed; empty where this says nothing of it."""

    changes = models.TextField(blank=True)
    """What is new in it, for whoever acknowledges it."""

    valid_from = models.DateField()
    """First day of issue."""

    valid_until = models.DateField(null=True)
    """Last day of issue."""

    state = models.CharField(max_length=20)
    published_by = models.CharField(max_length=columns.PERSON)
    published_at = models.DateTimeField()
    acknowledged_by = models.CharField(max_length=columns.PERSON, blank=True)
    """Opaque id of the person, or ``partner:CODE`` of a machine."""

    acknowledged_name = models.CharField(max_length=columns.NAME, blank=True)
    """Name of the person as it was that day."""

    acknowledged_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=200, blank=True)
    """Of the letter, where the acknowledgement came on paper, or by which a partner's template was told."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["authority", "issuer", "country", "kind", "name", "version"],
                name="certification_one_template",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[str(state) for state in TemplateState]), name="certification_template_state"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["acknowledged", "ended"])
                | Q(acknowledged_at__isnull=False) & ~Q(acknowledged_by=""),
                name="certification_template_was_acknowledged",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="certification_template_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}/{self.version} {self.state}"
