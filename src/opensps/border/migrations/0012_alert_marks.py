"""Certificates that alerts speak of; what fired before is marked by its subject."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def mark_subjects(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Give every alert that waits its certificate."""
    alert, mark = apps.get_model("border", "Alert"), apps.get_model("border", "AlertMark")
    waiting = alert.objects.filter(state="open").values_list("pk", "authority", "subject")
    mark.objects.bulk_create(
        mark(authority=authority, alert_id=pk, issuer="", number=subject) for pk, authority, subject in waiting
    )


class Migration(migrations.Migration):
    dependencies = [
        ("border", "0011_seal_marks"),
    ]

    operations = [
        migrations.CreateModel(
            name="AlertMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("authority", models.CharField(max_length=3)),
                (
                    "alert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="marks", to="border.alert"
                    ),
                ),
                ("issuer", models.CharField(blank=True, max_length=60)),
                ("number", models.CharField(max_length=100)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("alert", "issuer", "number"), name="border_one_mark_an_alert")
                ],
                "indexes": [models.Index(fields=["authority", "number"], name="border_alert_marks_number")],
            },
        ),
        migrations.RunPython(mark_subjects, migrations.RunPython.noop),
    ]
