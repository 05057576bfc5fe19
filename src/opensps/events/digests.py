"""Digests of events, payloads and the chain of an authority. Pure.

Source: `reliability.md` 4.4; the columns are those of `lifecycles.md` 1. The encoding is deterministic CBOR (RFC 8949,
4.2.1): a map of the sixteen columns under their names, identifiers and texts as text strings, ``seq`` as an unsigned
integer, digests as byte strings (empty where there is none), ``at`` as text ``YYYY-MM-DDTHH:MM:SS.ffffffZ``.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import cbor2

DIGEST_BYTES = 32
_EVENT = b"opensps.event/v1\n"
_PAYLOAD = b"opensps.payload/v1\n"
_CHAIN = b"opensps.chain/v1\n"


def written_time(at: datetime) -> str:
    """Return the time as it enters the digest: UTC, always six decimals."""
    if at.tzinfo is None:
        raise ValueError("an event's time is aware")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def event_digest(
    *,
    id: UUID,  # noqa: A002 the column's name
    authority: str,
    object_kind: str,
    object_id: str,
    seq: int,
    from_state: str,
    act: str,
    to_state: str,
    actor: str,
    role: str,
    on_behalf_of: str,
    office: str,
    at: datetime,
    reason_code: str,
    payload_digest: bytes,
    previous_digest: bytes,
) -> bytes:
    """Return SHA-256 over the label and the deterministic CBOR of exactly these columns (32 bytes)."""
    columns: dict[str, str | int | bytes] = {
        "id": str(id),
        "authority": authority,
        "object_kind": object_kind,
        "object_id": object_id,
        "seq": seq,
        "from": from_state,
        "act": act,
        "to": to_state,
        "actor": actor,
        "role": role,
        "on_behalf_of": on_behalf_of,
        "office": office,
        "at": written_time(at),
        "reason_code": reason_code,
        "payload_digest": bytes(payload_digest),
        "previous_digest": bytes(previous_digest),
    }
    return hashlib.sha256(_EVENT + cbor2.dumps(columns, canonical=True)).digest()


def payload_text(payload: Mapping[str, Any]) -> str:
    """Return the payload as it is stored and digested: JSON, keys sorted, no blanks, ASCII only."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def payload_digest(*, salt: bytes, text: str) -> bytes:
    """Return SHA-256(label || salt || text); without the salt, short texts cannot be guessed from it."""
    return hashlib.sha256(_PAYLOAD + salt + text.encode()).digest()


def chain_digest(*, previous: bytes, position: int, event_digest: bytes) -> bytes:
    """Return SHA-256(label || previous chain digest || position, 8 bytes big-endian || event digest).

    The first position has an empty ``previous``.
    """
    return hashlib.sha256(_CHAIN + previous + position.to_bytes(8, "big") + event_digest).digest()
