"""What the pages of the border desk share: who may enter, the terms of a check, what may be done after one."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from opensps.accounts.queries import Actor
from opensps.border.desk import Desk
from opensps.border.errors import RecordNotFound
from opensps.border.presenting_parties import DESKS, PRESENTING
from opensps.border.records import DESK_ABROAD, DESK_STAFF, CertificateRecord, received, record_for
from opensps.border.verdicts import VerdictRecord
from opensps.lifecycle import Role
from opensps.lifecycle.access import AccessScope
from opensps.verification import CLASS_WORDS, VerdictClass
from opensps.web.html import keys
from opensps.web.html.access import SignedInRequest
from opensps.web.html.acting import Link, now
from opensps.web.html.context import authority_name
from opensps.web.html.installation import installation
from opensps.web.html.receiving import receiving_terms
from opensps.web.html.templatetags.parts import is_chinese
from opensps.web.html.views.proof import proof_of

READERS: Final = tuple(sorted((DESK_STAFF | DESK_ABROAD) - {Role.SYSTEM, Role.CLOCK}))
"""Whose pages these are; what each sees is decided behind them."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that can be done after a check; left out while its page does not exist here."""

    url_name: str
    words: Promise
    act: str = ""
    """Of the pages that record a presentation and decide it at once."""


_PRESENT = Step("present", _("Record that it was presented"))
_RECORD = Step("desk-turning", _("Record that it was presented"), "record")
_REFUSE = Step("desk-turning", _("Refuse it"), "reject")
_HOLD = Step("desk-turning", _("Hold the goods"), "hold")
_ASK = Step("inquiry-new", _("Ask the authority that issued it"))
_CASE = Step("case-new", _("Open a counterfeit case"))
_CONCERN = Step("concern", _("Report a concern"))

STEPS: Final[Mapping[str, tuple[Step, ...]]] = MappingProxyType(
    {
        "green": (_PRESENT,),
        "amber": (_ASK, _PRESENT, _HOLD, _CONCERN),
        "grey": (_HOLD, _ASK, _RECORD, _CONCERN),
        "red": (_REFUSE, _HOLD, _ASK, _CASE, _RECORD),
    }
)
"""Class of a verdict -> what may be done, the first first: a red paper is refused or held, never just recorded."""

DECIDING: Final = frozenset({"reject", "hold"})
"""Acts on a verdict that decide about the goods."""

_ASKING = frozenset({"inquiry-new", "case-new", "concern"})


def desk_of(request: SignedInRequest, *, reference: str = "", batch: str = "") -> Desk:
    """Return under which terms this person checks now."""
    return Desk(
        authority=request.actor.authority,
        actor=request.actor,
        at=now(),
        trust=keys.trust_list(),
        network=request.META.get("REMOTE_ADDR") or "",
        accepts_training=installation().is_demo,
        proofs=proof_of,
        reference=reference,
        batch=batch,
        own_countries=receiving_terms().own_countries,
    )


def visible_record(request: SignedInRequest, issuer: str, number: str) -> CertificateRecord:
    """Return a certificate this person may see; for anybody else the page does not exist."""
    try:
        return record_for(authority=request.actor.authority, actor=request.actor, issuer=issuer, number=number)
    except RecordNotFound as exc:
        raise Http404 from exc


def record_behind(actor: Actor, verdict: VerdictRecord) -> CertificateRecord | None:
    """Return the certificate a verdict is about, where this person may see it."""
    if not verdict.issuer:
        return None
    try:
        return record_for(authority=verdict.authority, actor=actor, issuer=verdict.issuer, number=verdict.number)
    except RecordNotFound:
        return None


def issuer_name(authority: str, issuer: str) -> str:
    """Return who issued a certificate, in the reader's language."""
    if issuer in {"", authority}:
        return authority_name(authority)
    source = received()
    name = source.name(authority=authority, issuer=issuer, language=get_language() or "en") if source else ""
    return name or issuer


def class_tone(verdict_class: str) -> str:
    """Return the tone of a class."""
    return CLASS_WORDS[VerdictClass(verdict_class)].tone


def class_word(verdict_class: str) -> str:
    """Return the word of a class in the reader's language."""
    row = CLASS_WORDS[VerdictClass(verdict_class)]
    return row.chinese if is_chinese() else row.english


def steps_after(verdict: VerdictRecord, *, actor: Actor) -> list[Link]:
    """Return what this person may do now, the first first; nothing about a paper that was not looked at."""
    found: list[Link] = []
    if verdict.result == "too_many_tries":
        return found
    for step in STEPS[verdict.verdict_class]:
        is_offered = step.url_name in _ASKING or _may_take(step, verdict, actor)
        url = _address(step, verdict) if is_offered else ""
        if url:
            found.append(Link(url, step.words))
    return found


def _may_take(step: Step, verdict: VerdictRecord, actor: Actor) -> bool:
    if step.act in DECIDING:
        return may_decide(actor)
    return may_present(actor) and (bool(step.act) or bool(verdict.issuer))


def may_decide(actor: Actor) -> bool:
    """Whether this person decides about goods: customs presents and decides nothing."""
    return bool(actor.roles & DESKS) and not actor.lacks(AccessScope.RECEIVE)


def may_present(actor: Actor) -> bool:
    """Whether this person records what is presented."""
    return bool(actor.roles & PRESENTING) and not actor.lacks(AccessScope.RECEIVE)


def _address(step: Step, verdict: VerdictRecord) -> str:
    if step.act:
        return reverse(step.url_name, args=[verdict.pk, step.act])
    if step.url_name not in _ASKING:
        return f"{reverse(step.url_name, args=[verdict.issuer, verdict.number])}?{urlencode({'check': verdict.pk})}"
    said = {"number": verdict.number, "result": verdict.pk}
    if verdict.issuer not in {"", verdict.authority}:
        said["issuer"] = verdict.issuer
    try:
        return f"{reverse(step.url_name)}?{urlencode(said)}"
    except NoReverseMatch:
        return ""
