"""Templates agreed with partners, the one a certificate is on, and copies that were reported lost."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("certification", "0006_newest_first")]

    operations = [
        migrations.AddField("application", "template", models.CharField(blank=True, default="", max_length=45)),
        migrations.AddField("certificate", "template", models.CharField(blank=True, default="", max_length=45)),
        migrations.AddField("certificate", "lost_copies", models.JSONField(default=dict)),
        migrations.CreateModel(
            name="CertificateTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("authority", models.CharField(max_length=3)),
                ("issuer", models.CharField(max_length=20)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("kind", models.CharField(max_length=30)),
                ("name", models.CharField(max_length=30)),
                ("version", models.CharField(max_length=10)),
                ("authority_name", models.CharField(blank=True, max_length=450)),
                ("changes", models.TextField(blank=True)),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField(null=True)),
                ("state", models.CharField(max_length=20)),
                ("published_by", models.CharField(max_length=64)),
                ("published_at", models.DateTimeField()),
                ("acknowledged_by", models.CharField(blank=True, max_length=64)),
                ("acknowledged_name", models.CharField(blank=True, max_length=450)),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("reference", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("authority", "issuer", "country", "kind", "name", "version"),
                        name="certification_one_template",
                    ),
                    models.CheckConstraint(
                        condition=Q(state__in=["published", "acknowledged", "ended", "withdrawn"]),
                        name="certification_template_state",
                    ),
                    models.CheckConstraint(
                        condition=~Q(state__in=["acknowledged", "ended"])
                        | Q(acknowledged_at__isnull=False) & ~Q(acknowledged_by=""),
                        name="certification_template_was_acknowledged",
                    ),
                    models.CheckConstraint(
                        condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                        name="certification_template_days",
                    ),
                ],
            },
        ),
    ]
