"""What the pages of the border desk share: who may enter, the terms of a check, what may be done after one."""

from dataclasses import dataclass
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
from opensps.border.records import DESK_ABROAD, DESK_STAFF, CertificateRecord, received, record_for
from opensps.border.verdicts import VerdictRecord
from opensps.lifecycle import Role
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
    classes: frozenset[str]
    is_about_record: bool = False
    """Whether it needs a certificate that is known."""


STEPS: Final = (
    Step("present", _("Record that it was presented"), frozenset({"green", "amber", "red", "grey"}), True),
    Step("inquiry-new", _("Ask the authority that issued it"), frozenset({"amber", "red", "grey"})),
    Step("case-new", _("Open a counterfeit case"), frozenset({"red"})),
    Step("concern", _("Report a concern"), frozenset({"amber", "grey"})),
)


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


def steps_after(verdict: VerdictRecord) -> list[Link]:
    """Return what may be done now, the first first."""
    found = []
    for step in STEPS:
        is_offered = verdict.verdict_class in step.classes and (bool(verdict.issuer) or not step.is_about_record)
        url = _address(step, verdict) if is_offered else ""
        if url:
            found.append(Link(url, step.words))
    return found


def _address(step: Step, verdict: VerdictRecord) -> str:
    given = [verdict.issuer, verdict.number] if step.is_about_record else []
    said = {"check": verdict.pk} if step.is_about_record else {"number": verdict.number, "result": verdict.pk}
    if not step.is_about_record and verdict.issuer not in {"", verdict.authority}:
        said["issuer"] = verdict.issuer
    try:
        return f"{reverse(step.url_name, args=given)}?{urlencode(said)}"
    except NoReverseMatch:
        return ""
