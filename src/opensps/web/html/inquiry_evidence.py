"""What the machine fills in when an inquiry is opened from the result of a check: the evidence, frozen as plain data.

Source: `fraud.md` 2 (the verdict is the evidence of an inquiry), `capabilities.md` A31. Only what the asker may see.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from opensps.accounts.queries import Actor
from opensps.border.queries import result_by_id
from opensps.border.queries.verdicts import verdict_by_id
from opensps.lifecycle.inquiry import InquirySubject
from opensps.web.html.acting import now
from opensps.web.html.forms.fields import language

_SUBJECTS: Final[Mapping[str, InquirySubject]] = {
    **dict.fromkeys(("fields_differ", "fields_explained", "file_altered"), InquirySubject.CONTENT),
    **dict.fromkeys(
        ("withdrawn", "on_hold", "replaced", "expired", "used_up", "already_presented"), InquirySubject.STATUS
    ),
    **dict.fromkeys(("certificate_missing",), InquirySubject.MISSING_CERTIFICATE),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A check somebody made before they asked."""

    check_number: str
    number: str
    issuer: str
    result: str
    heading: str
    """In the reader's language."""

    presented: Mapping[str, str]
    """Field -> text, as it was read on the paper."""

    kept: Mapping[str, Any]
    """What is frozen."""

    @property
    def subject(self) -> InquirySubject:
        """What an inquiry about such a result is usually about."""
        return _SUBJECTS.get(self.result, InquirySubject.GENUINENESS)

    @property
    def differing(self) -> list[Mapping[str, Any]]:
        """Fields that are not the same, first."""
        return [row for row in self.kept.get("fields", ()) if row.get("word") not in ("equal", "")]


def seen_by(actor: Actor, check_number: str) -> Seen | None:
    """Return a check by its id, if the actor may see it; None for any other id."""
    return (_of_verdict(actor, check_number) or _of_answer(actor, check_number)) if check_number else None


def _of_verdict(actor: Actor, check_number: str) -> Seen | None:
    """Return a verdict of the desk: it is kept for good, and its digest is part of the evidence."""
    found = verdict_by_id(authority=actor.authority, verdict_id=check_number, actor=actor)
    if found is None:
        return None
    headings = {code: str(found.words(code).get("heading", "")) for code in ("en", "zh")}
    kept = {
        "check": found.pk,
        "at": found.at.isoformat(),
        "result": found.result,
        "class": found.verdict_class,
        "kind": found.kind,
        "reasons": list(found.reasons),
        "heading": headings,
        "fields": list(found.fields),
        "digest": bytes(found.digest).hex(),
    }
    presented = {row["field"]: row["typed"] for row in found.fields if row.get("typed")}
    heading = headings["zh" if language() == "zh" else "en"]
    return Seen(found.pk, found.number, found.issuer, found.result, heading, presented, kept)


def _of_answer(actor: Actor, check_number: str) -> Seen | None:
    found = result_by_id(authority=actor.authority, result_id=check_number, at=now(), viewer=actor.id)
    if found is None:
        return None
    english, chinese = found.answer("en"), found.answer("zh")
    rows = [
        {"field": row["field"], "typed": row["presented"], "recorded": "", "word": "differs"}
        for row in english.get("differences", ())
    ]
    kept = {
        "check": found.id,
        "at": found.created_at.isoformat(),
        "result": found.result,
        "heading": {"en": english["heading"], "zh": chinese["heading"]},
        "fields": rows,
    }
    return Seen(found.id, english.get("number") or "", "", found.result, found.answer(language())["heading"], {}, kept)
