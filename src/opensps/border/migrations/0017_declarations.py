import django.db.models.deletion
from django.db import migrations, models

import opensps.border.quantities


class Migration(migrations.Migration):
    dependencies = [
        ("border", "0016_limit_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Declaration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("authority", models.CharField(max_length=3)),
                ("declaration_number", models.CharField(max_length=35)),
                ("direction", models.CharField(max_length=6)),
                ("state", models.CharField(max_length=20)),
                ("version", models.PositiveIntegerField(default=1)),
                ("location", models.CharField(blank=True, max_length=5)),
                ("declared_by", models.CharField(max_length=80)),
                ("declared_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("released_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["authority", "state", "-id"], name="border_declarations_list")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("authority", "declaration_number"), name="border_one_declaration_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["declared", "released", "cancelled"])),
                        name="border_declaration_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("direction__in", ["import", "export"])), name="border_declaration_direction"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "released"), _negated=True),
                            ("released_at__isnull", False),
                            _connector="OR",
                        ),
                        name="border_declaration_released",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeclaredItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("authority", models.CharField(max_length=3)),
                ("version", models.PositiveIntegerField()),
                ("place", models.PositiveIntegerField()),
                ("issuer", models.CharField(blank=True, max_length=60)),
                ("number", models.CharField(blank=True, max_length=64)),
                ("goods", models.CharField(blank=True, max_length=200)),
                ("line", models.PositiveIntegerField(null=True)),
                ("quantity", opensps.border.quantities.QuantityField(null=True)),  # type: ignore[misc]  # as the model
                (
                    "declaration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="border.declaration"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["authority", "number", "issuer"], name="border_declared_number")],
                "constraints": [
                    models.UniqueConstraint(fields=("declaration", "version", "place"), name="border_one_item_a_place"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("quantity__isnull", True),
                            models.Q(("line__isnull", False), ("quantity__gt", 0)),
                            _connector="OR",
                        ),
                        name="border_declared_quantity",
                    ),
                ],
            },
        ),
    ]
