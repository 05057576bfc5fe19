"""Forms of envelopes and acknowledgements. Source: `exchange.md` 3.3, 5.2."""

from typing import Annotated, Literal

from ninja import Field, Schema

from opensps.exchange.queries.for_callers import Box, Envelope, box_of, tracking_of
from opensps.lifecycle import AcknowledgementCode, TrackingInfo
from opensps.web.rest.forms.parts import (
    Base64,
    Code,
    ConnectionCode,
    DeliveryNumber,
    FindingForm,
    Given,
    LongText,
    Number,
    Sha256,
    ShortText,
    kept_findings,
)
from opensps.web.rest.forms.times import Time

LARGEST_CONTENT = 14_000_000
"""Signs of base64: 10 MiB of XML."""

LARGEST_SIGNATURE = 400_000
"""Signs of base64."""


class EnvelopeForm(Schema):
    """One certificate number, type, status and version from one sender to one recipient."""

    delivery_number: str
    box: Box
    kind: str
    sender: str = Field(serialization_alias="from")
    recipient: str = Field(serialization_alias="to")
    number: str
    version: int
    type_code: str
    status_code: str
    certificate_state: str | None = None
    issued_at: Time | None = None
    changed_at: Time
    export_country: str | None = None
    import_country: str | None = None
    sha256: str
    size_bytes: int
    tracking_info: TrackingInfo
    sender_number: str | None = None
    """Delivery number the sender gave."""

    result: AcknowledgementCode | None = None
    text: str | None = None
    findings: list[FindingForm] | None = None

    @classmethod
    def of(cls, row: Envelope) -> "EnvelopeForm":
        """Return the form of an envelope of the caller's boxes."""
        is_theirs = row.direction == "in"
        return cls(
            delivery_number=row.delivery_number,
            box=box_of(row),
            kind=row.kind,
            sender=row.from_code,
            recipient=row.to_code,
            number=row.number,
            version=row.version,
            type_code=row.type_code,
            status_code=row.status_code,
            certificate_state=row.certificate_state or None,
            issued_at=row.issued_at,
            changed_at=row.changed_at,
            export_country=row.export_country or None,
            import_country=row.import_country or None,
            sha256=row.sha256,
            size_bytes=row.size_bytes,
            tracking_info=tracking_of(row),
            sender_number=(row.remote_number or None) if is_theirs else None,
            result=AcknowledgementCode(row.result) if row.result else None,
            text=row.tracking_text or None,
            findings=kept_findings(row.findings) if is_theirs else None,
        )


class NewEnvelope(Given):
    """An envelope delivered to us."""

    sender: ConnectionCode = Field(alias="from")
    recipient: ConnectionCode = Field(alias="to")
    type_code: Code
    status_code: Code
    number: Number
    version: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    delivery_number: DeliveryNumber | None = None
    """Your own number of this delivery, the same on every retry."""

    content: Annotated[Base64, Field(max_length=LARGEST_CONTENT)]
    """The signed bytes of the certificate."""

    detached_signature: Annotated[Base64, Field(max_length=LARGEST_SIGNATURE)] | None = None


class Receipt(Schema):
    """What became of an envelope delivered to us, now that it is stored."""

    delivery_number: str
    tracking_info: TrackingInfo
    result: AcknowledgementCode
    sha256: str
    text: str | None = None
    findings: list[FindingForm]


class GivenFinding(Given):
    """What a rule of the receiver found."""

    area: Literal["MANDATORY_ELEMENTS", "MAPPING", "SCHEMA", "CODES", "CONSISTENCY", "SIGNATURE", "ENVELOPE"]
    level: Literal["SEVERE", "WARNING", "INFO"]
    field: ShortText | None = None
    rule: ShortText | None = None
    message: LongText


class GivenAcknowledgement(Given):
    """The receiver's final word about one envelope."""

    result: AcknowledgementCode
    message: LongText | None = None
    findings: Annotated[list[GivenFinding], Field(default_factory=list, max_length=50)]
    sha256: Sha256 | None = None
    """Of the content as received: a wrong one changes nothing and raises an alarm."""


class AcknowledgementItem(GivenAcknowledgement):
    """One of many acknowledgements."""

    delivery_number: DeliveryNumber


class Acknowledgements(Given):
    """Up to 100 acknowledgements; each is judged alone."""

    item: Annotated[list[AcknowledgementItem], Field(min_length=1, max_length=100)]


class AcknowledgementResult(Schema):
    """What became of an acknowledgement."""

    delivery_number: str
    tracking_info: TrackingInfo
    changed: bool
    message: str | None = None


class AcknowledgementResults(Schema):
    """In the order of the request."""

    item: list[AcknowledgementResult]
