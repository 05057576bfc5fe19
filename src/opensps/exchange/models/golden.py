"""Conversations of golden messages: what was asked for, and since when it runs (`exchange.md` 7.3).

What each of its messages came to is a `GoldenRun`.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from opensps.exchange.models import columns
from opensps.exchange.models.partners import Partner, PartnerConnection, one_of
from opensps.lifecycle.golden_talk import OPEN_TALKS, TalkState


class GoldenTalk(models.Model):
    """One conversation in one direction over one connection."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="golden_talks")
    connection = models.ForeignKey(PartnerConnection, on_delete=models.PROTECT, related_name="golden_talks")
    direction = models.CharField(max_length=10)
    """``out``: our messages to them; ``in``: theirs to us."""

    run = models.CharField(max_length=32)
    """The same as in `GoldenRun` and in the envelopes."""

    state = models.CharField(max_length=10)
    problem = models.CharField(max_length=columns.CODE, blank=True)
    """Code of the reason why it did not begin."""

    asked_by = models.CharField(max_length=columns.PERSON)
    asked_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    until = models.DateTimeField()
    """Not waited for longer."""

    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "run"], name="exchange_one_talk_per_run"),
            models.UniqueConstraint(
                fields=["connection", "direction"],
                condition=Q(state__in=[str(each) for each in OPEN_TALKS]),
                name="exchange_one_open_talk",
            ),
            one_of("state", TalkState, "exchange_talk_state"),
            models.CheckConstraint(condition=Q(direction__in=["out", "in"]), name="exchange_talk_direction"),
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.state}"
