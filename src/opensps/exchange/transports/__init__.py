"""How envelopes leave, one module per channel; nothing here touches the database (`exchange.md` 8.2)."""

from opensps.exchange.transports.transport import (
    Answer,
    Arrived,
    Channel,
    Collected,
    Collecting,
    Connection,
    Credential,
    Kind,
    Outbound,
    Refused,
    Seen,
    Sent,
    Transport,
    Transports,
    Uncertain,
    Unreachable,
)

__all__ = [
    "Answer",
    "Arrived",
    "Channel",
    "Collected",
    "Collecting",
    "Connection",
    "Credential",
    "Kind",
    "Outbound",
    "Refused",
    "Seen",
    "Sent",
    "Transport",
    "Transports",
    "Uncertain",
    "Unreachable",
]
