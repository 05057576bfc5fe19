"""What was issued, newest first: the list of every officer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("certification", "0005_issued_for_a_country")]

    operations = [
        migrations.AddIndex(
            "certificate",
            models.Index(fields=["authority", "-issued_at", "-id"], name="certification_newest"),
        ),
    ]
