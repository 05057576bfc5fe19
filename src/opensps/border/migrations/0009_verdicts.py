"""Verdicts of the desk, kept for good."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("border", "0008_one_ledger")]

    operations = [
        migrations.CreateModel(
            name="VerdictRecord",
            fields=[
                ("id", models.CharField(editable=False, max_length=32, primary_key=True, serialize=False)),
                ("authority", models.CharField(max_length=3)),
                ("at", models.DateTimeField()),
                ("door", models.CharField(max_length=10)),
                ("issuer", models.CharField(blank=True, max_length=20)),
                ("number", models.CharField(blank=True, max_length=100)),
                ("checker", models.CharField(max_length=64)),
                ("organisation", models.CharField(blank=True, max_length=32)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("office", models.CharField(blank=True, max_length=10)),
                ("reference", models.CharField(blank=True, max_length=60)),
                ("result", models.CharField(max_length=30)),
                ("verdict_class", models.CharField(max_length=10)),
                ("kind", models.CharField(blank=True, max_length=20)),
                ("reasons", models.JSONField(default=list)),
                ("checks", models.JSONField(default=dict)),
                ("fields", models.JSONField(default=list)),
                ("compared_with", models.JSONField(default=dict)),
                ("said", models.JSONField(default=dict)),
                ("previous", models.CharField(blank=True, max_length=32)),
                ("batch", models.CharField(blank=True, max_length=32)),
                ("statement", models.BinaryField()),
                ("digest", models.BinaryField(max_length=32)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["authority", "checker", "-at"], name="border_verdicts_of_person"),
                    models.Index(fields=["authority", "issuer", "number", "-at"], name="border_verdicts_of_number"),
                    models.Index(
                        fields=["authority", "batch"], name="border_verdicts_of_list", condition=~models.Q(batch="")
                    ),
                ]
            },
        ),
    ]
