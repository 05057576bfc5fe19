"""From rows to what a transport gets: everything about an envelope in one frozen value, read in a few queries."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from opensps.certification.queries import sealed_by_numbers
from opensps.exchange.models import Envelope, ReceivedMessage
from opensps.exchange.outgoing import ISSUED
from opensps.exchange.queries.connections import connections_by_id
from opensps.exchange.secrets import SecretBox
from opensps.exchange.services.leasing import Lease
from opensps.exchange.transports.transport import Connection, Kind, Outbound
from opensps.lifecycle import AcknowledgementCode


class Papers(Protocol):
    """What travels beside a certificate where a channel carries it; made by the installation."""

    def proof(self, number: str) -> bytes | None:
        """Return the proof bundle, ``None`` while there is none."""

    def pdf(self, number: str) -> bytes | None:
        """Return the PDF, ``None`` when it cannot be made."""


class NoPapers:
    """Nothing travels beside."""

    def proof(self, number: str) -> bytes | None:  # noqa: ARG002 the protocol's shape
        """Return nothing."""
        return None

    def pdf(self, number: str) -> bytes | None:  # noqa: ARG002 the protocol's shape
        """Return nothing."""
        return None


def outbounds(
    leases: Sequence[Lease], *, box: SecretBox | None = None, papers: Papers | None = None
) -> tuple[Outbound | str, ...]:
    """Return, lease by lease, what the transport gets, or the code of the reason why it cannot be sent now."""
    if not leases:
        return ()
    authority = leases[0].envelope.authority
    pks = [lease.envelope.pk for lease in leases]
    rows = Envelope.objects.filter(pk__in=pks).select_related("content", "in_reply_to").in_bulk()
    connections = connections_by_id(
        authority=authority, ids=sorted({row.connection_id for row in rows.values() if row.connection_id}), box=box
    )
    certificates = [row for row in rows.values() if row.kind == Kind.CERTIFICATE and not row.golden_run]
    sealed = sealed_by_numbers(authority=authority, numbers=[row.number for row in certificates])
    seals = {number: each.seal for number, each in sealed.items()}
    earlier = _earlier(authority, certificates)
    answered = [row.in_reply_to_id for row in rows.values() if row.in_reply_to_id is not None]
    build = _Builder(connections, seals, earlier, _messages(authority, answered), papers or NoPapers())
    return tuple(build(rows[lease.envelope.pk]) for lease in leases)


def _messages(authority: str, answered: Sequence[int]) -> Mapping[int, str]:
    """Return envelope id -> key of the newest message it came in."""
    if not answered:
        return {}
    rows = ReceivedMessage.objects.filter(authority=authority, envelope_id__in=answered).order_by("pk")
    return {row.envelope_id or 0: row.message_key for row in rows.only("envelope_id", "message_key")}


def _earlier(authority: str, rows: Sequence[Envelope]) -> Mapping[tuple[int, str], list[tuple[int, str]]]:
    found: dict[tuple[int, str], list[tuple[int, str]]] = defaultdict(list)
    known = Envelope.objects.filter(
        authority=authority,
        direction="out",
        kind=Kind.CERTIFICATE,
        partner_id__in={row.partner_id for row in rows},
        number__in={row.number for row in rows},
    ).exclude(remote_number="")
    for partner, number, version, remote in known.order_by("version", "pk").values_list(
        "partner_id", "number", "version", "remote_number"
    ):
        found[partner, number].append((version, remote))
    return found


class _Builder:
    """Puts one outbound value together from what was read for all of them."""

    def __init__(
        self,
        connections: Mapping[int, Connection | str],
        seals: Mapping[str, bytes],
        earlier: Mapping[tuple[int, str], list[tuple[int, str]]],
        messages: Mapping[int, str],
        papers: Papers,
    ) -> None:
        self.connections, self.seals, self.earlier = connections, seals, earlier
        self.messages, self.papers = messages, papers

    def __call__(self, row: Envelope) -> Outbound | str:
        connection = self.connections.get(row.connection_id or 0, "no_channel")
        if isinstance(connection, str):
            return connection
        if row.content is None or row.content.data is None:
            return "content_removed"
        answered = row.in_reply_to
        return Outbound(
            delivery_number=row.delivery_number,
            kind=Kind(row.kind),
            from_code=row.from_code,
            to_code=row.to_code,
            number=row.number,
            type_code=row.type_code,
            status_code=row.status_code,
            version=row.version,
            certificate_state=row.certificate_state,
            content=bytes(row.content.data),
            sha256=row.sha256,
            connection=connection,
            detached_signature=self._seal(row),
            proof_bundle=self._paper(row, connection, "proof"),
            pdf=self._paper(row, connection, "pdf"),
            in_reply_to="" if answered is None else answered.delivery_number,
            in_reply_to_remote="" if answered is None else answered.remote_number,
            in_reply_to_message="" if answered is None else self.messages.get(answered.pk, ""),
            in_reply_to_mic="" if answered is None else answered.message_mic,
            result=AcknowledgementCode(row.result) if row.kind == Kind.ACKNOWLEDGEMENT and row.result else None,
            text=row.tracking_text if row.kind == Kind.ACKNOWLEDGEMENT else "",
            remote_number=row.remote_number,
            queued_at=row.queued_at,
            references=self._references(row),
            marked=row.mode,
            attempt=row.attempts,
            resent=row.resent,
            forwardings=tuple(each["code"] for each in row.forwardings),
            urgent=row.urgent,
        )

    def _seal(self, row: Envelope) -> bytes | None:
        if row.detached_signature is not None:
            return bytes(row.detached_signature)
        return self.seals.get(row.number) if row.status_code == ISSUED and not row.golden_run else None

    def _references(self, row: Envelope) -> tuple[str, ...]:
        known = self.earlier.get((row.partner_id, row.number), ())
        return tuple(remote for version, remote in known if version < row.version)

    def _paper(self, row: Envelope, connection: Connection, what: str) -> Callable[[], bytes | None]:
        """Return what gives the bytes; they are made here, because a transport must not touch the database."""
        is_ours = row.kind == Kind.CERTIFICATE and not row.golden_run and row.status_code == ISSUED
        if not is_ours or not connection.limits.get(what, False):
            return lambda: None
        made = self.papers.proof(row.number) if what == "proof" else self.papers.pdf(row.number)
        return lambda: made
