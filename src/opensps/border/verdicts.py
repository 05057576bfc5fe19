"""The table of verdicts: what the desk found, with what it compared, kept for good (`fraud.md` 2).

A verdict is the evidence of an inquiry and of a case: the database refuses every change of it. What was shown of the
certificate is not kept a second time; the digest names the very bytes it was.
"""

from typing import Any, ClassVar

from django.db import models


class VerdictRecord(models.Model):
    """One verdict, with its evidence."""

    id = models.CharField(primary_key=True, max_length=32, editable=False)
    """128 random bits, hexadecimal; the same as that of the answer kept for a day."""

    authority = models.CharField(max_length=3)
    at = models.DateTimeField()
    door = models.CharField(max_length=10)
    issuer = models.CharField(max_length=20, blank=True)
    """Code of who issued it; empty where nobody is known to have."""

    number = models.CharField(max_length=100, blank=True)
    checker = models.CharField(max_length=64)
    """Opaque id."""

    organisation = models.CharField(max_length=32, blank=True)
    country = models.CharField(max_length=2, blank=True)
    """Of an official of another country; empty for our own."""

    office = models.CharField(max_length=10, blank=True)
    reference = models.CharField(max_length=60, blank=True)
    """The checker's own."""

    result = models.CharField(max_length=30)
    verdict_class = models.CharField(max_length=10)
    kind = models.CharField(max_length=20, blank=True)
    """``invalid`` or ``suspected_fraud``; only with red."""

    reasons = models.JSONField(default=list)
    checks = models.JSONField(default=dict)
    """The five checks, name to ``passed``, ``failed``, ``not_checked``."""

    fields = models.JSONField(default=list)
    """Per compared field ``field``, ``typed``, ``recorded``, ``word``, ``reason``."""

    compared_with = models.JSONField(default=dict)
    """Digest, version and state of the record, time of the status, date of the trust list."""

    said = models.JSONField(default=dict)
    """``en`` and ``zh``: heading, sentence, next step, headings of what applies besides."""

    previous = models.CharField(max_length=32, blank=True)
    """Id of the verdict whose paper was compared further."""

    batch = models.CharField(max_length=32, blank=True)
    """Id of the list it belongs to."""

    statement = models.BinaryField()
    """Everything above as one canonical text, which a proof of this check carries."""

    digest = models.BinaryField(max_length=32)
    """SHA-256 of the statement."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["authority", "checker", "-at"], name="border_verdicts_of_person"),
            models.Index(fields=["authority", "issuer", "number", "-at"], name="border_verdicts_of_number"),
            models.Index(fields=["authority", "batch"], name="border_verdicts_of_list", condition=~models.Q(batch="")),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.verdict_class}"

    def words(self, language: str = "en") -> dict[str, Any]:
        """Return heading, sentence, next step in one language."""
        found: dict[str, Any] = self.said["zh" if language.startswith("zh") else "en"]
        return found
