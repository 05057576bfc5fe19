"""Lists of many checks."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("border", "0002_printed_codes")]

    operations = [
        migrations.CreateModel(
            name="StoredList",
            fields=[
                ("id", models.CharField(editable=False, max_length=32, primary_key=True, serialize=False)),
                ("authority", models.CharField(max_length=3)),
                ("created_at", models.DateTimeField()),
                ("rows", models.JSONField()),
                ("checker", models.CharField(blank=True, max_length=64)),
            ],
            options={"indexes": [models.Index(fields=["authority", "created_at"], name="border_lists_by_time")]},
        ),
    ]
