"""Keys of programs of other authorities: each belongs to an official account and counts as long as that stands."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_programs_of_authorities"),
        ("exchange", "0005_stages_of_agreements"),
    ]

    operations = [
        migrations.AddField(
            model_name="partnercredential",
            name="official",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credentials",
                to="accounts.officialaccount",
            ),
        ),
        migrations.AddConstraint(
            model_name="partnercredential",
            constraint=models.CheckConstraint(
                condition=Q(official__isnull=True) | Q(use__in=["wsse_key", "oauth_client"], is_ours=False),
                name="exchange_key_of_a_program",
            ),
        ),
        migrations.AddConstraint(
            model_name="partnercredential",
            constraint=models.UniqueConstraint(
                fields=["official", "use"], condition=~Q(status="retired"), name="exchange_one_key_of_a_program"
            ),
        ),
    ]
