"""What was presented before anybody could check it is checked again; an act of the ledger of its own."""

import django.db.models.deletion
from django.db import migrations, models

_ACTS = (
    *("present", "present_without", "hold", "accept", "accept_partly", "reject", "forward", "arrive", "annul"),
    *("correct_outcome", "report", "recheck", "remind", "outcome_clock_ends"),
)


class Migration(migrations.Migration):
    dependencies = [
        ("border", "0014_source_draws"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="presentationentry", name="border_entry_act"),
        migrations.AddConstraint(
            model_name="presentationentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("act__in", list(_ACTS))),
                name="border_entry_act",
            ),
        ),
        migrations.CreateModel(
            name="Recheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("authority", models.CharField(max_length=3)),
                (
                    "presentation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="recheck", to="border.presentation"
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("verdict_class", models.CharField(blank=True, max_length=5)),
                ("verdict_kind", models.CharField(blank=True, max_length=20)),
                ("reasons", models.JSONField(default=list)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("answered_at__isnull", True)),
                        fields=["authority", "asked_at"],
                        name="border_rechecks_waiting",
                    ),
                    models.Index(fields=["authority", "answered_at"], name="border_rechecks_answered"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at__isnull", True), ("verdict_class", "")),
                            models.Q(("answered_at__isnull", False), ("verdict_class__in", ["green", "amber", "red"])),
                            _connector="OR",
                        ),
                        name="border_recheck_answered",
                    )
                ],
            },
        ),
    ]
