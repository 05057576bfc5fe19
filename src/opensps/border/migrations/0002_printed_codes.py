"""The door of the printed code."""

from django.db import migrations, models

DOORS = [("number", "number"), ("token", "token"), ("file", "file"), ("code", "code")]


class Migration(migrations.Migration):
    dependencies = [("border", "0001_initial")]

    operations = [
        migrations.AlterField("checkattempt", "door", models.CharField(choices=DOORS, max_length=10)),
        migrations.AlterField("storedresult", "door", models.CharField(choices=DOORS, max_length=10)),
    ]
