import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("border", "0012_alert_marks"),
    ]

    operations = [
        migrations.CreateModel(
            name="CoordinationCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("authority", models.CharField(max_length=3)),
                ("case_number", models.CharField(max_length=40)),
                ("state", models.CharField(max_length=20)),
                ("procedure", models.CharField(max_length=20)),
                ("subject", models.CharField(max_length=200)),
                ("details", models.TextField(blank=True)),
                ("question", models.CharField(blank=True, max_length=40)),
                ("opened_by", models.CharField(max_length=64)),
                ("opened_at", models.DateTimeField()),
                ("outcome", models.TextField(blank=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("changed_at", models.DateTimeField()),
                ("entry_count", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["authority", "state", "-id"], name="border_coordination_list"),
                    models.Index(fields=["authority", "question"], name="border_coordination_question"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("authority", "case_number"), name="border_one_coordination_number"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "closed"])), name="border_coordination_state"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("procedure__in", ["control", "assessment", "inspection", "approval"])),
                        name="border_coordination_procedure",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "closed"), _negated=True),
                            models.Q(models.Q(("outcome", ""), _negated=True), ("closed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="border_coordination_outcome",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CoordinationPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("authority", models.CharField(max_length=3)),
                ("place", models.PositiveIntegerField()),
                ("organisation", models.CharField(max_length=32)),
                ("task", models.TextField()),
                ("state", models.CharField(max_length=20)),
                ("assigned_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("is_overdue", models.BooleanField(default=False)),
                ("reported_at", models.DateTimeField(null=True)),
                ("changed_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="border.coordinationcase"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CoordinationEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("authority", models.CharField(max_length=3)),
                ("sequence", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=64)),
                ("act", models.CharField(max_length=30)),
                ("text", models.TextField(blank=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="border.coordinationcase",
                    ),
                ),
                (
                    "part",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="border.coordinationpart",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="coordinationpart",
            index=models.Index(fields=["authority", "organisation", "state"], name="border_parts_of_body"),
        ),
        migrations.AddIndex(
            model_name="coordinationpart",
            index=models.Index(fields=["authority", "state", "due_at"], name="border_parts_due"),
        ),
        migrations.AddConstraint(
            model_name="coordinationpart",
            constraint=models.UniqueConstraint(fields=("case", "place"), name="border_one_part_a_place"),
        ),
        migrations.AddConstraint(
            model_name="coordinationpart",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "withdrawn"), _negated=True),
                fields=("case", "organisation"),
                name="border_one_part_a_body",
            ),
        ),
        migrations.AddConstraint(
            model_name="coordinationpart",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["assigned", "in_work", "reported", "withdrawn"])),
                name="border_coordination_part_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="coordinationentry",
            constraint=models.UniqueConstraint(
                fields=("case", "sequence"), name="border_one_coordination_entry_a_place"
            ),
        ),
    ]
