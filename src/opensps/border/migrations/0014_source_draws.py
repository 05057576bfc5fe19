from django.db import migrations, models

import opensps.border.quantities


class Migration(migrations.Migration):
    dependencies = [
        ("border", "0013_coordination"),
    ]

    operations = [
        migrations.CreateModel(
            name="SourceDraw",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("authority", models.CharField(max_length=3)),
                ("reference", models.CharField(max_length=40)),
                ("line", models.PositiveIntegerField()),
                ("issuer", models.CharField(max_length=60)),
                ("number", models.CharField(max_length=64)),
                ("source_line", models.PositiveIntegerField()),
                ("unit", models.CharField(blank=True, max_length=3)),
                ("from_accepted", opensps.border.quantities.QuantityField(default=0)),
                ("from_left", opensps.border.quantities.QuantityField(default=0)),
                ("state", models.CharField(default="reserved", max_length=10)),
                ("drawn_by", models.CharField(blank=True, max_length=64)),
                ("at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [
                    models.Index(fields=["authority", "reference"], name="border_draws_of_one"),
                    models.Index(fields=["authority", "issuer", "number"], name="border_draws_of_source"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["reserved", "moved", "freed"])), name="border_draw_state"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("from_accepted__gte", 0), ("from_left__gte", 0)),
                        name="border_draw_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "moved"), _negated=True),
                            models.Q(("drawn_by", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="border_drawn_by_a_certificate",
                    ),
                ],
            },
        ),
    ]
