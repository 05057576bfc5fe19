"""The statement of one check: canonical text that a proof of check carries, its digest, and reading it back.

Canonical: JSON in UTF-8, keys sorted, no blanks, no numbers but whole ones. Whoever holds a proof can make the digest
again and have it compared with what the authority keeps (`ux.md` 5.3, proof of this check).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from opensps.formats.errors import FormatError
from opensps.formats.pdf_input import attached_files
from opensps.signing import Evidence, SealError, TrustList, speaking_key
from opensps.signing.pdf_seals import pdf_sealed_by

FORM = "opensps-check/1"
"""What the statement is, and in which version, under ``form``."""

FILE_NAME = "check.json"
"""Name of the statement inside a proof."""

MOST_OCTETS = 1_000_000
_NEEDED = frozenset({"form", "id", "authority", "at", "number", "result", "class"})


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof of check as it was found in a file."""

    statement: Mapping[str, Any]
    digest: bytes
    """SHA-256 of the statement, 32 bytes."""

    sealed_by: bytes = b""
    """Public key whose signature covers every byte of the file and holds, SPKI in DER; empty where there is none."""

    problem: str = ""
    """``pdf_updated`` or ``pdf_signature``: changed after it was sealed."""

    @property
    def checked_at(self) -> datetime:
        """When the check was made."""
        return datetime.fromisoformat(str(self.statement["at"]))


def statement_text(content: Mapping[str, Any]) -> bytes:
    """Return the canonical text of a statement; ``form`` is put in."""
    whole = {**content, "form": FORM}
    return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def statement_digest(text: bytes) -> bytes:
    """Return SHA-256 of a statement, 32 bytes."""
    return hashlib.sha256(text).digest()


def read_proof(pdf: bytes) -> Proof | None:
    """Return the proof of check in a file; None where it holds none. Never raises."""
    if not pdf.startswith(b"%PDF-"):
        return None
    try:
        found = [each.data for each in attached_files(pdf).files if each.name == FILE_NAME]
    except FormatError:
        return None
    statement = _read(found[0]) if len(found) == 1 else None
    if statement is None:
        return None
    try:
        return Proof(statement, statement_digest(found[0]), pdf_sealed_by(pdf) or b"")
    except SealError as error:
        return Proof(statement, statement_digest(found[0]), problem=error.reason)


class Standing(StrEnum):
    """What can be said of a proof without asking anybody."""

    HOLDS = "holds"
    ALTERED = "altered"
    UNSEALED = "unsealed"
    """No seal: only the authority itself can say whether it made it."""

    UNKNOWN_SIGNER = "unknown_signer"
    """Sealed by a key that does not speak for the authority it names."""


def standing_of(proof: Proof, *, trust: TrustList, now: datetime) -> Standing:
    """Return whether the authority named in a proof sealed it, and nothing changed since."""
    if proof.problem:
        return Standing.ALTERED
    if not proof.sealed_by:
        return Standing.UNSEALED
    authority = str(proof.statement["authority"])
    try:
        speaking_key(
            trust.keys_like(proof.sealed_by),
            trust=trust,
            use="pdf",
            type_code=None,
            evidence=Evidence(proof.checked_at, now=now),
            is_speaker=lambda each: each.authority == authority,
        )
    except SealError:
        return Standing.UNKNOWN_SIGNER
    return Standing.HOLDS


def _read(text: bytes) -> Mapping[str, Any] | None:
    """Return a statement that is written canonically and says what is needed."""
    if len(text) > MOST_OCTETS:
        return None
    try:
        content = json.loads(text)
        is_one = isinstance(content, dict) and content.get("form") == FORM and content.keys() >= _NEEDED
        is_canonical = is_one and statement_text(content) == text
        datetime.fromisoformat(str(content["at"])) if is_canonical else None
    except (ValueError, RecursionError):
        return None
    return content if is_canonical else None
