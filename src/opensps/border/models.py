"""Tables of border: attempts without addresses, results and lists under unguessable ids, counters of wrong codes."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar

from django.db import models

from opensps.border.alerts import Alert, RuleCursor, SealMark
from opensps.border.arrivals import Arrival
from opensps.border.cases import Case, CaseEntry, CaseFeature, CaseFile, CasePaper, ForgeryNotice
from opensps.border.concerns import Concern, ConcernFile
from opensps.border.coordination import CoordinationCase, CoordinationEntry, CoordinationPart
from opensps.border.declarations import Declaration, DeclaredItem
from opensps.border.figures import CountryUse, FigureDay, VerifiedCertificate
from opensps.border.inquiries import Inquiry, InquiryAttachment, InquiryMessage, InquiryReply
from opensps.border.ledger import LineBalance, Presentation, PresentationEntry, PresentationLine
from opensps.border.rechecks import Recheck
from opensps.border.verdicts import VerdictRecord
from opensps.border.watch_tables import GoodsMark, GoodsMonth, WatchRow, WatchTable

__all__ = [
    "Alert",
    "Arrival",
    "Case",
    "CaseEntry",
    "CaseFeature",
    "CaseFile",
    "CasePaper",
    "CheckAttempt",
    "Concern",
    "ConcernFile",
    "CoordinationCase",
    "CoordinationEntry",
    "CoordinationPart",
    "CountryUse",
    "Declaration",
    "DeclaredItem",
    "Door",
    "FigureDay",
    "ForgeryNotice",
    "GoodsMark",
    "GoodsMonth",
    "Inquiry",
    "InquiryAttachment",
    "InquiryMessage",
    "InquiryReply",
    "LineBalance",
    "Presentation",
    "PresentationEntry",
    "PresentationLine",
    "Recheck",
    "RuleCursor",
    "SealMark",
    "StoredList",
    "StoredResult",
    "VerdictRecord",
    "VerifiedCertificate",
    "WatchRow",
    "WatchTable",
    "WrongCodeCounter",
]


class Door(StrEnum):
    """How a certificate was checked."""

    NUMBER = "number"
    TOKEN = "token"  # noqa: S105 the name of a door
    FILE = "file"
    CODE = "code"
    PAPER = "paper"
    """Typed by an official, field by field."""


class CheckAttempt(models.Model):
    """One check: when, how, with which result, from which network; no address (`trust.md` 8)."""

    authority = models.CharField(max_length=3)
    at = models.DateTimeField()
    door = models.CharField(max_length=10, choices=[(door.value, door.value) for door in Door])
    result = models.CharField(max_length=30)
    country = models.CharField(max_length=2, blank=True)
    """ISO 3166-1 alpha-2; empty = unknown."""

    network_digest = models.CharField(max_length=64)
    """Keyed digest of the /24 or /48, hexadecimal."""

    number = models.CharField(max_length=64, blank=True)
    """Only when a second secret showed the certificate; what somebody merely typed is not kept."""

    about = models.CharField(max_length=64, blank=True)
    """Number of the certificate of ours that was asked about, also with a wrong code; for the rules that watch."""

    typed_digest = models.CharField(max_length=64, blank=True)
    """Keyed digest of the number that was typed, hexadecimal: tells whether it was the same, not which it was."""

    fields = models.JSONField(default=list)
    """Names of the fields that differed, where an official compared."""

    checker = models.CharField(max_length=64, blank=True)
    """Opaque id of a signed-in official, else empty."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["authority", "at"], name="border_attempts_by_time"),
            models.Index(fields=["authority", "number", "at"], name="border_attempts_by_number"),
            models.Index(fields=["authority", "about", "at"], name="border_attempts_about"),
            models.Index(fields=["authority", "network_digest", "at"], name="border_attempts_network"),
            models.Index(fields=["authority", "typed_digest"], name="border_attempts_typed"),
        ]

    def __str__(self) -> str:
        return f"{self.door}: {self.result}"


class StoredResult(models.Model):
    """The answer to one check, kept for a day under an id that nobody can guess."""

    id = models.CharField(primary_key=True, max_length=32, editable=False)
    """128 random bits, hexadecimal."""

    authority = models.CharField(max_length=3)
    created_at = models.DateTimeField()
    door = models.CharField(max_length=10, choices=[(door.value, door.value) for door in Door])
    result = models.CharField(max_length=30)
    """Code of `lifecycles.md` 2.1."""

    verdict = models.JSONField()
    """``en`` and ``zh`` -> what `verification.verdict_to_json` gives in that language."""

    tries_left = models.PositiveIntegerField(null=True)
    """Wrong codes left this hour; only with ``no_match`` by number and code."""

    wait_until = models.DateTimeField(null=True)
    """Only with ``too_many_tries``."""

    checker = models.CharField(max_length=64, blank=True)
    """Opaque id of the official it was made for and is shown to alone; empty = whoever has the id."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["authority", "created_at"], name="border_results_by_time")]

    def __str__(self) -> str:
        return f"{self.door}: {self.result}"

    def answer(self, language: str = "en") -> Mapping[str, Any]:
        """Return the verdict in one language; any Chinese asks for ``zh``, any other for ``en``."""
        found: Mapping[str, Any] = self.verdict["zh" if language.startswith("zh") else "en"]
        return found


class StoredList(models.Model):
    """The answers to the rows of one list, kept for a day under an id that nobody can guess; no code is kept."""

    id = models.CharField(primary_key=True, max_length=32, editable=False)
    """128 random bits, hexadecimal."""

    authority = models.CharField(max_length=3)
    created_at = models.DateTimeField()
    rows = models.JSONField()
    """Per row ``line``, ``number``, ``result`` (id of a `StoredResult` or ``""``), ``error``, ``left_out``."""

    checker = models.CharField(max_length=64, blank=True)
    """Opaque id of the official it was made for and is shown to alone; empty = whoever has the id."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["authority", "created_at"], name="border_lists_by_time")]

    def __str__(self) -> str:
        return f"list of {len(self.rows)}"


class WrongCodeCounter(models.Model):
    """Wrong codes of one key: a number from a network, a network, or an official."""

    authority = models.CharField(max_length=3)
    scope = models.CharField(max_length=30)
    key = models.CharField(max_length=64)
    """Keyed digest, hexadecimal: the same kind of key whether or not the number exists."""

    wrong = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(null=True)
    rounds = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "scope", "key"], name="border_one_counter_per_key")
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"
