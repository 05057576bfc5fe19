"""What a form takes, its column holds: PostgreSQL refuses the rest where SQLite keeps it."""

import pytest
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import Form

from opensps.certification.models import Application, Inspection
from opensps.web.html.forms.acts import PlanForm, RefuseForm
from opensps.web.html.forms.fields import QuantityField


@pytest.mark.parametrize(
    ("form", "field", "table", "column"),
    [
        (PlanForm, "place", Inspection, "place"),
        (PlanForm, "slot", Inspection, "slot"),
        (RefuseForm, "legal_ground", Application, "end_legal_ground"),
    ],
)
def test_a_field_is_no_longer_than_its_column(
    form: type[Form], field: str, table: type[models.Model], column: str
) -> None:
    asked: int = form.base_fields[field].max_length  # type: ignore[attr-defined]  # all three are text fields
    assert asked <= table._meta.get_field(column).max_length  # type: ignore[union-attr]  # as above


@pytest.mark.parametrize("typed", ["9" * 6000, "1" + ",000" * 20, "0." + "1" * 50])
def test_a_number_longer_than_any_quantity_is_not_one(typed: str) -> None:
    with pytest.raises(ValidationError):
        QuantityField().clean(typed)


def test_the_longest_quantity_is_one() -> None:
    assert QuantityField().clean("12,345,678,901,234,567,890.1234") is not None
