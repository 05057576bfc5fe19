"""Adding to a case: papers, files, goods, parties, harm, custody of originals, links, the issuer's answer, findings.

Source: `fraud.md` 7. Case officers alone; nothing is taken away, a later line says it anew.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from opensps.accounts.queries import Actor
from opensps.border.case_terms import (
    GOODS,
    HARMED,
    MOST_ENTRIES,
    PARTY_PARTS,
    SAID,
    STANDINGS,
    NewPaper,
)
from opensps.border.errors import CaseRefused
from opensps.border.models import Case, CaseEntry, CaseFile, CasePaper
from opensps.border.services.case_log import changeable_case, entry_write, locked_case
from opensps.border.services.cases import feature_note, paper_attach
from opensps.certification.uploads import judged
from opensps.lifecycle.case import CaseFinding, CaseState


@transaction.atomic
def case_paper_add(*, authority: str, actor: Actor, case_number: str, paper: NewPaper, at: datetime) -> CasePaper:
    """Add a paper. Raises `CaseRefused` not_found, ended, nothing_given, paper_elsewhere, too_many."""
    case = changeable_case(authority=authority, actor=actor, case_number=case_number)
    if not (paper.number or paper.paper_key or any(paper.features.values())):
        raise CaseRefused("nothing_given")
    return paper_attach(case, paper, actor=actor, at=at)


@transaction.atomic
def case_file_add(*, authority: str, actor: Actor, case_number: str, name: str, data: bytes, at: datetime) -> CaseFile:
    """Keep a file: PDF or picture. Raises `CaseRefused` not_found, ended; `DocumentRefused`."""
    case = changeable_case(authority=authority, actor=actor, case_number=case_number)
    sizes = tuple(case.files.values_list("size_bytes", flat=True))
    found = judged(name, data, sizes_bytes=sizes)
    row = CaseFile.objects.create(
        authority=authority,
        case=case,
        file_name=found.filename,
        media_type=found.media_type,
        sha256=found.sha256.hex(),
        content=data,
        size_bytes=len(data),
        added_at=at,
        added_by=actor.id,
    )
    entry_write(case, act="file", actor=actor.id, at=at, data={"name": row.file_name, "sha256": row.sha256})
    return row


@transaction.atomic
def case_say(
    *, authority: str, actor: Actor, case_number: str, what: str, said: Mapping[str, str], at: datetime
) -> None:
    """Write one of goods, party, harm, custody or link, as `case_terms.folded` reads them.

    Raises `CaseRefused` not_found, ended, nothing_given, same_case, too_many.
    """
    case = changeable_case(authority=authority, actor=actor, case_number=case_number)
    if CaseEntry.objects.filter(case=case, act__in=SAID).count() >= MOST_ENTRIES:
        raise CaseRefused("too_many")
    _refuse_unsaid(case, what, said)
    entry_write(case, act=what, actor=actor.id, at=at, data=dict(said))
    if what == "goods":
        feature_note(case, "container", said.get("container", ""))
    elif what == "party":
        feature_note(case, "party", said["name"])


def _refuse_unsaid(case: Case, what: str, said: Mapping[str, str]) -> None:
    holds = {
        "goods": set(said) <= set(GOODS) and any(said.values()),
        "party": bool(said.get("name")) and said.get("part") in PARTY_PARTS and said.get("standing") in STANDINGS,
        "harm": said.get("whom") in HARMED and {"name", "told_at", "note"} <= said.keys(),
        "custody": bool(said.get("original")) and {"from", "to"} <= said.keys(),
        "link": bool(said.get("reason")) and bool(said.get("case")),
    }
    if not holds.get(what):
        raise CaseRefused("nothing_given")
    if what == "link":
        _refuse_foreign_link(case, said["case"])


def _refuse_foreign_link(case: Case, other: str) -> None:
    if other == case.case_number:
        raise CaseRefused("same_case")
    if not Case.objects.filter(authority=case.authority, case_number=other).exists():
        raise CaseRefused("not_found")


@transaction.atomic
def case_conclude(
    *,
    authority: str,
    actor: Actor,
    case_number: str,
    finding: CaseFinding,
    grounds: str,
    issuer_answer: str = "",
    at: datetime,
) -> Case:
    """Write finding and grounds, and what the issuing authority answered; the owner's act while assessing.

    Raises `CaseRefused` not_found, ended, nothing_given.
    """
    case = changeable_case(authority=authority, actor=actor, case_number=case_number)
    if case.owner != actor.id or case.state != CaseState.ASSESSING:
        raise CaseRefused("ended")
    if not grounds.strip():
        raise CaseRefused("nothing_given")
    case.finding, case.grounds = finding.value, grounds.strip()
    case.issuer_answer, case.changed_at = issuer_answer.strip() or case.issuer_answer, at
    case.save()
    data = {"finding": case.finding, "grounds": case.grounds, "issuer_answer": case.issuer_answer}
    entry_write(case, act="conclusion", actor=actor.id, at=at, data=data)
    return case


@transaction.atomic
def case_viewed(*, authority: str, actor: Actor, case_number: str, what: str = "view", at: datetime) -> Case:
    """Write into the log that somebody looks at a case, or takes a file or the bundle; return the case.

    Raises `CaseRefused` not_found.
    """
    case = locked_case(authority=authority, actor=actor, case_number=case_number)
    entry_write(case, act=what[:30], actor=actor.id, at=at)
    return case


@transaction.atomic
def case_file_taken(*, authority: str, actor: Actor, case_number: str, file_id: int, at: datetime) -> CaseFile:
    """Return a file of a case, and write into its log who took it. Raises `CaseRefused` not_found."""
    case = locked_case(authority=authority, actor=actor, case_number=case_number)
    found = CaseFile.objects.filter(authority=authority, case=case, pk=file_id).first()
    if found is None:
        raise CaseRefused("not_found")
    entry_write(case, act="file_taken", actor=actor.id, at=at, data={"name": found.file_name, "sha256": found.sha256})
    return found
