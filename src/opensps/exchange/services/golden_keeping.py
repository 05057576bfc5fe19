"""What a conversation has come to so far, and keeping it as evidence, whichever way it was begun.

Source: `exchange.md` 7.3, 7.4. A message nobody answered, or that never came, is kept as not run.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from opensps.accounts.queries import SYSTEM
from opensps.exchange.golden import Golden
from opensps.exchange.models import GoldenTalk, PartnerConnection, Way
from opensps.exchange.queries.golden_received import received_messages
from opensps.exchange.queries.golden_talks import WITH_SIGNATURES, progress_of
from opensps.exchange.services.golden_results import GoldenResult, golden_results_keep, results_of

_NEEDS_SIGNATURE: Final = frozenset({Golden.M11})


def not_asked_of(connection: PartnerConnection) -> frozenset[Golden]:
    """Return the messages that say nothing on a channel without signatures."""
    return frozenset() if connection.channel in WITH_SIGNATURES else _NEEDS_SIGNATURE


def received_results(found: Mapping[Golden, str], connection: PartnerConnection) -> tuple[GoldenResult, ...]:
    """Return one result for each golden message; `found`: those that came, with the delivery that shows it."""
    without = not_asked_of(connection)
    return tuple(_received(each, found.get(each), is_asked=each not in without) for each in Golden)


def _received(message: Golden, shown: str | None, *, is_asked: bool) -> GoldenResult:
    if shown is not None:
        return GoldenResult(message=message, result="passed", evidence={"delivery_number": shown})
    return GoldenResult(message=message, result="not_run" if is_asked else "not_applicable")


def talk_results(talk: GoldenTalk) -> tuple[GoldenResult, ...]:
    """Return what a conversation has come to by now."""
    if talk.direction == Way.IN:
        found = received_messages(partner=talk.partner, since=talk.begun_at or talk.asked_at)
        return received_results(found, talk.connection)
    return results_of(progress_of(authority=talk.authority, run=talk.run, channel=talk.connection.channel))


def talk_is_complete(talk: GoldenTalk) -> bool:
    """Whether nothing is waited for any more."""
    return all(each.result != "not_run" for each in talk_results(talk))


def talk_keep(talk: GoldenTalk, *, at: datetime) -> None:
    """Keep the results of a conversation, in the caller's transaction."""
    golden_results_keep(
        authority=talk.authority,
        partner=talk.partner.code,
        run=talk.run,
        direction=talk.direction,
        channel=talk.connection.channel,
        results=talk_results(talk),
        actor=SYSTEM,
        at=at,
    )
