"""A partner's machine presents one of our certificates: checked, answered with what the ledger says, kept.

Source: `exchange.md` 3.4 (VerifyCertificate with presentation), `lifecycles.md` 5.1. What was not sent to the partner
is answered as before and reserves nothing; that it was presented is kept all the same.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from django.db import transaction

from opensps.border.errors import PresentationRefused
from opensps.border.ledger import Presentation
from opensps.border.models import StoredResult
from opensps.border.records import record_of
from opensps.border.services.for_partners import Asking
from opensps.border.services.presenting import PRESENTATION_LOCK, Checked, Claim, Opening, Presenter, foreseen, opened
from opensps.events.services import lock
from opensps.lifecycle.balance import Replay
from opensps.lifecycle.presentation import PresentationParty

PARTNER = "partner"
"""Role of a machine in events."""

LONGEST = 64


@transaction.atomic
def presentation_record(
    asking: Asking,
    *,
    request_id: str,
    location: str,
    question: Mapping[str, str],
    check: Callable[[Asking], StoredResult],
) -> Presentation:
    """Check what was presented at a place and write it into the ledger; a repeat gives the first answer again.

    ``question`` is what was asked, by name. Raises `PresentationRefused` request_reused, and what ``check`` raises.
    """
    lock(PRESENTATION_LOCK, asking.authority, asking.partner, request_id)
    fields = {f"field {name}": text for name, text in (asking.presented or {}).items()}
    said = {**question, "location": location, **fields}
    digest = hashlib.sha256(json.dumps(sorted(said.items())).encode()).digest()
    kept = Presentation.objects.filter(
        authority=asking.authority, presenter=asking.partner, request_id=request_id
    ).first()
    if kept is not None:
        if bytes(kept.digest) != digest:
            raise PresentationRefused("request_reused")
        return kept
    claim = Claim(location=location)
    given = replace(asking, used=lambda number: _used(asking, claim, number, request_id))
    result = check(given)
    number = str(result.verdict["en"].get("number") or question.get("number", ""))[:LONGEST]
    return opened(opening_of(asking, claim, number, request_id, checked_of(result)), digest=digest)


def opening_of(asking: Asking, claim: Claim, number: str, request_id: str, checked: Checked) -> Opening:
    """Return what a presentation of a partner is made from; the record only where it was sent to the partner."""
    found = record_of(authority=asking.authority, issuer=asking.authority, number=number) if number else None
    return Opening(
        authority=asking.authority,
        presenter=Presenter(
            party=PresentationParty.PARTNER,
            code=asking.partner,
            country=asking.country,
            actor=asking.official,
            role=PARTNER,
        ),
        claim=claim,
        checked=checked,
        issuer=asking.authority,
        number=number,
        record=found if found is not None and asking.may_see(number) else None,
        exists=found is not None,
        request_id=request_id,
        at=asking.at,
    )


def checked_of(result: StoredResult) -> Checked:
    """Return a kept answer as what a presentation stores of it."""
    said = result.verdict["en"]
    reasons = (str(said["result"]), *map(str, said["also"]))
    return Checked(reasons=reasons, verdict=result.verdict, check_number=result.id)


def _used(asking: Asking, claim: Claim, number: str, request_id: str) -> tuple[str, ...]:
    opening = opening_of(asking, claim, number, request_id, Checked(reasons=()))
    return tuple(each.value for each in foreseen(opening) if each is not Replay.OTHER_PORT)
