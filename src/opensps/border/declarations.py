"""Tables of customs declarations: the number customs gave it, what it claims of which certificate (A09).

What a version claims is never changed; an amendment is another version. A declaration is the authority's own country's.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from opensps.border.quantities import QuantityField
from opensps.lifecycle.declaration import DeclarationState

DECLARATION = "declaration"
"""Kind of object in events; its id is the number of the declaration."""

IMPORT, EXPORT = "import", "export"


class Declaration(models.Model):
    """A declaration as customs knows it."""

    authority = models.CharField(max_length=3)
    declaration_number = models.CharField(max_length=35)
    """As customs numbers it, capitals, without blanks."""

    direction = models.CharField(max_length=6)
    state = models.CharField(max_length=20)
    version = models.PositiveIntegerField(default=1)
    location = models.CharField(max_length=5, blank=True)
    """UN/LOCODE."""

    declared_by = models.CharField(max_length=80)
    """Opaque id of a person, or the client of a program."""

    declared_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "declaration_number"], name="border_one_declaration_number"),
            models.CheckConstraint(
                condition=Q(state__in=[str(each) for each in DeclarationState]), name="border_declaration_state"
            ),
            models.CheckConstraint(condition=Q(direction__in=[IMPORT, EXPORT]), name="border_declaration_direction"),
            models.CheckConstraint(
                condition=~Q(state="released") | Q(released_at__isnull=False), name="border_declaration_released"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["authority", "state", "-id"], name="border_declarations_list")]

    def __str__(self) -> str:
        return f"{self.declaration_number} {self.state}"


class DeclaredItem(models.Model):
    """What one version of a declaration claims of one line of one certificate."""

    authority = models.CharField(max_length=3)
    declaration = models.ForeignKey(Declaration, on_delete=models.PROTECT, related_name="items")
    version = models.PositiveIntegerField()
    place = models.PositiveIntegerField()
    """From 1."""

    issuer = models.CharField(max_length=60, blank=True)
    """Code of who issued the certificate: our authority or a partner."""

    number = models.CharField(max_length=64, blank=True)
    """Of the certificate; empty: goods without one."""

    goods = models.CharField(max_length=200, blank=True)
    line = models.PositiveIntegerField(null=True)
    """Null: all lines of the certificate, whole."""

    quantity = QuantityField(null=True)  # type: ignore[misc]  # the only nullable one
    """In the unit of the certificate; null: the line whole."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["declaration", "version", "place"], name="border_one_item_a_place"),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | Q(quantity__gt=0, line__isnull=False),
                name="border_declared_quantity",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["authority", "number", "issuer"], name="border_declared_number")]

    def __str__(self) -> str:
        return f"{self.place} {self.number}"
