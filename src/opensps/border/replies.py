"""The answer to an inquiry as it is signed: one COSE_Sign1 over a deterministic statement, written and read.

Source: `lifecycles.md` 5.2 (signed reply), `fraud.md` 3 no. 21. Anybody who holds the trust list can check it without
us. It names the inquiry, who asked and under which number, the certificate, the round, finding, measures and texts,
and the digest of the evidence.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from opensps.formats import cbor
from opensps.formats.cose import check_signature, read_sign1, write_sign1
from opensps.formats.errors import FormatError
from opensps.signing import Signer, TrustList
from opensps.signing.service_claims import INQUIRY_REPLY

CONTENT_TYPE: Final = INQUIRY_REPLY


class ReplyNotAuthentic(Exception):
    """A reply is not one, was changed, or is signed by nobody who may (`reply_not_authentic`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is answered."""

    authority: str
    inquiry_number: str
    certificate: str
    round: int
    finding: str
    measures: tuple[str, ...]
    texts: tuple[tuple[str, str], ...]
    evidence: bytes
    """SHA-256 of the asker's evidence, as frozen when the inquiry opened."""

    sent_at: datetime
    asker: str | None = None
    """Partner or country that asked; None in statements that were made before this was said."""

    asked_as: str | None = None
    """The asker's own number of the inquiry; empty where it gave none, None as above."""


def evidence_digest(evidence: Mapping[str, Any]) -> bytes:
    """Return the digest of frozen evidence: SHA-256 of its JSON, keys sorted, no blanks, UTF-8."""
    plain = json.dumps(evidence, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(plain.encode()).digest()


def sign_reply(reply: Reply, *, signer: Signer) -> bytes:
    """Return the signed statement. Raises what the signer raises."""
    claims: dict[cbor.Plain, cbor.Plain] = {
        "authority": reply.authority,
        "inquiry": reply.inquiry_number,
        "certificate": reply.certificate,
        "round": reply.round,
        "finding": reply.finding,
        "measures": reply.measures,
        "texts": reply.texts,
        "evidence": reply.evidence,
        "sent_at": int(reply.sent_at.timestamp()),
    }
    if reply.asker is not None:
        claims["asker"] = reply.asker
    if reply.asked_as is not None:
        claims["asked_as"] = reply.asked_as
    return write_sign1(cbor.dumps(claims), kid=signer.kid, sign=signer.sign, content_type=CONTENT_TYPE)


def read_reply(data: bytes, *, authority: str, trust: TrustList, accepts_training: bool = False) -> Reply:
    """Return a reply that a key of this authority signed. Raises `ReplyNotAuthentic`."""
    try:
        message = read_sign1(data)
        if message.content_type != CONTENT_TYPE:
            raise ReplyNotAuthentic("content_type")
        keys = [key for key in trust.keys_called(message.kid) if key.authority == authority]
        usable = [key for key in keys if key.distrusted_from is None and (accepts_training or not key.is_training)]
        if not any(_holds(message, key.spki_der) for key in usable):
            raise ReplyNotAuthentic("signature")
        return _reply(cbor.loads(message.payload), authority)
    except FormatError as exc:
        raise ReplyNotAuthentic(exc.code) from None


def _holds(message: Any, spki_der: bytes) -> bool:
    try:
        check_signature(message, spki_der=spki_der)
    except FormatError:
        return False
    return True


def _reply(claims: Any, authority: str) -> Reply:
    try:
        if claims["authority"] != authority:
            raise ReplyNotAuthentic("authority")
        return Reply(
            authority=authority,
            inquiry_number=str(claims["inquiry"]),
            certificate=str(claims["certificate"]),
            round=int(claims["round"]),
            finding=str(claims["finding"]),
            measures=tuple(map(str, claims["measures"])),
            texts=tuple((str(language), str(text)) for language, text in claims["texts"]),
            evidence=bytes(claims["evidence"]),
            sent_at=datetime.fromtimestamp(claims["sent_at"], UTC),
            asker=_said(claims, "asker"),
            asked_as=_said(claims, "asked_as"),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as exc:
        raise ReplyNotAuthentic("statement") from exc


def _said(claims: Any, name: str) -> str | None:
    return str(claims[name]) if name in claims else None
