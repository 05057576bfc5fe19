"""The authority a counterfeit paper claims is kept with its whole code, as partners have them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("border", "0018_arrivals"),
    ]

    operations = [
        migrations.AlterField(model_name="casepaper", name="issuer", field=models.CharField(blank=True, max_length=60)),
        migrations.AlterField(
            model_name="forgerynotice", name="issuer", field=models.CharField(blank=True, max_length=60)
        ),
    ]
