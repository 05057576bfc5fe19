from django.db import migrations, models
from django.db.models import F, Q

ROLES = [
    "exporter",
    "trade_agent",
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
        ("accounts", "0008_words_of_people"),
    ]

    operations = [
        migrations.AlterField(
            model_name="rolegrant",
            name="role",
            field=models.CharField(choices=[(role, role) for role in ROLES], max_length=30),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.CheckConstraint(
                condition=models.Q(("role", "trade_agent"), _negated=True) | models.Q(("organisation__isnull", False)),
                name="accounts_agent_has_organisation",
            ),
        ),
        migrations.CreateModel(
            name="Mandate",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("authority", models.CharField(max_length=3)),
                ("state", models.CharField(max_length=20)),
                ("scopes", models.JSONField(default=list)),
                ("kinds", models.JSONField(default=list)),
                ("last_day", models.DateField()),
                ("until", models.DateTimeField()),
                ("offered_by", models.CharField(max_length=64)),
                ("offered_at", models.DateTimeField()),
                ("accepted_by", models.CharField(blank=True, max_length=64)),
                ("accepted_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, max_length=64)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=models.PROTECT, related_name="mandates_held", to="accounts.organisation"
                    ),
                ),
                (
                    "principal",
                    models.ForeignKey(
                        on_delete=models.PROTECT, related_name="mandates_given", to="accounts.organisation"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["authority", "agent", "state"], name="accounts_mandate_held"),
                    models.Index(fields=["authority", "principal", "state"], name="accounts_mandate_given"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(state__in=["offered", "active", "declined", "ended"]),
                        name="accounts_mandate_state",
                    ),
                    models.CheckConstraint(condition=~Q(principal=F("agent")), name="accounts_mandate_of_two"),
                    models.CheckConstraint(
                        condition=~Q(state="active") | Q(accepted_at__isnull=False),
                        name="accounts_mandate_was_accepted",
                    ),
                ],
            },
        ),
    ]
