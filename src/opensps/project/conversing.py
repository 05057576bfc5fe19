"""A conversation of golden messages with a partner: built, queued, waited for, judged and kept. Wired to the settings.

Source: `exchange.md` 7.3 and 7.4. The worker delivers; this only looks on.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from opensps.accounts.queries import SYSTEM
from opensps.exchange.golden import Conversation, Papers, Report, Side, Step, report
from opensps.exchange.queries.golden_received import received_messages
from opensps.exchange.queries.golden_talks import WITH_SIGNATURES
from opensps.exchange.queries.rows import Partner, PartnerConnection
from opensps.exchange.services.golden import envelopes_queue_golden, golden_next
from opensps.exchange.services.golden_keeping import received_results
from opensps.exchange.services.golden_results import (
    GoldenResult,
    answers_of_run,
    golden_results_keep,
    results_of,
)
from opensps.project.keys import own_signer
from opensps.signing import seal

POLL_SECONDS = 1.0
STANDARD_SIZE = 1_000_000
"""Octets agreed on where the connection says nothing: small enough to send, large enough to be refused."""

_PAST = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation with one partner over one connection."""

    partner: Partner
    connection: PartnerConnection
    run: str
    steps: tuple[Step, ...]

    @property
    def has_signatures(self) -> bool:
        """Whether the channel carries a detached seal."""
        return self.connection.channel in WITH_SIGNATURES

    def report(self) -> Report:
        """Return how far it is."""
        answers = answers_of_run(authority=self.partner.authority, run=self.run)
        return report(self.steps, answers, has_signatures=self.has_signatures)


def talk_begun(partner: Partner, connection: PartnerConnection, *, own_name: str, run: int, at: datetime) -> Talk:
    """Make the messages and queue them in their order."""
    name = f"{partner.code.lower()}-{at:%Y%m%d%H%M%S}"
    talk = talk_made(partner, connection, own_name=own_name, run=run, at=at, name=name)
    talk_queued(talk, at=at)
    return talk


def talk_made(
    partner: Partner, connection: PartnerConnection, *, own_name: str, run: int, at: datetime, name: str
) -> Talk:
    """Build the messages and seal them with the key of this installation; writes nothing."""
    papers = Papers(
        sender=Side(code=connection.own_code, country=partner.authority[:2], authority=own_name),
        receiver=Side(
            code=connection.connection_code,
            country=str(partner.countries[0] if partner.countries else partner.code),
            authority=partner.authority_name or partner.name_en,
        ),
        run=run,
        at=at - _PAST,
    )
    signer = own_signer()
    limit = int(connection.limits.get("content_bytes") or connection.limits.get("bytes") or STANDARD_SIZE)
    conversation = Conversation(
        papers,
        sign=lambda xml: seal(xml, signer=signer, at=at),
        other_country=_neither(papers),
        size_limit=limit,
    )
    return Talk(partner, connection, name, tuple(conversation.steps()))


def talk_queued(talk: Talk, *, at: datetime) -> None:
    """Queue the messages that say something on this channel."""
    sent = [step for step in talk.steps if talk.has_signatures or not step.needs_signature]
    envelopes_queue_golden(
        authority=talk.partner.authority,
        connection_id=talk.connection.pk,
        run=talk.run,
        steps=sent,
        actor=SYSTEM,
        at=at,
    )


def _neither(papers: Papers) -> str:
    """Return a country that is neither side's."""
    ours = ("XC", "XB", "XD") if settings.OPENSPS_DEMO else ("NZ", "AU", "NL")
    return next(code for code in ours if code not in {papers.sender.country, papers.receiver.country})


def talk_finished(
    talk: Talk,
    *,
    seconds: float,
    clock: Callable[[], datetime],
    sleep: Callable[[float], None] = time.sleep,
    look: Callable[[Report], None] = lambda _report: None,
) -> Report:
    """Wait until every step has its word, or the time is over; keep the results and return them."""
    until = clock() + timedelta(seconds=seconds)
    found = talk.report()
    while not found.is_complete and clock() < until:
        golden_next(authority=talk.partner.authority, run=talk.run, at=clock())
        look(found)
        sleep(POLL_SECONDS)
        found = talk.report()
    golden_results_keep(
        authority=talk.partner.authority,
        partner=talk.partner.code,
        run=talk.run,
        direction="out",
        channel=talk.connection.channel,
        results=results_of(found),
        actor=SYSTEM,
        at=clock(),
    )
    return found


def received_kept(
    partner: Partner, connection: PartnerConnection, *, since: datetime, at: datetime
) -> tuple[GoldenResult, ...]:
    """Look which golden messages the partner has sent us since then, keep that and return it."""
    results = received_results(received_messages(partner=partner, since=since), connection)
    golden_results_keep(
        authority=partner.authority,
        partner=partner.code,
        run=f"{partner.code.lower()}-in-{at:%Y%m%d%H%M%S}",
        direction="in",
        channel=connection.channel,
        results=results,
        actor=SYSTEM,
        at=at,
    )
    return results
