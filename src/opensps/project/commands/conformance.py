"""``opensps conformance``: converse with a partner in golden messages, and look which of theirs have arrived."""

from datetime import UTC, datetime, timedelta

import click
from django.conf import settings

from opensps.accounts.queries import authority_profile
from opensps.exchange.errors import ExchangeError, PartnerNotFound
from opensps.exchange.golden import TITLES, Golden, Outcome, Report
from opensps.exchange.queries.partners import partner_by_code
from opensps.exchange.queries.rows import Partner, PartnerConnection
from opensps.project.commands.manners import verbose_option
from opensps.project.conversing import received_kept, talk_begun, talk_finished
from opensps.project.exits import Exit, Stopped
from opensps.project.words import gettext_noop

partner_option = click.option("--partner", "code", required=True, help="Code of the partner's record.")
channel_option = click.option("--channel", help="hub, soap, smtp or rest; without it the first connection.")


@click.group()
def conformance() -> None:
    """Prove a connection with eleven golden messages before it carries anything real.

    See docs/how-to/bring-a-partner-in.md. A worker has to run; it delivers the messages.
    """


@conformance.command()
@partner_option
@channel_option
@click.option("--seconds", type=click.IntRange(10, 86_400), default=600, show_default=True, help="How long to wait.")
@verbose_option
def run(*, code: str, channel: str | None, seconds: int) -> None:
    """Send the golden messages to a partner, wait for its words, print and keep the report.

    Ends with 0 when every message was answered rightly, with 5 when not, with 7 when answers are still awaited.

    \b
    Example:
      opensps conformance run --partner XB
    """
    partner, connection = _found(code, channel)
    now = datetime.now(UTC)
    here = authority_profile(settings.OPENSPS_AUTHORITY)
    name = here.name_en if here is not None else settings.OPENSPS_AUTHORITY
    try:
        talk = talk_begun(partner, connection, own_name=name, run=int(now.timestamp()) // 60, at=now)
    except ExchangeError as exc:
        raise Stopped(
            Exit.NOT_ALLOWED,
            gettext_noop("The conversation with %(partner)s cannot begin: %(why)s"),
            partner=code,
            why=exc,
        ) from exc
    click.echo(f"{talk.run}: {len(talk.steps)} -> {connection.connection_code} ({connection.channel})", err=True)
    found = talk_finished(talk, seconds=seconds, clock=lambda: datetime.now(UTC))
    _print(found)
    if not found.is_complete:
        raise click.exceptions.Exit(Exit.TRY_LATER)
    if not found.is_passed:
        raise click.exceptions.Exit(Exit.NOT_VALID)


@conformance.command()
@partner_option
@channel_option
@click.option("--hours", type=click.IntRange(1, 2_160), default=24, show_default=True, help="How far to look back.")
@verbose_option
def received(*, code: str, channel: str | None, hours: int) -> None:
    """Look which golden messages a partner has sent us, print and keep that.

    \b
    Example:
      opensps conformance received --partner XB --hours 2
    """
    partner, connection = _found(code, channel)
    now = datetime.now(UTC)
    results = received_kept(partner, connection, since=now - timedelta(hours=hours), at=now)
    for each in results:
        click.echo(f"{each.message:<4} {each.result:<15} {TITLES[each.message]}")
    if any(each.result == "not_run" for each in results):
        raise click.exceptions.Exit(Exit.TRY_LATER)


def _found(code: str, channel: str | None) -> tuple[Partner, PartnerConnection]:
    try:
        partner = partner_by_code(authority=settings.OPENSPS_AUTHORITY, code=code)
    except PartnerNotFound as exc:
        raise Stopped(Exit.NOT_FOUND, gettext_noop("There is no partner %(partner)s."), partner=code) from exc
    rows = partner.connections.filter(is_active=True).order_by("rank", "pk")
    found = (rows.filter(channel=channel) if channel else rows).first()
    if found is None:
        raise Stopped(
            Exit.NOT_FOUND,
            gettext_noop("There is no active connection with %(partner)s over that channel."),
            partner=code,
        )
    return partner, found


def _print(found: Report) -> None:
    for message in Golden:
        outcome = found.by_message.get(message, Outcome.NOT_APPLICABLE)
        click.echo(f"{message:<4} {outcome:<15} {TITLES[message]}")
        for each in found.judged:
            if each.step.golden is message and outcome is Outcome.FAILED:
                expected = " / ".join(sorted(each.step.expected))
                click.echo(f"       {each.step.name:<6} {each.got.tracking or '–'} ({expected}) {each.got.text[:200]}")
