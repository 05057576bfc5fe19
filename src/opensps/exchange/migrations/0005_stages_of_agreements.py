"""Stages of agreements with their days and types; what partners' rows say so far becomes their history."""

from datetime import date

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ORDER = ("communicated", "agreed", "signed", "live")


def keep_stages(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Write a row for every stage a partner's row tells the day of, and for the one it is in."""
    partners, kept = apps.get_model("exchange", "Partner"), apps.get_model("exchange", "AgreementStage")
    for row in partners.objects.order_by("pk"):
        reached = [stage for stage in ORDER if stage in row.stages_on and stage != row.stage]
        kept.objects.bulk_create(
            kept(
                authority=row.authority,
                partner=row,
                stage=stage,
                since=_day(row.stages_on.get(stage)),
                recorded_by="system",
                recorded_at=row.changed_at,
            )
            for stage in (*reached, row.stage)
        )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0004_inquiries_travel"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgreementStage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("authority", models.CharField(max_length=3)),
                ("stage", models.CharField(max_length=20)),
                ("since", models.DateField(null=True)),
                ("types", models.JSONField(default=list)),
                ("note", models.TextField(blank=True)),
                ("recorded_by", models.CharField(max_length=64)),
                ("recorded_at", models.DateTimeField()),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stages", to="exchange.partner"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["authority", "partner", "id"], name="exchange_stages_of_partner")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("stage__in", ["communicated", "agreed", "signed", "live"])),
                        name="exchange_agreement_stage",
                    )
                ],
            },
        ),
        migrations.RunPython(keep_stages, migrations.RunPython.noop),
    ]
