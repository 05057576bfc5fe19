from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0003_trials_and_golden_talks")]

    operations = [
        migrations.RemoveConstraint(model_name="envelope", name="exchange_envelope_kind"),
        migrations.AddConstraint(
            model_name="envelope",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["certificate", "acknowledgement", "response", "inquiry"])),
                name="exchange_envelope_kind",
            ),
        ),
    ]
