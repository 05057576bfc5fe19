"""Forms of what officials read on a paper. Source: `exchange.md` 3.3."""

from typing import Annotated

from pydantic import Field, StringConstraints

from opensps.web.rest.forms.parts import Given, ShortText


class PresentedField(Given):
    """What somebody read on the paper."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    line: Annotated[int, Field(ge=1, le=100_000)] | None = None
    value: ShortText


PresentedFields = Annotated[list[PresentedField], Field(default_factory=list, max_length=200)]
