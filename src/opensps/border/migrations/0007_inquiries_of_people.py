"""Inquiries by people at pages, of ours to partners, and questions to the enquiry point; replies as signed."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def _finish(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001  Django's signature
    """Say of the inquiries there are what the new columns say: the register answered them as they were opened."""
    inquiries = apps.get_model("border", "Inquiry").objects
    inquiries.filter(found_at=None).update(found_at=models.F("opened_at"))
    inquiries.filter(state="closed", finding="").update(is_withdrawn=True)


class Migration(migrations.Migration):
    dependencies = [
        ("border", "0006_cases"),
    ]

    operations = [
        migrations.CreateModel(
            name="InquiryReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("authority", models.CharField(max_length=3)),
                ("round", models.PositiveSmallIntegerField()),
                ("statement", models.BinaryField()),
                ("sent_at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="inquiry",
            name="border_inquiry_state",
        ),
        migrations.AddField(
            model_name="inquiry",
            name="acknowledged_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="inquiry",
            name="action",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name="inquiry",
            name="answered_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="inquiry",
            name="answerer",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name="inquiry",
            name="asked_by",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="inquiry",
            name="asked_from_minutes",
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="inquiry",
            name="direction",
            field=models.CharField(default="inbound", max_length=8),
        ),
        migrations.AddField(
            model_name="inquiry",
            name="drafted_by",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="inquiry",
            name="escalated_to",
            field=models.CharField(blank=True, max_length=12),
        ),
        migrations.AddField(
            model_name="inquiry",
            name="found_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="inquiry",
            name="is_withdrawn",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="inquiry",
            name="kind",
            field=models.CharField(default="certificate", max_length=12),
        ),
        migrations.AddField(
            model_name="inquiry",
            name="needs_second",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="inquiry",
            name="office",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name="inquiry",
            name="paused_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="inquiry",
            name="procedure",
            field=models.CharField(blank=True, max_length=12),
        ),
        migrations.AddField(
            model_name="inquiry",
            name="reminded_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="inquiry",
            name="sent_by",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="inquiry",
            name="step_due_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="inquirymessage",
            name="said_by",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.RunPython(_finish, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(fields=["authority", "state", "step_due_at"], name="border_inquiries_step"),
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(fields=["authority", "number"], name="border_inquiries_about"),
        ),
        migrations.AddConstraint(
            model_name="inquiry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "acknowledged",
                            "answered",
                            "closed",
                            "open",
                            "received",
                            "reply_drafted",
                            "routed",
                            "waiting_asker",
                            "with_office",
                        ],
                    )
                ),
                name="border_inquiry_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="inquiry",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["certificate", "question"])), name="border_inquiry_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="inquiry",
            constraint=models.CheckConstraint(
                condition=models.Q(("direction__in", ["inbound", "outbound"])), name="border_inquiry_direction"
            ),
        ),
        migrations.AddConstraint(
            model_name="inquiry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("procedure", ""),
                    ("procedure__in", ["control", "assessment", "inspection", "approval"]),
                    _connector="OR",
                ),
                name="border_inquiry_procedure",
            ),
        ),
        migrations.AddConstraint(
            model_name="inquiry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("needs_second", False),
                    models.Q(("state__in", ["answered", "closed"]), _negated=True),
                    models.Q(
                        models.Q(("drafted_by", ""), _negated=True),
                        models.Q(("sent_by", ""), _negated=True),
                        models.Q(("drafted_by", models.F("sent_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="border_inquiry_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="inquiry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "closed"), _negated=True),
                    ("kind", "question"),
                    models.Q(("finding", ""), _negated=True),
                    ("is_withdrawn", True),
                    _connector="OR",
                ),
                name="border_inquiry_closed_with_finding",
            ),
        ),
        migrations.AddField(
            model_name="inquiryreply",
            name="inquiry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="replies", to="border.inquiry"
            ),
        ),
        migrations.AddConstraint(
            model_name="inquiryreply",
            constraint=models.UniqueConstraint(fields=("inquiry", "round"), name="border_one_reply_a_round"),
        ),
    ]
