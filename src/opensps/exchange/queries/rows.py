"""The rows and words of exchange by name, for those who read them: pages, commands. Who writes is `services`."""

from opensps.exchange.models import (
    Attempt,
    CredentialUse,
    Delivery,
    Direction,
    Envelope,
    GoldenRun,
    IncomingCertificate,
    Mode,
    Partner,
    PartnerConnection,
    PartnerCredential,
    ReceivedMessage,
    Side,
    Stage,
)

__all__ = [
    "Attempt",
    "CredentialUse",
    "Delivery",
    "Direction",
    "Envelope",
    "GoldenRun",
    "IncomingCertificate",
    "Mode",
    "Partner",
    "PartnerConnection",
    "PartnerCredential",
    "ReceivedMessage",
    "Side",
    "Stage",
]
