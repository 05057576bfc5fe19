"""The sealed evidence bundle of a case, for the competent body: everything the case holds, checkable without us.

Source: `fraud.md` 7 (refer). Format and check: `verification.evidence`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from opensps.accounts.queries import Actor, names_by_id
from opensps.border.errors import CaseRefused
from opensps.border.models import Case, CaseEntry, CaseFile, CasePaper
from opensps.border.queries.cases import case_content, case_log
from opensps.border.services.case_log import entry_write, locked_case
from opensps.lifecycle.case import IDENTIFIED, CaseState
from opensps.signing import Signer
from opensps.verification.evidence import write_bundle


@transaction.atomic
def case_bundle(*, authority: str, actor: Actor, case_number: str, signer: Signer, at: datetime) -> bytes:
    """Return the bundle of a confirmed case; who took it stands in its log, which is part of it.

    Raises `CaseRefused` not_found, ended (not confirmed); `SigningError` where there is no key or it does not answer.
    """
    case = locked_case(authority=authority, actor=actor, case_number=case_number)
    if CaseState(case.state) not in IDENTIFIED:
        raise CaseRefused("ended")
    entry_write(case, act="bundle_taken", actor=actor.id, at=at)
    log = case_log(case)
    return write_bundle(
        authority=authority,
        case_number=case.case_number,
        made_at=at,
        case=_said(case, log),
        log=[_line(each) for each in log],
        files=[(_name(each), bytes(each.content)) for each in case.files.all()],
        kid=signer.kid,
        sign=signer.sign,
    )


def _name(file: CaseFile) -> str:
    """Return a name no other file of the case has."""
    return f"{file.pk}-{file.file_name}"


def _line(entry: CaseEntry) -> Mapping[str, Any]:
    return {
        "sequence": entry.sequence,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "act": entry.act,
        "data": entry.data,
        "digest": entry.digest,
    }


def _said(case: Case, log: tuple[CaseEntry, ...]) -> Mapping[str, Any]:
    content = case_content(case, entries=0)
    return {
        "number": case.case_number,
        "authority": case.authority,
        "state": case.state,
        "opened_from": case.opened_from,
        "origin": case.origin,
        "opened_at": case.opened_at.isoformat(),
        "office": case.office,
        "owner": case.owner,
        "second_reader": case.second_reader,
        "finding": case.finding,
        "grounds": case.grounds,
        "issuer_answer": case.issuer_answer,
        "competent_body": case.competent_body,
        "measure": case.measure,
        "people": dict(names_by_id(authority=case.authority, ids={each.actor for each in log})),
        "papers": [_paper(each) for each in content.papers],
        "files": [{"name": _name(each), "sha256": each.sha256} for each in content.files],
        "goods": dict(content.said.goods),
        "parties": [{"name": each.name, "part": each.part, "standing": each.standing} for each in content.said.parties],
        "harm": [
            {"whom": each.whom, "name": each.name, "told_at": each.told_at, "note": each.note}
            for each in content.said.harm
        ],
        "custody": [list(each) for each in content.said.custody],
        "links": [list(each) for each in content.said.links],
    }


def _paper(paper: CasePaper) -> Mapping[str, Any]:
    return {
        "sequence": paper.sequence,
        "number": paper.number,
        "type_code": paper.type_code,
        "issuer": paper.issuer,
        "presented_where": paper.presented_where,
        "presented_by": paper.presented_by,
        "presented_at": paper.presented_at.isoformat() if paper.presented_at else None,
        "result": paper.result,
        "verdict": paper.verdict,
        "differences": paper.differences,
        "features": paper.features,
    }
