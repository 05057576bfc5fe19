from django.db import migrations, models

KINDS = ["competent_authority", "exporter", "agent", "laboratory", "foreign_authority", "embassy", "ministry"]
ROLES = [
    "exporter",
    "examiner",
    "reviewer",
    "planner",
    "inspector",
    "certifying_officer",
    "senior_officer",
    "manager",
    "administrator",
    "border_officer",
    "border_supervisor",
    "case_officer",
    "inquiry_desk",
    "enquiry_desk",
    "coordinator",
    "liaison",
    "customs",
    "access_reviewer",
    "access_approver",
    "foreign_officer",
    "country_admin",
    "embassy",
    "system",
    "clock",
]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_officials_were_approved"),
    ]

    operations = [
        migrations.AlterField(
            model_name="organisation",
            name="kind",
            field=models.CharField(choices=[(kind, kind) for kind in KINDS], max_length=30),
        ),
        migrations.AlterField(
            model_name="rolegrant",
            name="role",
            field=models.CharField(choices=[(role, role) for role in ROLES], max_length=30),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.CheckConstraint(
                condition=models.Q(("role", "liaison"), _negated=True) | models.Q(("organisation__isnull", False)),
                name="accounts_liaison_has_organisation",
            ),
        ),
    ]
