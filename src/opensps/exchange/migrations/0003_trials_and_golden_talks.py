import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0002_what_was_said"),
    ]

    operations = [
        migrations.AddField(
            model_name="partnerconnection",
            name="trial",
            field=models.JSONField(default=dict),
        ),
        migrations.CreateModel(
            name="GoldenTalk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("authority", models.CharField(max_length=3)),
                ("direction", models.CharField(max_length=10)),
                ("run", models.CharField(max_length=32)),
                ("state", models.CharField(max_length=10)),
                ("problem", models.CharField(blank=True, max_length=60)),
                ("asked_by", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField()),
                ("begun_at", models.DateTimeField(null=True)),
                ("until", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="golden_talks",
                        to="exchange.partnerconnection",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="golden_talks", to="exchange.partner"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("authority", "run"), name="exchange_one_talk_per_run"),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["asked", "running"])),
                        fields=("connection", "direction"),
                        name="exchange_one_open_talk",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["asked", "running", "ended", "stopped"])),
                        name="exchange_talk_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("direction__in", ["out", "in"])), name="exchange_talk_direction"
                    ),
                ],
            },
        ),
    ]
