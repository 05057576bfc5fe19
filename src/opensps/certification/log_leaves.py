"""Which event becomes which leaf. Pure: rows and events in, leaves out.

Source: `trust.md` 6.5. Certificates get a leaf for their issue and for every change of what the status list says of
them; public objects (keys, lists, policy, the head of the chain of events) get one with their SHA-256.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from opensps.certification.models import Certificate
from opensps.certification.names import CERTIFICATE
from opensps.events.queries import ChainHead, EventView
from opensps.formats.carriers import commitment, handle
from opensps.lifecycle import CertificateState
from opensps.signing import kid_of, read_seal
from opensps.transparency.leaf import SECONDS_PER_HOUR, Leaf, LeafEvent

PUBLIC_OBJECT = "public_object"
"""Kind of object of an event that puts the SHA-256 of something public into the log."""

PUBLIC_ACTS: Mapping[str, LeafEvent] = MappingProxyType(
    {
        "key.added": LeafEvent.KEY_ADD,
        "key.retired": LeafEvent.KEY_RETIRE,
        "key.distrusted": LeafEvent.KEY_DISTRUST,
        "trust_list.adopted": LeafEvent.TRUST_LIST,
        "status_list.published": LeafEvent.STATUS_LIST,
        "policy.changed": LeafEvent.POLICY,
    }
)
"""Acts on public objects; their payload has ``digest`` in hexadecimal and, for a distrusted key, ``index``."""

ISSUED = f"{CERTIFICATE}.issued"
_HEAD = b"opensps.head/v1\n"
_REPLACED = frozenset({"replaced", "split", "combined"})
_HELD = CertificateState.ON_HOLD


def hour_of(at: datetime) -> int:
    """Return the full hours since 1970."""
    return int(at.timestamp()) // SECONDS_PER_HOUR


def kind_of(event: EventView) -> LeafEvent | None:
    """Return what an event is to the log, None for the many that are nothing to it."""
    if event.object_kind == PUBLIC_OBJECT:
        return PUBLIC_ACTS.get(event.act)
    if event.object_kind != CERTIFICATE:
        return None
    if event.act == ISSUED:
        return LeafEvent.ISSUE
    return _change(event.from_state, event.to_state)


def _change(before: str, after: str) -> LeafEvent | None:
    """Return what changed for the status list; the end of the validity is on the certificate itself."""
    if before == after:
        return None
    if after == CertificateState.WITHDRAWN:
        return LeafEvent.WITHDRAW
    if after in _REPLACED:
        return LeafEvent.REPLACE
    if after == _HELD:
        return LeafEvent.HOLD
    return LeafEvent.LIFT if before == _HELD else None


def certificate_leaf(kind: LeafEvent, certificate: Certificate, *, at: datetime, issue_index: int | None) -> Leaf:
    """Return the leaf of an event of a certificate; `issue_index`: of its issue, or of what an issue replaces."""
    seal, salt = bytes(certificate.seal or b""), bytes(certificate.salt)
    is_issue = kind is LeafEvent.ISSUE
    return Leaf(
        event=kind,
        issuer=certificate.authority,
        hour=hour_of(at),
        commitment=commitment(salt, bytes(certificate.digest)),
        seal_kid=kid_of(read_seal(seal).signer.spki_der),
        seal_digest=hashlib.sha256(seal).digest(),
        prev_index=issue_index,
        handle=None if is_issue else handle(salt, issuer=certificate.authority, number=certificate.number),
    )


def public_leaf(kind: LeafEvent, event: EventView) -> Leaf:
    """Return the leaf of a public object; raise ``ValueError`` when the event does not name its digest."""
    told = event.payload or {}
    index = told.get("index")
    digest = bytes.fromhex(str(told.get("digest", "")))
    return Leaf(kind, event.authority, hour_of(event.at), digest, prev_index=None if index is None else int(index))


def head_digest(head: ChainHead) -> bytes:
    """Return what stands in the log for the head of the chain: SHA-256(label || position, 8 bytes || chain digest)."""
    return hashlib.sha256(_HEAD + head.position.to_bytes(8, "big") + head.chain).digest()


def head_leaf(authority: str, head: ChainHead, *, at: datetime) -> Leaf:
    """Return the leaf of an audit head."""
    return Leaf(LeafEvent.AUDIT_HEAD, authority, hour_of(at), head_digest(head))
