"""The register's own finding: what it says about a question before anybody looked, within the asker's rights.

Source: `lifecycles.md` 5.2 (machine_finding, < 60 s). Of what was not sent to a partner, or is not made out for an
official's country, it does not even say whether it was issued; a number that cannot be one of ours is said to be none.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Final

import structlog

from opensps.border.errors import InquiryRefused, TypingError
from opensps.border.inquiry_values import Machine
from opensps.border.models import Inquiry
from opensps.border.services.checking import Proofs
from opensps.border.services.for_partners import Asking, partner_check_number
from opensps.border.services.inquiring import inquiry_find
from opensps.certificate.numbers import NumberTypo, parse_number
from opensps.certification.errors import NotFound
from opensps.certification.queries import (
    certificate_by_number,
    certificate_record,
    certificate_value,
)
from opensps.certification.services.outcomes import is_accepted
from opensps.lifecycle.inquiry import InquiryState, MachineFinding
from opensps.signing import TrustList
from opensps.verification import TypedError

log = structlog.get_logger("opensps.border")

_SAID: Final = {
    "withdrawn": MachineFinding.WITHDRAWN,
    "on_hold": MachineFinding.ON_HOLD,
    "replaced": MachineFinding.REPLACED,
    "fields_differ": MachineFinding.FIELDS_DIFFER,
    "file_altered": MachineFinding.SIGNATURE_BAD,
    "foreign_signature": MachineFinding.SIGNATURE_BAD,
    "key_not_valid": MachineFinding.SIGNATURE_BAD,
}
"""Result of the check of our own record -> finding; ``in_force`` depends on what was compared."""

_UNFOUND_STATES: Final = (InquiryState.OPEN, InquiryState.ACKNOWLEDGED, InquiryState.WITH_OFFICE)
_AT_ONCE: Final = 50


def machine_of(number: str, asking: Asking) -> Machine:
    """Ask our own register; of what the asker may not see it does not even say whether it was issued."""
    if number and not _could_be_ours(number, asking.authority):
        return Machine(MachineFinding.NEVER_ISSUED)
    if not number or not asking.may_see(number):
        return Machine(MachineFinding.CANNOT_TELL)
    if certificate_record(authority=asking.authority, number=number) is None:
        return Machine(MachineFinding.NEVER_ISSUED)
    try:
        check = partner_check_number(asking, number=number)
    except (TypingError, TypedError):
        return Machine(MachineFinding.CANNOT_TELL)
    return Machine(_found(check.result, number, asking), check.id, check.verdict)


def _could_be_ours(number: str, authority: str) -> bool:
    """Tell by the number alone whether we might have given it: our code in front and its check digit right."""
    try:
        return parse_number(number).text.startswith(f"{authority}-")
    except NumberTypo:
        return False


def _found(result: str, number: str, asking: Asking) -> MachineFinding | None:
    if result != "in_force":
        return _SAID.get(result, MachineFinding.CANNOT_TELL)
    if is_accepted(authority=asking.authority, number=number):
        return MachineFinding.ALREADY_ACCEPTED
    return MachineFinding.FIELDS_MATCH if asking.presented else None


def is_for_country(*, authority: str, number: str, country: str) -> bool:
    """Tell whether a certificate of ours is made out for a country, or passes through it."""
    try:
        row = certificate_by_number(authority=authority, number=number)
    except NotFound:
        return False
    if row.import_country == country:
        return True
    return any(area.code == country for area in certificate_value(row).consignment.transit_countries)


def asking_for_country(
    *,
    authority: str,
    country: str,
    presented: Mapping[str, str],
    trust: TrustList,
    at: datetime,
    accepts_training: bool = False,
    proofs: Proofs | None = None,
) -> Asking:
    """Return the terms of officials of a country: what is made out for it is answered in full."""
    return Asking(
        authority=authority,
        partner=country,
        at=at,
        trust=trust,
        may_see=cache(lambda number: is_for_country(authority=authority, number=number, country=country)),
        accepts_training=accepts_training,
        proofs=proofs,
        presented=presented,
    )


def findings_run(*, authority: str, terms_of: Callable[[Inquiry], Asking], at: datetime) -> int:
    """Give every open question about a certificate that has none yet its finding; return how many got one.

    ``terms_of`` says under which terms its asker is answered. One that fails is tried again at the next turn.
    """
    rows = Inquiry.objects.filter(
        authority=authority,
        kind=Inquiry.CERTIFICATE,
        direction=Inquiry.INBOUND,
        found_at=None,
        state__in=_UNFOUND_STATES,
    )
    done = 0
    for row in rows.order_by("pk")[:_AT_ONCE]:
        try:
            machine = machine_of(row.number, terms_of(row))
            inquiry_find(authority=authority, inquiry_number=row.inquiry_number, machine=machine, at=at)
            done += 1
        except InquiryRefused as exc:
            log.warning("inquiry_without_finding", reason=exc.reason)
    return done
