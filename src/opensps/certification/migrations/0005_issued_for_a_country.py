"""What was issued for a country, newest first: the list of its officials."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("certification", "0004_reported_outcomes")]

    operations = [
        migrations.AddIndex(
            "certificate",
            models.Index(fields=["authority", "import_country", "-issued_at"], name="certification_issued_for"),
        ),
    ]
