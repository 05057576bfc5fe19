"""A conversation of golden messages with a partner: built, queued, waited for, judged and kept. Wired to the settings.

Source: `exchange.md` 7.3 and 7.4. The worker delivers; this only looks on.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from opensps.accounts.queries import SYSTEM
from opensps.exchange.golden import Conversation, Golden, Papers, Report, Side, Step, report
from opensps.exchange.queries.golden_received import received_messages
from opensps.exchange.queries.rows import Partner, PartnerConnection
from opensps.exchange.services.golden import envelopes_queue_golden, golden_next
from opensps.exchange.services.golden_results import (
    GoldenResult,
    answers_of_run,
    golden_results_keep,
    results_of,
)
from opensps.exchange.transports import Channel
from opensps.project.keys import own_signer
from opensps.signing import seal

WITH_SIGNATURES = frozenset({Channel.SMTP, Channel.REST, Channel.SOAP, Channel.TEST})
"""Channels that carry a detached seal; the Hub has no place for one."""

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
    """Build the messages, seal them with the key of this installation, and queue them in their order."""
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
    name = f"{partner.code.lower()}-{at:%Y%m%d%H%M%S}"
    talk = Talk(partner, connection, name, tuple(conversation.steps()))
    sent = [step for step in talk.steps if talk.has_signatures or not step.needs_signature]
    envelopes_queue_golden(
        authority=partner.authority, connection_id=connection.pk, run=name, steps=sent, actor=SYSTEM, at=at
    )
    return talk


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
    found = received_messages(partner=partner, since=since)
    without = frozenset() if connection.channel in WITH_SIGNATURES else frozenset({Golden.M11})
    results = tuple(_received(each, found.get(each), is_asked=each not in without) for each in Golden)
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


def _received(message: Golden, shown: str | None, *, is_asked: bool) -> GoldenResult:
    if shown is not None:
        return GoldenResult(message=message, result="passed", evidence={"delivery_number": shown})
    return GoldenResult(message=message, result="not_run" if is_asked else "not_applicable")
