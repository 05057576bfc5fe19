"""Customs declares, amends, releases and cancels; the table is `lifecycle.declaration` (A09).

A release asks register and ledger under the locks of the certificates' use, so that of two declarations that claim the
same goods one is released.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction

from opensps.accounts.queries import Actor
from opensps.border.declarations import DECLARATION, EXPORT, IMPORT, Declaration, DeclaredItem
from opensps.border.errors import DeclarationRefused
from opensps.border.quantities import plain
from opensps.border.queries.clearance import clearance_of, items_of
from opensps.border.services.balances import lock_use
from opensps.events.services import event_write, lock
from opensps.lifecycle import Role
from opensps.lifecycle.declaration import (
    DECLARATION as TABLE,
)
from opensps.lifecycle.declaration import (
    DeclarationAct,
    DeclarationFacts,
    DeclarationState,
    next_declaration_state,
)

NUMBER: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{3,34}\Z")
PLACE: Final = re.compile(r"[A-Z]{2}[A-Z0-9]{3}\Z")
MOST_ITEMS: Final = 200
LONGEST_ISSUER: Final = 60
_LONGEST_NUMBER: Final = 64
_LAST_LINE: Final = 9999


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What a declaration claims of a certificate."""

    issuer: str = ""
    number: str = ""
    """Of the certificate; empty: goods that came without one."""

    goods: str = ""
    line: int | None = None
    """None: the certificate whole."""

    quantity: Decimal | None = None
    """In the unit of the certificate; None: the line whole."""


def plain_number(typed: str) -> str:
    """Return the number of a declaration as it is kept: capitals, no blanks."""
    return "".join(typed.split()).upper()


@transaction.atomic
def declaration_declare(
    *,
    authority: str,
    actor: Actor,
    declaration_number: str,
    direction: str,
    items: Sequence[Claimed],
    location: str = "",
    at: datetime,
) -> Declaration:
    """Write down a declaration; the same number again with other content is a new version while it is not released.

    Raises `ActNotAllowed` (role; guards items_given), `DeclarationRefused` not_found, number, place, items.
    """
    if actor.authority != authority or actor.country:
        raise DeclarationRefused("not_found")
    number, place = plain_number(declaration_number), location.strip().upper()
    _refuse_nonsense(number, direction, place, items)
    lock(DECLARATION, authority, number)
    rows = Declaration.objects.select_for_update().filter(authority=authority, declaration_number=number)
    found = rows.first()
    facts = DeclarationFacts(items=len(items))
    if found is None:
        state = next_declaration_state(None, DeclarationAct.DECLARE, roles=actor.roles, facts=facts)
        found = Declaration.objects.create(
            authority=authority,
            declaration_number=number,
            direction=direction,
            state=state.value,
            location=place,
            declared_by=actor.id,
            declared_at=at,
            changed_at=at,
        )
        _items_keep(found, items)
        _tell(found, DeclarationAct.DECLARE, "", actor=actor, at=at)
        return found
    before = found.state
    is_same = found.direction == direction and found.location == place and _same(found, items)
    if is_same and before != DeclarationState.CANCELLED and Role.CUSTOMS in actor.roles:
        return found
    state = next_declaration_state(DeclarationState(before), DeclarationAct.AMEND, roles=actor.roles, facts=facts)
    found.state, found.direction, found.location = state.value, direction, place
    found.version, found.changed_at = found.version + 1, at
    found.save()
    _items_keep(found, items)
    _tell(found, DeclarationAct.AMEND, before, actor=actor, at=at)
    return found


def _refuse_nonsense(number: str, direction: str, place: str, items: Sequence[Claimed]) -> None:
    if not NUMBER.match(number):
        raise DeclarationRefused("number")
    if direction not in (IMPORT, EXPORT) or (place and not PLACE.match(place)):
        raise DeclarationRefused("place")
    if len(items) > MOST_ITEMS or any(not _is_sound(each) for each in items):
        raise DeclarationRefused("items")


def _is_sound(item: Claimed) -> bool:
    is_line = item.line is None or 0 <= item.line <= _LAST_LINE
    is_quantity = item.quantity is None or (item.line is not None and is_kept_exactly(item.quantity))
    is_short = len(item.number) <= _LONGEST_NUMBER and len(item.issuer) <= LONGEST_ISSUER
    return is_line and is_quantity and is_short and bool(item.number or item.goods)


def is_kept_exactly(quantity: Decimal) -> bool:
    """Whether a quantity is more than nothing and comes back from the database as it was said."""
    return quantity.is_finite() and quantity > 0 and plain(quantity) == quantity


def _items_keep(declaration: Declaration, items: Sequence[Claimed]) -> None:
    DeclaredItem.objects.bulk_create(
        DeclaredItem(
            authority=declaration.authority,
            declaration=declaration,
            version=declaration.version,
            place=place,
            issuer=(each.issuer or declaration.authority) if each.number else "",
            number=each.number,
            goods=each.goods[:200],
            line=each.line,
            quantity=each.quantity,  # type: ignore[misc]  # null: the line whole
        )
        for place, each in enumerate(items, start=1)
    )


def _same(declaration: Declaration, items: Sequence[Claimed]) -> bool:
    kept = [(each.issuer, each.number, each.goods, each.line, each.quantity) for each in items_of(declaration)]
    return kept == [
        (
            (each.issuer or declaration.authority) if each.number else "",
            each.number,
            each.goods[:200],
            each.line,
            each.quantity,
        )
        for each in items
    ]


@transaction.atomic
def declaration_act(
    *, authority: str, actor: Actor, declaration_number: str, act: DeclarationAct, reason: str = "", at: datetime
) -> Declaration:
    """Release goods that are clear, or cancel with a reason.

    Raises `ActNotAllowed` (role; guards goods_clear, reason_given), `DeclarationRefused` not_found.
    """
    if actor.authority != authority or actor.country or Role.CUSTOMS not in actor.roles:
        raise DeclarationRefused("not_found")
    rows = Declaration.objects.select_for_update().filter(authority=authority, declaration_number=declaration_number)
    found = rows.first()
    if found is None:
        raise DeclarationRefused("not_found")
    before = found.state
    facts = DeclarationFacts(is_clear=act is DeclarationAct.RELEASE and _is_clear(found), reason=reason)
    found.state = next_declaration_state(DeclarationState(before), act, roles=actor.roles, facts=facts).value
    found.changed_at = at
    found.released_at = at if act is DeclarationAct.RELEASE else None
    found.save()
    _tell(found, act, before, actor=actor, at=at, reason=reason.strip())
    return found


def _is_clear(row: Declaration) -> bool:
    """Whether the goods are clear, under the locks of use, taken in the order everybody takes them: by number."""
    for number, issuer in sorted({(each.number, each.issuer) for each in items_of(row) if each.number}):
        lock_use(authority=row.authority, issuer=issuer, number=number)
    return clearance_of(row).is_clear


def _tell(row: Declaration, act: DeclarationAct, before: str, *, actor: Actor, at: datetime, reason: str = "") -> None:
    step = TABLE[DeclarationState(before) if before else None, act]
    numbers = sorted({each.number for each in items_of(row) if each.number})
    event_write(
        authority=row.authority,
        object_kind=DECLARATION,
        object_id=row.declaration_number,
        act=f"{DECLARATION}.{act.value}",
        from_state=before,
        to_state=row.state,
        actor=actor.id,
        role=str(min(step.roles & actor.roles)),
        at=at,
        office=row.location,
        payload={"version": row.version, "direction": row.direction, "numbers": numbers, "reason": reason},
    )
