"""A verdict as plain JSON data: the same answer for the page, the command line and the interfaces."""

from collections.abc import Mapping
from datetime import UTC, datetime

from opensps.verification.code_facts import code_facts
from opensps.verification.comparison import REASONS
from opensps.verification.disclosure import Reader, facts
from opensps.verification.results import CHECKS
from opensps.verification.verdict import Difference, Verdict
from opensps.verification.words import NO_EXTRAS, also_headings, words

_SIGNS = {"P": "passed", "F": "failed", "-": "not_checked"}


def verdict_to_json(
    verdict: Verdict, language: str = "en", *, reader: Reader = Reader.HOLDER, extra: Mapping[str, str] = NO_EXTRAS
) -> dict[str, object]:
    """Return the verdict as data for `json.dumps`; the keys are permanent, times are ISO 8601 in UTC."""
    said = words(verdict, language=language, extra=extra)
    held, authority = verdict.certificate, verdict.signer or ""
    shown = facts(held, reader, language=language, authority=authority) if held is not None else ()
    if verdict.claims is not None:
        shown = code_facts(verdict.claims, language=language, authority=authority)
    return {
        "result": verdict.result,
        "class": verdict.verdict_class,
        "tone": verdict.tone,
        "exit_code": verdict.exit_code,
        "heading": said.heading,
        "sentence": said.sentence,
        "next": said.next_step,
        "also": list(verdict.also),
        "also_headings": list(also_headings(verdict, language=language)),
        "checks": {name: _SIGNS[sign] for name, sign in zip(CHECKS, verdict.checks, strict=True)},
        "fragments": [
            {"aspect": each.aspect.value, "outcome": each.outcome.value, "reason": each.reason}
            for each in verdict.fragments
        ],
        "number": verdict.number,
        "signer": verdict.signer,
        "as_of": _time(verdict.as_of),
        "checked_at": _time(verdict.checked_at),
        "facts": [{"key": each.key, "label": each.label, "value": each.value} for each in shown],
        "differences": [_difference(each, language) for each in verdict.differences],
    }


def _time(at: datetime | None) -> str | None:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at is not None else None


def _difference(one: Difference, language: str) -> dict[str, str]:
    row = REASONS[one.reason]
    return {
        "field": one.field,
        "presented": one.presented,
        "recorded": one.recorded,
        "kind": row.kind.value,
        "reason": one.reason,
        "sentence": row.chinese if language.startswith("zh") else row.english,
    }
