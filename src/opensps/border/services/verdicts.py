"""Keeps what the desk found: the answer for a day, the verdict for good, its digest in the chain of events.

Source: `fraud.md` 2 (verdict record), `ux.md` 5.3. Everything is written in one transaction.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from opensps.accounts.queries import keyed_digest, network_prefix
from opensps.border.desk import Desk, Found, points_of
from opensps.border.desk_words import said_at_desk
from opensps.border.models import CheckAttempt, StoredResult
from opensps.border.queries.alerts import alert_points
from opensps.border.queries.presentations import use_points
from opensps.border.verdicts import VerdictRecord
from opensps.events.services import event_write
from opensps.lifecycle import Role
from opensps.verification import CHECKS, FieldAnswer, Judgement, Reader, Verdict, classify_verdict, verdict_to_json
from opensps.verification.aspects import Aspect, Outcome
from opensps.verification.classes import VerdictClass, class_of
from opensps.verification.results import RESULTS
from opensps.verification.statement import statement_digest, statement_text

CHECK = "check"
"""Kind of object of the events."""

_ID_BYTES = 16
_SIGNS = {"P": "passed", "F": "failed", "-": "not_checked"}
_USED = frozenset({"used_up", "balance_exceeded", "already_presented", "open_elsewhere", "other_destination"})
_LANGUAGES = ("en", "zh")


def verdict_keep(desk: Desk, found: Found) -> VerdictRecord:
    """Write attempt, answer, verdict and event of one check."""
    points = (*found.points, *_points(desk, found))
    judged = classify_verdict(found.verdict, points=points)
    verdict = _headed(found.verdict, judged)
    columns = _columns(desk, found, verdict, judged)
    text = statement_text(_statement(columns, desk.at))
    kept = VerdictRecord(**columns, at=desk.at, statement=text, digest=statement_digest(text))
    with transaction.atomic():
        _attempt(desk, found, verdict)
        _answer(desk, found, verdict, judged, kept)
        kept.save(force_insert=True)
        _event(desk, kept)
    return kept


def _points(desk: Desk, found: Found) -> tuple[str, ...]:
    """Return what speaks against its use: what came with it, what the ledger says, and which rules that watch fired."""
    if found.record is None:
        return ()
    record = found.record
    named = {"authority": desk.authority, "issuer": record.issuer, "number": record.number}
    return (*points_of(record), *use_points(**named, actor=desk.actor), *alert_points(**named))


def _headed(verdict: Verdict, judged: Judgement) -> Verdict:
    """Return the verdict headed by its worst point, where that has an answer of its own."""
    first = judged.result
    if first == verdict.result or first not in RESULTS or not judged.reasons:
        return verdict
    others = dict.fromkeys((verdict.result, *verdict.also))
    also = tuple(each for each in others if each != first and class_of(each) is not VerdictClass.GREEN)
    return replace(verdict, result=first, also=also)


def five_checks(verdict: Verdict, judged: Judgement) -> dict[str, str]:
    """Return the five checks, name to passed, failed or not_checked; the fifth is whether it is meant for us."""
    four = {name: _SIGNS[sign] for name, sign in zip(CHECKS, verdict.checks, strict=True)}
    answered = {each.aspect for each in verdict.fragments if each.outcome is Outcome.VALID}
    if four["in_force"] == "not_checked" and {Aspect.STATUS, Aspect.FRESHNESS} <= answered:
        four["in_force"] = "passed"
    asked = {each.outcome for each in verdict.fragments if each.aspect in {Aspect.PURPOSE, Aspect.USE}}
    fifth = "passed" if Outcome.VALID in asked and four["known"] != "failed" else "not_checked"
    if Outcome.INVALID in asked or _USED & set(judged.reasons):
        fifth = "failed"
    return {**four, "for_you": fifth}


def _columns(desk: Desk, found: Found, verdict: Verdict, judged: Judgement) -> dict[str, Any]:
    record, actor = found.record, desk.actor
    return {
        "id": secrets.token_hex(_ID_BYTES),
        "authority": desk.authority,
        "door": str(found.door),
        "issuer": record.issuer if record is not None else "",
        "number": record.number if record is not None else (found.number or verdict.number or "")[:100],
        "checker": actor.id,
        "organisation": actor.organisation or "",
        "country": actor.country,
        "office": actor.office or "",
        "reference": desk.reference[:60],
        "result": judged.result if judged.reasons else verdict.result,
        "verdict_class": judged.verdict_class.value,
        "kind": judged.kind.value if judged.kind is not None else "",
        "reasons": list(judged.reasons),
        "checks": five_checks(verdict, judged),
        "fields": [_field(each) for each in found.fields],
        "compared_with": _compared_with(desk, found, verdict),
        "said": {language: said_at_desk(verdict, judged, found, desk, language) for language in _LANGUAGES},
        "previous": found.previous,
        "batch": desk.batch,
    }


def _field(answer: FieldAnswer) -> dict[str, str]:
    return {
        "field": answer.field,
        "typed": answer.typed[:500],
        "recorded": answer.recorded[:500],
        "word": answer.word.value,
        "reason": answer.reason,
    }


def _compared_with(desk: Desk, found: Found, verdict: Verdict) -> dict[str, Any]:
    record, issued = found.record, desk.trust.issued_at
    return {
        "digest": record.digest if record is not None else "",
        "version": record.version if record is not None else 0,
        "state": record.state if record is not None else "",
        "status_as_of": _moment(verdict.as_of),
        "trust_list": desk.trust.serial,
        "trust_list_of": _moment(issued),
    }


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at is not None else ""


def _statement(columns: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Return what a proof says: no id of a person, and the class under its usual name."""
    left_out = {"checker", "organisation", "said", "batch", "verdict_class"}
    kept = {name: value for name, value in columns.items() if name not in left_out}
    return {**kept, "class": columns["verdict_class"], "at": _moment(at), "heading": columns["said"]["en"]["heading"]}


def _attempt(desk: Desk, found: Found, verdict: Verdict) -> None:
    is_shown = found.record is not None or verdict.certificate is not None
    CheckAttempt.objects.create(
        authority=desk.authority,
        at=desk.at,
        door=found.door,
        result=verdict.result,
        country=desk.actor.country,
        network_digest=keyed_digest("border.network", network_prefix(desk.network)) if desk.network else "",
        number=(verdict.number or "") if is_shown else "",
        checker=desk.actor.id,
        fields=[each.field for each in verdict.differences],
    )


def _answer(desk: Desk, found: Found, verdict: Verdict, judged: Judgement, kept: VerdictRecord) -> None:
    """Keep the answer for a day, in the form every other check has."""
    shown = verdict if found.record is not None or found.is_full else replace(verdict, certificate=None)
    answers = {}
    for language in _LANGUAGES:
        plain = verdict_to_json(shown, language, reader=Reader.OFFICIAL, extra=found.extra)
        answers[language] = {**plain, **kept.said[language], "class": judged.verdict_class.value}
    StoredResult.objects.create(
        id=kept.pk,
        authority=desk.authority,
        created_at=desk.at,
        door=found.door,
        result=kept.result,
        verdict=answers,
        wait_until=found.wait_until,
        checker=desk.actor.id,
    )


def _event(desk: Desk, kept: VerdictRecord) -> None:
    roles: Sequence[Role] = sorted(desk.actor.roles)
    event_write(
        authority=desk.authority,
        object_kind=CHECK,
        object_id=kept.pk,
        act="check.kept",
        to_state="kept",
        actor=desk.actor.id,
        role=roles[0] if roles else "",
        office=desk.actor.office or "",
        at=desk.at,
        payload={
            "digest": bytes(kept.digest).hex(),
            "issuer": kept.issuer,
            "number": kept.number,
            "result": kept.result,
            "class": kept.verdict_class,
            "country": kept.country,
        },
    )
