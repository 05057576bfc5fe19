"""Accounts of programs of other authorities: who answers for them, the partner their key belongs to, no password."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_mandates"),
    ]

    operations = [
        migrations.AddField(
            model_name="accessrequest",
            name="responsible",
            field=models.CharField(blank=True, default="", max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="accessapproval",
            name="partner",
            field=models.CharField(blank=True, default="", max_length=16),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="officialaccount",
            name="partner",
            field=models.CharField(blank=True, default="", max_length=16),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="person",
            name="is_machine",
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name="accessrequest",
            constraint=models.CheckConstraint(
                condition=Q(kind="person")
                | (Q(kind="machine") & (Q(state__in=("draft", "returned", "lapsed")) | ~Q(responsible=""))),
                name="accounts_program_has_responsible",
            ),
        ),
        migrations.AddConstraint(
            model_name="officialaccount",
            constraint=models.CheckConstraint(
                condition=Q(kind="person", partner="")
                | (Q(kind="machine", inherited_from__isnull=True) & ~Q(partner="")),
                name="accounts_program_has_partner",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=Q(is_machine=False) | Q(password__startswith="!"),  # noqa: S106  the mark of an account without one
                name="accounts_program_has_no_password",
            ),
        ),
    ]
