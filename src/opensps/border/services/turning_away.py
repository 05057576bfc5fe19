"""Records the paper of a verdict and holds or refuses it in the same act, whether or not there is such a certificate.

Source: `fraud.md` 2 (what the desk may do) and 3 (an invented number stays in the ledger), `lifecycles.md` 5.1. Nothing
is accepted here: a paper without fault is presented and then decided.
"""

from datetime import datetime

from django.db import transaction

from opensps.accounts.queries import Actor
from opensps.border.errors import RecordNotFound
from opensps.border.ledger import Presentation
from opensps.border.queries.verdicts import verdict_by_id
from opensps.border.records import CertificateRecord, record_for
from opensps.border.services.presentation_acts import Decision, presentation_act
from opensps.border.services.presenting import Checked, Claim, presentation_make
from opensps.border.verdicts import VerdictRecord
from opensps.lifecycle.presentation import PresentationAct, PresentationState

TURNED = (PresentationAct.REJECT, PresentationAct.HOLD)
"""What can be decided in one act with the record of the presentation."""


@transaction.atomic
def verdict_present(
    *,
    authority: str,
    actor: Actor,
    verdict_id: str,
    issuer: str = "",
    claim: Claim,
    act: PresentationAct | None,
    decision: Decision,
    request_id: str,
    at: datetime,
) -> Presentation:
    """Present the paper of a verdict that is not green, and hold or refuse it; ``act`` None only records it.

    ``issuer`` is who is said to have issued what nobody sent us yet; our own border names it. A repeat of the same
    request returns what it made. Raises `RecordNotFound` for a verdict that is not theirs or is green, and what
    `presentation_make` and `presentation_act` raise.
    """
    verdict = verdict_by_id(authority=authority, verdict_id=verdict_id, actor=actor)
    if verdict is None or verdict.verdict_class == "green" or act not in {None, *TURNED}:
        raise RecordNotFound(verdict_id)
    row = presentation_make(
        authority=authority,
        actor=actor,
        record=_record(verdict, actor),
        checked=Checked(reasons=tuple(verdict.reasons), verdict=verdict.said, check_number=verdict.pk),
        claim=claim,
        request_id=request_id,
        issuer=verdict.issuer or ("" if actor.country else issuer),
        number=verdict.number,
        at=at,
    )
    if act is None or row.state != PresentationState.PRESENTED:
        return row
    number = row.presentation_number
    return presentation_act(
        authority=authority, actor=actor, presentation_number=number, act=act, decision=decision, at=at
    )


def _record(verdict: VerdictRecord, actor: Actor) -> CertificateRecord | None:
    if not verdict.issuer:
        return None
    try:
        return record_for(authority=verdict.authority, actor=actor, issuer=verdict.issuer, number=verdict.number)
    except RecordNotFound:
        return None
