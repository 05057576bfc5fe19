"""The paper in an official's hands, field by field against what was signed (`fraud.md` 4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from opensps.border.services import check_paper
from opensps.certification.queries import certificate_value
from opensps.lifecycle import OFFICERS
from opensps.verification import FieldAnswer, TypedError
from opensps.verification.comparison import REASONS, Word
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import now
from opensps.web.html.forms.fields import language
from opensps.web.html.forms.paper import LABELS, MOST_LINES, PaperForm
from opensps.web.html.views.own import visible_certificate

WORDS: Final[dict[Word, tuple[str, Promise]]] = {
    Word.EQUAL: ("ok", _("The same")),
    Word.NOTED: ("info", _("Noted")),
    Word.EXPLAINED: ("warn", _("Can be explained")),
    Word.DIFFERS: ("bad", _("Different")),
}
"""Tone and word of each answer."""

VERDICTS: Final[dict[Word, Promise]] = {
    Word.EQUAL: _("What you typed is what was signed. Fields left empty were not compared."),
    Word.NOTED: _("What you typed is what was signed, with notes. Fields left empty were not compared."),
    Word.EXPLAINED: _(
        "Some details are written otherwise, each for a reason given below. Look at them before you accept."
    ),
    Word.DIFFERS: _(
        "Details differ from what was signed. Do not accept the paper before the difference is cleared up."
    ),
}
_WEIGHT: Final = {word: weight for weight, word in enumerate(Word)}


@dataclass(frozen=True, slots=True)
class Row:
    """One field of the paper and its answer."""

    label: str | Promise
    line: str
    """Number of the line of goods; empty for what is said of the whole certificate."""

    typed: str
    recorded: str
    tone: str
    word: Promise
    why: str


@role_required(*sorted(OFFICERS))
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: SignedInRequest, number: str) -> HttpResponse:
    """Ask what the paper says; a post answers field by field, below which the form stays filled in."""
    certificate = visible_certificate(request, number)
    recorded = certificate_value(certificate)
    form = PaperForm(request.POST if request.method == "POST" else None, recorded=recorded)
    answers = _answers(request, number, form) if form.is_bound and form.is_valid() else ()
    worst = max((each.word for each in answers), key=_WEIGHT.__getitem__, default=None)
    context = {
        "certificate": certificate,
        "form": form,
        "rows": _rows(answers),
        "tone": WORDS[worst][0] if worst else "",
        "verdict": VERDICTS[worst] if worst else "",
        "is_empty": form.is_bound and not form.errors and not answers,
        "left_out": max(len(recorded.lines) - MOST_LINES, 0),
    }
    return render(request, "certificates/paper.html", context, status=422 if form.errors else 200)


def _answers(request: SignedInRequest, number: str, form: PaperForm) -> tuple[FieldAnswer, ...]:
    """Return the answers; what cannot be read is said beside its field, and nothing is compared."""
    try:
        return check_paper(
            authority=request.actor.authority, number=number, typed=form.typed(), checker=request.actor, at=now()
        )
    except TypedError as error:
        form.refuse(error)
        return ()


def _rows(answers: Iterable[FieldAnswer]) -> list[Row]:
    rows = []
    for each in answers:
        name, _dot, line = each.field.partition(".")
        tone, word = WORDS[each.word]
        reason = REASONS.get(each.reason)
        why = "" if reason is None else (reason.chinese if language() == "zh" else reason.english)
        rows.append(Row(LABELS[name], line, each.typed, each.recorded, tone, word, why))
    return rows
