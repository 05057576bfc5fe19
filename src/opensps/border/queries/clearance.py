"""Clear or not clear, with the reasons, for a declaration number; and the declarations themselves (A09).

Customs hears whether and why, not what stands in the certificate. Computed from register and ledger at the moment of
asking: the answer is never older than they are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Min, OuterRef, Q, QuerySet, Subquery, Sum

from opensps.accounts.queries import Actor, authority_profile
from opensps.border.declarations import IMPORT, Declaration, DeclaredItem
from opensps.border.errors import DeclarationRefused
from opensps.border.ledger import LineBalance, Presentation, PresentationLine
from opensps.border.quantities import issued_lines
from opensps.border.records import CertificateRecord, record_of
from opensps.lifecycle import Role
from opensps.lifecycle.balance import LineUse
from opensps.lifecycle.declaration import DeclarationState, ItemFacts, LineFacts, NotClear, why_not_clear
from opensps.lifecycle.presentation import PresentationState

__all__ = [
    "PAGE",
    "READERS",
    "Clearance",
    "Declaration",
    "DeclaredItem",
    "ItemAnswer",
    "clearance_of",
    "declaration_for",
    "declarations",
    "items_of",
]

PAGE = 25
READERS = frozenset({Role.CUSTOMS, Role.BORDER_OFFICER, Role.BORDER_SUPERVISOR})
_STANDING = (DeclarationState.DECLARED, DeclarationState.RELEASED)


@dataclass(frozen=True, slots=True)
class ItemAnswer:
    """One certificate of a declaration, and why its goods are not clear."""

    issuer: str
    number: str
    goods: str
    reasons: tuple[NotClear, ...]


@dataclass(frozen=True, slots=True)
class Clearance:
    """The answer to customs."""

    is_clear: bool
    items: tuple[ItemAnswer, ...]


def declarations(
    *, actor: Actor, state: str = "", text: str = "", offset: int = 0
) -> tuple[tuple[Declaration, ...], int]:
    """Return a page of declarations, newest first, and how many there are; none for who has no part in them."""
    if not actor.roles & READERS or actor.country:
        return (), 0
    rows = Declaration.objects.filter(authority=actor.authority)
    if state:
        rows = rows.filter(state=state)
    if text:
        numbers = DeclaredItem.objects.filter(authority=actor.authority, number=text).values("declaration")
        rows = rows.filter(declaration_number=text.upper()) | rows.filter(pk__in=numbers)
    return tuple(rows.order_by("-pk")[offset : offset + PAGE]), rows.count()


def declaration_for(*, authority: str, actor: Actor, declaration_number: str) -> Declaration:
    """Return a declaration. Raises `DeclarationRefused` not_found, also for people without a part in it."""
    may_read = actor.authority == authority and bool(actor.roles & READERS) and not actor.country
    rows = Declaration.objects.filter(authority=authority, declaration_number=declaration_number)
    found = rows.first() if may_read else None
    if found is None:
        raise DeclarationRefused("not_found")
    return found


def items_of(declaration: Declaration) -> tuple[DeclaredItem, ...]:
    """Return what the present version claims, in order."""
    return tuple(declaration.items.filter(version=declaration.version).order_by("place"))


def clearance_of(declaration: Declaration) -> Clearance:
    """Return whether the goods are clear, and why not, certificate by certificate."""
    profile = authority_profile(declaration.authority)
    country = profile.country if profile is not None else ""
    by_paper: dict[tuple[str, str], list[DeclaredItem]] = {}
    answers = []
    for item in items_of(declaration):
        if item.number:
            by_paper.setdefault((item.issuer, item.number), []).append(item)
        else:
            answers.append(ItemAnswer("", "", item.goods, why_not_clear(ItemFacts())))
    for (issuer, number), items in by_paper.items():
        facts = _facts(declaration, issuer, number, items, country)
        goods = next((item.goods for item in items if item.goods), "")
        answers.append(ItemAnswer(issuer, number, goods, why_not_clear(facts)))
    is_clear = bool(answers) and not any(answer.reasons for answer in answers)
    return Clearance(is_clear and declaration.state != DeclarationState.CANCELLED, tuple(answers))


def _facts(declaration: Declaration, issuer: str, number: str, items: list[DeclaredItem], country: str) -> ItemFacts:
    record = record_of(authority=declaration.authority, issuer=issuer, number=number)
    if record is None:
        return ItemFacts(is_named=True)
    uses = _uses(record)
    claimed = claimed_lines(items, uses)
    before = claimed_lines(_earlier(declaration, issuer, number), uses)
    here = Presentation.objects.filter(
        authority=declaration.authority, issuer=record.issuer, number=number, country=country
    )
    accepted = _accepted(here)
    return ItemFacts(
        is_named=True,
        is_in_register=True,
        is_own=record.issuer == declaration.authority,
        is_in_force=record.state == "in_force" and not record.is_held and not record.has_conflict,
        are_lines_known=bool(uses) and set(claimed) <= set(uses),
        is_import=declaration.direction == IMPORT,
        lines=tuple(
            LineFacts(
                claimed=quantity,
                claimed_before=before.get(line, Decimal(0)),
                issued=uses[line].issued,
                accepted=accepted.get(line, Decimal(0)),
            )
            for line, quantity in claimed.items()
            if line in uses
        ),
        uses=frozenset(PresentationState(state) for state in here.values_list("state", flat=True)),
    )


def _accepted(here: QuerySet[Presentation]) -> dict[int, Decimal]:
    """Return line -> what our own border accepted of it; what another country accepted stays there."""
    rows = PresentationLine.objects.filter(presentation__in=here).order_by()
    return dict(rows.values("line").annotate(total=Sum("accepted")).values_list("line", "total"))


def _uses(record: CertificateRecord) -> Mapping[int, LineUse]:
    rows = LineBalance.objects.filter(authority=record.authority, issuer=record.issuer, number=record.number)
    return {use.line: use for use in (tuple(row.use for row in rows) or issued_lines(record.value))}


def claimed_lines(items: Iterable[DeclaredItem], uses: Mapping[int, LineUse]) -> dict[int, Decimal]:
    """Return line -> what is claimed of it; without a line all of them, without a quantity the line whole."""
    found: dict[int, Decimal] = {}
    for item in items:
        for line in [item.line] if item.line is not None else list(uses):
            whole = uses[line].issued if line in uses else Decimal(0)
            found[line] = found.get(line, Decimal(0)) + _quantity(item, whole)
    return found


def _quantity(item: DeclaredItem, whole: Decimal) -> Decimal:
    claimed: Decimal | None = item.quantity
    return whole if claimed is None else claimed


def _earlier(declaration: Declaration, issuer: str, number: str) -> tuple[DeclaredItem, ...]:
    """Return what other declarations claim now of a certificate they claimed first, or were released for already."""
    rows = DeclaredItem.objects.filter(authority=declaration.authority, issuer=issuer, number=number)
    own_first = rows.filter(declaration=declaration).aggregate(first=Min("pk"))["first"]
    first = rows.filter(declaration=OuterRef("declaration")).order_by("pk").values("pk")[:1]
    others = rows.exclude(declaration=declaration).filter(
        version=F("declaration__version"),
        declaration__state__in=_STANDING,
        declaration__direction=declaration.direction,
    )
    before = Q(declaration__state=DeclarationState.RELEASED) | Q(first__lt=own_first)
    return tuple(others.annotate(first=Subquery(first)).filter(before).order_by("pk"))
