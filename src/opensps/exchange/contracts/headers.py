"""The header of an envelope as a value: what every role of the Hub dialect hands around.

Source: `exchange.md` 1.3 and 1.4. Connection codes are not countries. It knows neither XML nor tables; the six words
for the fate of an envelope are `lifecycle.TrackingInfo`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Forwarding:
    """A copy asked for (Forwardings/EnvelopeForwarding)."""

    code: str
    """Connection code of the channel that gets the copy."""

    delivery_number: str = ""
    """The copy's own number, in answers only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeHeader:
    """EnvelopeHeader of the Hub: who sends which certificate to whom, and in answers its number and fate."""

    from_code: str
    to_code: str
    type_code: int
    """UNCL 1001."""

    status_code: int
    """UNCL 4405."""

    number: str
    """NPPOCertificateNumber, equal to SPSExchangedDocument/ID."""

    delivery_number: str = ""
    """hubDeliveryNumber: given by the hub, exactly as it came."""

    tracking: str = ""
    """HUBTrackingInfo: a word of `lifecycle.TrackingInfo`, or whatever another hub said."""

    error_message: str = ""
    """hubDeliveryErrorMessage: free text."""

    forwardings: tuple[Forwarding, ...] = ()
