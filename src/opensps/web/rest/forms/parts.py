"""Small forms that many others are made of. Source: `exchange.md` 3.3, 5.1."""

import base64
import binascii
import re
from typing import Annotated, Any, Final

from ninja import Schema
from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from opensps.exchange.findings import from_plain
from opensps.rules import Finding

_PRINTED: Final = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]*")


def _clean(text: str) -> str:
    if not _PRINTED.fullmatch(text):
        raise ValueError("control characters")
    return text


def _plain(text: str) -> str:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as exc:
        raise ValueError("not base64") from exc
    return text


Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}$")]
"""UNCL 1001 or 4405."""

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Number = Annotated[str, StringConstraints(min_length=1, max_length=60), AfterValidator(_clean)]
DeliveryNumber = Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(_clean)]
ConnectionCode = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_clean)]
IssuerCode = Annotated[str, StringConstraints(min_length=1, max_length=60), AfterValidator(_clean)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
ShortText = Annotated[str, StringConstraints(max_length=200), AfterValidator(_clean)]
LongText = Annotated[str, StringConstraints(max_length=4000)]
Base64 = Annotated[str, AfterValidator(_plain), Field(json_schema_extra={"contentEncoding": "base64"})]


def octets(text: str) -> bytes:
    """Return the octets of a member of type `Base64`, which was looked at before."""
    return base64.b64decode(text)


class Given(Schema):
    """What a caller sends: members that are not known are refused."""

    model_config = ConfigDict(extra="forbid")


class FindingForm(Schema):
    """What a rule found."""

    area: str
    level: str
    field: str | None = None
    rule: str | None = None
    message: str


def findings_of(found: tuple[Finding, ...]) -> list[FindingForm]:
    """Return findings in English, as the other side reads them."""
    return [
        FindingForm(
            area=str(one.area),
            level=str(one.level),
            field=one.field or None,
            rule=one.rule or None,
            message=one.message,
        )
        for one in found
    ]


def kept_findings(rows: list[dict[str, Any]]) -> list[FindingForm]:
    """Return findings that were kept beside an envelope."""
    return findings_of(from_plain(rows))
