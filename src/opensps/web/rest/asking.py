"""Who asks about certificates over the API, and under which terms: the same as over SOAP. Source: `exchange.md` 3.4."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache

from opensps.border.services.for_partners import Asking
from opensps.exchange.errors import EnvelopeNotFound
from opensps.exchange.queries.for_callers import versions_for_caller
from opensps.verification import TypedError
from opensps.web.documents import proof_of
from opensps.web.html import keys
from opensps.web.html.installation import installation
from opensps.web.rest.calling import ApiRequest
from opensps.web.rest.forms.presented import PresentedField
from opensps.web.rest.problems import Fault, Problem
from opensps.web.rest.repeating import HEADER


def asking_for(request: ApiRequest, *, presented: Sequence[PresentedField] = ()) -> Asking:
    """Return who asks; only what was sent to the caller's partner is answered in full."""
    partner = request.auth.caller.partner

    def was_sent(number: str) -> bool:
        try:
            return bool(number) and bool(versions_for_caller(partner=partner, number=number))
        except EnvelopeNotFound:
            return False

    return Asking(
        authority=partner.authority,
        partner=partner.code,
        at=request.auth.at,
        trust=keys.trust_list(),
        may_see=cache(was_sent),
        accepts_training=installation().is_demo,
        proofs=proof_of,
        presented=_presented(presented),
        country=next(iter(partner.countries), ""),
    )


def _presented(fields: Sequence[PresentedField]) -> Mapping[str, str]:
    return {each.name if each.line is None else f"{each.name}.{each.line}": each.value for each in fields}


def request_id_of(request: ApiRequest) -> str:
    """Return the id of what a request creates: its key, never shared with another client."""
    return hashlib.sha256(f"rest {request.auth.caller.client_id} {request.headers[HEADER]}".encode()).hexdigest()


def unreadable_field(exc: TypedError) -> Problem:
    """Return the problem of a presented field that cannot be read."""
    fault = Fault(exc.reason.upper(), f"{exc.field} cannot be read", pointer="/presented_field")
    return Problem("SCHEMA_INVALID", faults=(fault,))
