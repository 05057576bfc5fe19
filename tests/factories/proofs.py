"""A certificate with everything a check without a network may use: code, seal, proof bundle, status list."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from opensps.formats.carriers import commitment, token
from opensps.formats.digest import content_digest
from opensps.formats.note_keys import NoteSigner
from opensps.formats.qr_payload import Claims, sign_claims
from opensps.formats.qr_text import write_code
from opensps.formats.xml_input import parse
from opensps.signing import LogPosition, Quorum, TrustedAuthority, TrustedKey, TrustedLog, TrustedWitness, TrustList
from opensps.transparency.leaf import Leaf, LeafEvent
from opensps.transparency.status_list import LIFE, StatusList, statuses, write_status_list
from opensps.verification import Upload
from tests.factories import logs
from tests.factories.records import sealed
from tests.factories.signing import NOW, NUMBER, SEALED_AT, UntrustedTestSigner, document, signer, trusted

SALT = bytes(range(16))
HOST = "v.ecert.example"
HOUR = int(SEALED_AT.timestamp()) // 3600
INDEX = 5
LOG_ID = logs.LOG.key.id
USES = ("xml", "qr", "status")
TWO = Quorum(2, ("XB", "XC"))


def digest(xml: bytes | None = None) -> bytes:
    """Return D."""
    return content_digest(parse(xml or document(), sealed=True))


def trust(*keys: TrustedKey, profile: int = 3, quorum: Quorum | None = TWO) -> TrustList:
    """Return a list with one authority, its log and two witnesses."""
    listed = keys or (trusted(uses=USES, from_at=LogPosition(logs.ORIGIN, 0)),)
    witnesses = tuple(TrustedWitness(each.organisation, each.key, "https://w.example") for each in logs.WITNESS_KEYS)
    return TrustList(
        (TrustedAuthority("XA", "Authority XA", (HOST,), profile, quorum), TrustedAuthority("XB", "Authority XB")),
        listed,
        (TrustedLog("XA", logs.LOG.key, "https://log.xa.example"),),
        witnesses,
    )


def leaf(upload: Upload, *, who: UntrustedTestSigner | None = None, hour: int = HOUR) -> Leaf:
    """Return the issue leaf of a sealed document."""
    seal_digest = sha256(upload.seal or b"").digest()
    kid = (who or signer()).kid
    return Leaf(LeafEvent.ISSUE, "XA", hour, commitment(SALT, digest(upload.xml)), kid, seal_digest)


def proven(*cosigners: NoteSigner, upload: Upload | None = None, own: Leaf | None = None, **changes: Any) -> Upload:
    """Return a sealed document with its bundle, cosigned by both witnesses if nobody else is named."""
    held = upload or sealed()
    made = replace(own or leaf(held), **changes)
    signing = cosigners or (logs.WITNESS_B, logs.WITNESS_C)
    return replace(held, bundle=logs.logged(SALT, digest(held.xml), *signing, leaf=made))


def claims(**changes: Any) -> Claims:
    """Return what our code says of the small document."""
    whole = Claims(
        issuer="XA",
        number=NUMBER,
        issued_at=SEALED_AT,
        digest=digest(),
        type_code="851",
        import_country="XB",
        position=(LOG_ID, INDEX),
        salt=SALT,
        copy=1,
        page=(1, 1),
    )
    return replace(whole, **changes)


def code(
    said: Claims | None = None, *, who: UntrustedTestSigner | None = None, host: str = HOST, **changes: Any
) -> str:
    """Return the printed code of these claims."""
    whole, by = said or claims(**changes), who or signer()
    message = sign_claims(whole, kid=by.kid, sign=by.sign)
    return write_code(message, host=host, token=token(whole.salt or SALT, whole.digest))


def status_list(
    *events: LeafEvent,
    index: int = INDEX,
    size: int = 11,
    issued_at: datetime = NOW - timedelta(hours=1),
    who: UntrustedTestSigner | None = None,
    log_id: bytes = LOG_ID,
) -> bytes:
    """Return a signed list in which these events happened to one leaf."""
    by = who or signer()
    packed = statuses([_filler(n) for n in range(size)], later=[(index, event) for event in events])
    listed = StatusList("https://log.xa.example/status", issued_at, issued_at + LIFE, log_id, size, packed)
    return write_status_list(listed, kid=by.kid, sign=by.sign)


def _filler(index: int) -> Leaf:
    return Leaf(LeafEvent.ISSUE, "XA", HOUR, index.to_bytes(32, "big"), bytes(8), bytes(32))


def at_hour(hour: int) -> datetime:
    """Return the begin of an hour of the log."""
    return datetime.fromtimestamp(hour * 3600, UTC)
