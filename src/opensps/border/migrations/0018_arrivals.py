"""Where and when the goods of certificates arrive; read from the certificates by the worker, from the first on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("border", "0017_declarations"),
    ]

    operations = [
        migrations.CreateModel(
            name="Arrival",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("authority", models.CharField(max_length=3)),
                ("issuer", models.CharField(max_length=60)),
                ("number", models.CharField(max_length=64)),
                ("country", models.CharField(max_length=2)),
                ("is_transit", models.BooleanField(default=False)),
                ("port", models.CharField(blank=True, max_length=5)),
                ("port_name", models.CharField(blank=True, max_length=100)),
                ("arrives_on", models.DateField(null=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["authority", "country", "is_transit", "-at"], name="border_arrivals_newest"),
                    models.Index(fields=["authority", "country", "arrives_on"], name="border_arrivals_by_day"),
                    models.Index(fields=["authority", "country", "port", "-at"], name="border_arrivals_by_port"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("authority", "issuer", "number", "country"), name="border_one_arrival_a_country"
                    )
                ],
            },
        ),
    ]
