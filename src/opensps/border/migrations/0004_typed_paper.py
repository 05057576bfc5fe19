"""The door of the paper that an official types."""

from django.db import migrations, models

DOORS = [(name, name) for name in ("number", "token", "file", "code", "paper")]


class Migration(migrations.Migration):
    dependencies = [("border", "0003_lists")]

    operations = [
        migrations.AlterField("checkattempt", "door", models.CharField(choices=DOORS, max_length=10)),
        migrations.AlterField("storedresult", "door", models.CharField(choices=DOORS, max_length=10)),
    ]
