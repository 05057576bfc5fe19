"""Forms of customs declarations: what is declared, and clear or not clear with reasons. Source: row A09."""

from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from opensps.border.queries.clearance import Clearance, Declaration
from opensps.border.services.declaring import MOST_ITEMS, Claimed
from opensps.web.rest.forms.checks import LOCATION
from opensps.web.rest.forms.parts import Given, IssuerCode, Number, ShortText

DeclarationNumber = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{3,34}$")]
Amount = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}(\.[0-9]{1,6})?$")]


class DeclaredItemForm(Given):
    """What is claimed of one certificate; without a line all of it, without a quantity the line whole."""

    issuer: IssuerCode | None = None
    """Our code of who issued it; without it our own authority."""

    number: Number | None = None
    """Of the certificate; without it, goods that came without one."""

    goods: ShortText | None = None
    line: Annotated[int, Field(ge=0, le=9999)] | None = None
    quantity: Amount | None = None
    """A decimal in the unit of the certificate, six places at most."""

    def claimed(self) -> Claimed:
        """Return the item as the service takes it."""
        return Claimed(
            issuer=self.issuer or "",
            number=self.number or "",
            goods=self.goods or "",
            line=self.line,
            quantity=Decimal(self.quantity) if self.quantity is not None else None,
        )


class NewDeclaration(Given):
    """A declaration; the same number again with other content is its next version."""

    declaration_number: DeclarationNumber
    direction: Literal["IMPORT", "EXPORT"]
    location: Annotated[str, StringConstraints(pattern=LOCATION)] | None = None
    item: Annotated[list[DeclaredItemForm], Field(min_length=1, max_length=MOST_ITEMS)]


class DeclarationMove(Given):
    """Release goods that are clear, or cancel with a reason."""

    act: Literal["RELEASE", "CANCEL"]
    reason: ShortText | None = None


class ItemClearanceForm(Schema):
    """One certificate of a declaration."""

    issuer: str
    number: str
    goods: str
    is_clear: bool
    reason: list[str]
    """Why not, the gravest first, such as NOT_PRESENTED."""


class ClearanceForm(Schema):
    """Clear or not clear, at the moment of asking."""

    declaration_number: str
    state: str
    """DECLARED, RELEASED or CANCELLED."""

    version: int
    is_clear: bool
    item: list[ItemClearanceForm]

    @classmethod
    def of(cls, row: Declaration, answer: Clearance) -> "ClearanceForm":
        """Return the answer as it is sent."""
        return cls(
            declaration_number=row.declaration_number,
            state=row.state.upper(),
            version=row.version,
            is_clear=answer.is_clear,
            item=[
                ItemClearanceForm(
                    issuer=each.issuer,
                    number=each.number,
                    goods=each.goods,
                    is_clear=not each.reasons,
                    reason=[reason.upper() for reason in each.reasons],
                )
                for each in answer.items
            ],
        )
