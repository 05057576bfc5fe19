import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_roles_at_the_border"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessEndorsement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("authority", models.CharField(max_length=3)),
                ("endorsed_by", models.CharField(max_length=64)),
                ("note_reference", models.CharField(max_length=100)),
                ("endorsed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="OneTimeCodes",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="one_time_codes",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("authority", models.CharField(max_length=3)),
                ("secret", models.BinaryField(max_length=200)),
                ("last_step", models.BigIntegerField()),
                ("set_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("authority", models.CharField(max_length=3)),
                ("digest", models.CharField(max_length=64)),
                ("used_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="AccessAgreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("authority", models.CharField(max_length=3)),
                ("country", models.CharField(max_length=2)),
                ("mail_domains", models.JSONField(default=list)),
                ("scopes", models.JSONField(default=list)),
                ("allows_inheritance", models.BooleanField(default=False)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("authority", "country"), name="accounts_one_agreement_per_country")
                ],
            },
        ),
        migrations.CreateModel(
            name="AccessApproval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("authority", models.CharField(max_length=3)),
                ("endorsed_by", models.CharField(max_length=64)),
                ("reviewed_by", models.CharField(max_length=64)),
                ("approved_by", models.CharField(max_length=64)),
                ("approved_at", models.DateTimeField()),
                ("scopes", models.JSONField(default=list)),
                ("ends_on", models.DateField(null=True)),
                (
                    "endorsement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approval",
                        to="accounts.accessendorsement",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AccessRequest",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("authority", models.CharField(max_length=3)),
                ("reference", models.CharField(max_length=30)),
                ("kind", models.CharField(default="person", max_length=10)),
                ("country", models.CharField(max_length=2)),
                ("embassy_country", models.CharField(max_length=2)),
                ("name", models.CharField(max_length=200)),
                ("email", models.EmailField(max_length=254)),
                ("post", models.CharField(blank=True, max_length=200)),
                ("office", models.CharField(blank=True, max_length=200)),
                ("nominating_authority", models.CharField(blank=True, max_length=200)),
                ("ports", models.CharField(blank=True, max_length=200)),
                ("kinds", models.JSONField(default=list)),
                ("scopes", models.JSONField(default=list)),
                ("reason", models.TextField(blank=True)),
                ("ends_on", models.DateField(null=True)),
                ("language", models.CharField(default="en", max_length=10)),
                ("state", models.CharField(max_length=20)),
                ("since", models.DateTimeField()),
                ("is_reminded", models.BooleanField(default=False)),
                ("is_stalled", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("key_digest", models.CharField(max_length=64, unique=True)),
                ("said", models.TextField(blank=True)),
                ("reviewed_by", models.CharField(blank=True, max_length=64)),
                ("link_digest", models.CharField(blank=True, max_length=64)),
                ("link_until", models.DateTimeField(null=True)),
                (
                    "embassy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="accessendorsement",
            name="request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="endorsements", to="accounts.accessrequest"
            ),
        ),
        migrations.CreateModel(
            name="AccessDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("authority", models.CharField(max_length=3)),
                ("filename", models.CharField(max_length=200)),
                ("media_type", models.CharField(max_length=100)),
                ("sha256", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
                ("added_at", models.DateTimeField()),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="accounts.accessrequest",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EntryLink",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("authority", models.CharField(max_length=3)),
                ("purpose", models.CharField(max_length=20)),
                ("asked_by", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField()),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("confirmed_by", models.CharField(blank=True, max_length=64)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("until", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OfficialAccount",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("authority", models.CharField(max_length=3)),
                ("country", models.CharField(max_length=2)),
                ("kind", models.CharField(default="person", max_length=10)),
                ("state", models.CharField(max_length=20)),
                ("scopes", models.JSONField(default=list)),
                ("opened_at", models.DateTimeField()),
                ("reconfirmed_at", models.DateTimeField()),
                ("used_at", models.DateTimeField()),
                ("reason_code", models.CharField(blank=True, max_length=60)),
                (
                    "approval",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="accounts.accessapproval",
                    ),
                ),
                (
                    "inherited_from",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="heirs",
                        to="accounts.officialaccount",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="official",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="rolegrant",
            name="official",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="grants",
                to="accounts.officialaccount",
            ),
        ),
        migrations.AddField(
            model_name="recoverycode",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="recovery_codes", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="accessapproval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reviewed_by", ""), _negated=True),
                    models.Q(("approved_by", ""), _negated=True),
                    models.Q(("endorsed_by", ""), _negated=True),
                    models.Q(("approved_by", models.F("reviewed_by")), _negated=True),
                    models.Q(("approved_by", models.F("endorsed_by")), _negated=True),
                    models.Q(("reviewed_by", models.F("endorsed_by")), _negated=True),
                ),
                name="accounts_approval_by_three_people",
            ),
        ),
        migrations.AddIndex(
            model_name="accessrequest",
            index=models.Index(fields=["authority", "state", "since"], name="accounts_request_state"),
        ),
        migrations.AddIndex(
            model_name="accessrequest",
            index=models.Index(fields=["authority", "country", "state"], name="accounts_request_country"),
        ),
        migrations.AddConstraint(
            model_name="accessrequest",
            constraint=models.UniqueConstraint(
                fields=("authority", "reference"), name="accounts_one_request_per_reference"
            ),
        ),
        migrations.AddConstraint(
            model_name="accessrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("embassy_country", models.F("country"))), name="accounts_embassy_of_own_country"
            ),
        ),
        migrations.AddConstraint(
            model_name="accessrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("approved", "completed")), _negated=True),
                    models.Q(("reviewed_by", ""), _negated=True),
                    _connector="OR",
                ),
                name="accounts_approved_was_reviewed",
            ),
        ),
        migrations.AddConstraint(
            model_name="accessendorsement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("endorsed_by", ""), _negated=True), models.Q(("note_reference", ""), _negated=True)
                ),
                name="accounts_endorsement_is_signed",
            ),
        ),
        migrations.AddConstraint(
            model_name="entrylink",
            constraint=models.UniqueConstraint(
                condition=models.Q(("digest", ""), _negated=True),
                fields=("digest",),
                name="accounts_one_entry_per_digest",
            ),
        ),
        migrations.AddConstraint(
            model_name="entrylink",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at__isnull", True)),
                fields=("person", "purpose"),
                name="accounts_one_open_entry",
            ),
        ),
        migrations.AddConstraint(
            model_name="entrylink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("purpose", "reset"), _negated=True),
                    ("digest", ""),
                    models.Q(
                        models.Q(("confirmed_by", ""), _negated=True),
                        models.Q(("confirmed_by", models.F("asked_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="accounts_reset_by_two_people",
            ),
        ),
        migrations.AddIndex(
            model_name="officialaccount",
            index=models.Index(fields=["authority", "country", "state"], name="accounts_official_country"),
        ),
        migrations.AddConstraint(
            model_name="officialaccount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("inherited_from__isnull", True)),
                fields=("approval",),
                name="accounts_one_account_per_approval",
            ),
        ),
        migrations.AddConstraint(
            model_name="officialaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["active", "suspended", "revoked"])), name="accounts_account_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="recoverycode",
            constraint=models.UniqueConstraint(fields=("person", "digest"), name="accounts_one_recovery_code"),
        ),
    ]
