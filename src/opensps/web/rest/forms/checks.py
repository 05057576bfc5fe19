"""Forms of checks and batches. Source: `exchange.md` 3.3, 5.2."""

from typing import Annotated, Literal, Self

from ninja import Schema
from pydantic import Field, StringConstraints, model_validator

from opensps.border.queries import StoredResult
from opensps.web.rest.forms.envelopes import LARGEST_CONTENT
from opensps.web.rest.forms.parts import Base64, Given
from opensps.web.rest.forms.presented import PresentedFields

MOST = 500
Typed = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Printed = Annotated[str, StringConstraints(min_length=1, max_length=8_000)]
Language = Literal["en", "zh"]
LOCATION = r"^[A-Z]{2}[A-Z2-9]{3}$"
"""UN/LOCODE."""


class NewCheck(Given):
    """One thing to check: a number (of what was not sent to you: with its code), a printed code's text, a document."""

    number: Typed | None = None
    verification_code: Typed | None = None
    qr_payload: Printed | None = None
    content: Annotated[Base64, Field(max_length=LARGEST_CONTENT)] | None = None
    presentation: bool = False
    """Goods were presented with it at ``location``: written into the ledger of presentations."""

    location: Annotated[str, StringConstraints(pattern=LOCATION)] | None = None
    presented_field: PresentedFields
    language: Language = "en"

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if sum(each is not None for each in (self.number, self.qr_payload, self.content)) != 1:
            raise ValueError("exactly one of number, qr_payload, content")
        if self.verification_code is not None and self.number is None:
            raise ValueError("a verification_code goes with a number")
        if self.presentation and self.location is None:
            raise ValueError("a presentation has a location")
        return self


class BatchItem(Given):
    """One of many: a number with its code where it needs one, or the text of a printed code."""

    number: Typed | None = None
    verification_code: Typed | None = None
    qr_payload: Printed | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if (self.qr_payload is None) == (self.number is None):
            raise ValueError("exactly one of number, qr_payload")
        if self.verification_code is not None and self.number is None:
            raise ValueError("a verification_code goes with a number")
        return self


class NewBatch(Given):
    """Up to 500 checks; each is counted and limited like one."""

    item: Annotated[list[BatchItem], Field(min_length=1, max_length=MOST)]
    language: Language = "en"


class FragmentForm(Schema):
    """One aspect of a check."""

    aspect: str
    outcome: str
    reason_code: str


class DifferenceForm(Schema):
    """A field that is presented otherwise than recorded."""

    field: str
    presented: str
    recorded: str
    kind: str
    reason: str
    sentence: str


class FactForm(Schema):
    """A fact of the certificate that the caller may see."""

    key: str
    label: str
    value: str


class CheckForm(Schema):
    """The answer to a check; words may be added."""

    check_number: str
    verdict: str
    result: str
    heading: str
    sentence: str
    next: str
    fragment: list[FragmentForm]
    number: str | None = None
    signer: str | None = None
    facts: list[FactForm]
    difference: list[DifferenceForm]
    checked_at: str | None = None
    status_as_of: str | None = None

    @classmethod
    def of(cls, found: StoredResult, *, language: str = "en") -> "CheckForm":
        """Return the form of a kept result in one language."""
        said = found.answer(language)
        return cls(
            check_number=found.id,
            verdict=str(said["class"]).upper(),
            result=said["result"],
            heading=said["heading"],
            sentence=said["sentence"],
            next=said["next"],
            fragment=[
                FragmentForm(aspect=each["aspect"], outcome=each["outcome"], reason_code=each["reason"])
                for each in said["fragments"]
            ],
            number=said["number"],
            signer=said["signer"],
            facts=[FactForm(**each) for each in said["facts"]],
            difference=[DifferenceForm(**each) for each in said["differences"]],
            checked_at=said["checked_at"],
            status_as_of=said["as_of"],
        )


class JobItem(Schema):
    """One line of a batch, in the order of the request."""

    check: CheckForm | None = None
    error: str | None = None
    """``number`` or ``code``: mistyped, not looked up; ``left_out``: not asked, for too many before it were wrong."""

    @classmethod
    def of(cls, result: StoredResult | None, error: str, *, language: str = "en") -> "JobItem":
        """Return the form of one line."""
        return cls(check=CheckForm.of(result, language=language) if result else None, error=error or None)


class JobForm(Schema):
    """A batch and its answers; kept for a day."""

    id: str
    state: Literal["done"] = "done"
    item: list[JobItem]
