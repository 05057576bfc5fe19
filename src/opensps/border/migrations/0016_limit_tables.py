import django.db.models.deletion
from django.db import migrations, models

import opensps.border.quantities

_ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [
        ("border", "0015_rechecks"),
    ]

    operations = [
        migrations.CreateModel(
            name="WatchTable",
            fields=[
                ("id", _ID),
                ("authority", models.CharField(max_length=3)),
                ("name", models.CharField(max_length=20)),
                ("as_of", models.DateField()),
                ("source", models.CharField(max_length=200)),
                ("loaded_at", models.DateTimeField()),
                ("loaded_by", models.CharField(max_length=64)),
                ("row_count", models.PositiveIntegerField(default=0)),
                ("is_current", models.BooleanField(default=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)),
                        fields=("authority", "name"),
                        name="border_one_table_in_use",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WatchRow",
            fields=[
                ("id", _ID),
                (
                    "table",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="border.watchtable"
                    ),
                ),
                ("authority", models.CharField(max_length=3)),
                ("key", models.CharField(max_length=100)),
                ("values", models.JSONField()),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["table", "key"], name="border_limits_by_key")],
            },
        ),
        migrations.CreateModel(
            name="GoodsMonth",
            fields=[
                ("id", _ID),
                ("authority", models.CharField(max_length=3)),
                ("origin", models.CharField(max_length=2)),
                ("product", models.CharField(max_length=6)),
                ("month", models.CharField(max_length=7)),
                ("kilograms", opensps.border.quantities.QuantityField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("authority", "origin", "product", "month"), name="border_one_goods_month"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GoodsMark",
            fields=[
                ("id", _ID),
                ("authority", models.CharField(max_length=3)),
                ("kind", models.CharField(max_length=13)),
                ("key", models.CharField(max_length=100)),
                ("issuer", models.CharField(max_length=60)),
                ("number", models.CharField(max_length=100)),
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                ("kilograms", opensps.border.quantities.QuantityField(default=0)),
                ("detail", models.CharField(blank=True, max_length=100)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("authority", "kind", "key", "issuer", "number"), name="border_one_goods_mark"
                    )
                ],
                "indexes": [models.Index(fields=["authority", "kind", "key", "at"], name="border_goods_marks")],
            },
        ),
    ]
