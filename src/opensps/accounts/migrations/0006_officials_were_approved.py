from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_official_access"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("role__in", ["country_admin", "foreign_officer"]), _negated=True),
                    ("official__isnull", False),
                    _connector="OR",
                ),
                name="accounts_official_was_approved",
            ),
        ),
    ]
