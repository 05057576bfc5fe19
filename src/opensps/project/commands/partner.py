"""``opensps partner``: keep the records of the authorities we exchange certificates with.

Every command names who acts (``--as``), writes through the services of exchange, and leaves an event. What may follow
what is decided there; a refusal says what is missing.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import click
from django.conf import settings

from opensps.exchange import services
from opensps.exchange.queries.deliveries import partners_for_staff
from opensps.exchange.queries.partners import allowed_with, credentials_of, exchanged_with
from opensps.exchange.queries.readiness import onboarding_gaps
from opensps.exchange.queries.rows import Delivery, Direction, Mode, Partner, Side, Stage
from opensps.exchange.transports import Channel
from opensps.lifecycle import ONBOARDING, OnboardingAct, OnboardingState
from opensps.project.commands.manners import verbose_option
from opensps.project.commands.partner_key import key
from opensps.project.commands.partner_manners import as_option, found, said
from opensps.project.exits import Exit, Stopped
from opensps.project.words import gettext_noop

reason_option = click.option("--reason", default="", help="Why; kept in the record.")


@click.group()
def partner() -> None:
    """Keep the records of the authorities we exchange certificates with.

    See docs/how-to/bring-a-partner-in.md.
    """


partner.add_command(key)


@partner.command("list")
@verbose_option
def list_() -> None:
    """Show all partners: code, state, stage of the agreement, channels, name."""
    for row in partners_for_staff(authority=settings.OPENSPS_AUTHORITY):
        channels = ",".join(dict.fromkeys(each.channel for each in row.connections.all() if each.is_active))
        click.echo(f"{row.code:<8} {row.state:<12} {row.stage:<13} {channels or '-':<12} {row.name_en}")


@partner.command()
@click.argument("code")
@verbose_option
def show(*, code: str) -> None:
    """Show one partner, and what the next step still lacks. No secret is ever shown."""
    row = found(code)
    click.echo(f"{row.code}  {row.name_en}  {row.name_zh}\n{row.state}, {row.stage}, {','.join(row.countries)}")
    for each in row.connections.order_by("rank", "pk"):
        health = each.paused_reason or ("breaker open" if each.breaker_opened_at else "")
        click.echo(
            f"connection {each.pk}: {each.channel} {each.own_code} -> {each.connection_code} {each.side}"
            f" {each.delivery} {each.address} {'' if each.is_active else 'not used'} {health}".rstrip()
        )
    for held in credentials_of(row):
        whose = "ours" if held.is_ours else "theirs"
        until = f" until {held.valid_to:%Y-%m-%d}" if held.valid_to else ""
        click.echo(f"key {held.pk}: {held.use} {whose} {held.status} {held.fingerprint}{until} {held.name}".rstrip())
    pairs: dict[str, list[str]] = {}
    for allowed in allowed_with(row):
        pairs.setdefault(allowed.direction, []).append(f"{allowed.type_code}/{allowed.status_code}")
    for direction, several in pairs.items():
        click.echo(f"documents {direction}: {' '.join(several)}")
    for mode in exchanged_with(row, at=datetime.now(UTC)):
        click.echo(f"mode {mode.direction} {mode.type_code or 'all'}: {mode.mode}")
    for contact in row.contacts.all():
        click.echo(f"contact {contact.role}: {contact.name} {contact.address} {contact.phone} {contact.hours}".rstrip())
    for act in _next(row):
        gaps = ", ".join(onboarding_gaps(row, act).values())
        click.echo(f"next {act}: {gaps or 'may be taken'}")


def _next(row: Partner) -> list[OnboardingAct]:
    state = OnboardingState(row.state)
    return [act for (before, act) in ONBOARDING if before is state]


@partner.command()
@click.argument("code")
@click.option("--name", required=True)
@click.option("--name-zh", default="")
@click.option("--countries", required=True, metavar="XB,..", help="ISO 3166-1 alpha-2 codes it serves.")
@as_option
@verbose_option
def create(*, code: str, name: str, name_zh: str, countries: str, email: str) -> None:
    """Write down an authority we speak with.

    \b
    Example:
      opensps partner create XB --name Northland --countries XB --as manager@example.org
    """
    given = {"code": code, "name_en": name, "name_zh": name_zh, "countries": countries.split(",")}
    said(services.partner_create, email=email, **given)


@partner.command()
@click.argument("code")
@click.option("--authority-name")
@click.option("--languages", metavar="en,zh")
@click.option("--time-zone")
@click.option("--requires-signature", type=bool, help="Whether what they send must be sealed.")
@as_option
@verbose_option
def profile(*, code: str, email: str, languages: str | None, **given: Any) -> None:
    """Change what is known of a partner; what is not named stays."""
    changes = {name: value for name, value in given.items() if value is not None}
    if languages is not None:
        changes["languages"] = languages.split(",")
    said(services.partner_profile_set, email=email, code=code, **changes)


@partner.command()
@click.argument("code")
@click.option("--role", type=click.Choice(["policy", "technical", "duty_desk"]), required=True)
@click.option("--name", required=True)
@click.option("--address", default="")
@click.option("--phone", default="")
@click.option("--hours", default="")
@as_option
@verbose_option
def contact(*, code: str, role: str, email: str, **given: str) -> None:
    """Set the contact for a role; the others stay."""
    kept = [
        services.Contact(role=each.role, name=each.name, address=each.address, phone=each.phone, hours=each.hours)
        for each in found(code).contacts.all()
        if each.role != role
    ]
    said(services.contacts_set, email=email, code=code, contacts=(*kept, services.Contact(role=role, **given)))


@partner.command()
@click.argument("code")
@click.argument("stage", type=click.Choice([str(each) for each in Stage]))
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="Without it today.")
@click.option("--types", default="", metavar="851,853", help="Types of certificates the agreement covers.")
@click.option("--note", default="", help="What else is to be kept.")
@as_option
@verbose_option
def stage(*, code: str, stage: str, day: datetime | None, types: str, note: str, email: str) -> None:
    """Note how far the agreement is; every stage is kept."""
    on: date = (day or datetime.now(UTC)).date()
    several = tuple(each for each in types.split(",") if each)
    said(services.partner_stage_set, email=email, code=code, stage=Stage(stage), on=on, types=several, note=note)


@partner.command()
@click.argument("code")
@click.option(
    "--channel", type=click.Choice([str(each) for each in Channel if each is not Channel.TEST]), required=True
)
@click.option("--code", "theirs", required=True, help="What they are called on it.")
@click.option("--own-code", required=True, help="What we are called on it.")
@click.option("--address", help="URL or mail address; none where they only come to us.")
@click.option("--side", type=click.Choice([str(each) for each in Side]), help="Without it client.")
@click.option("--delivery", type=click.Choice([str(each) for each in Delivery]), help="Without it push.")
@click.option("--direction", type=click.Choice([str(each) for each in Direction]), help="Without it both.")
@click.option("--authentication", type=click.Choice(["mtls", "digest", "mtls+digest", "oauth"]))
@click.option("--option", "options", multiple=True, metavar="NAME=VALUE")
@click.option("--limit", "limits", multiple=True, metavar="NAME=NUMBER")
@click.option("--id", "connection_id", type=int, help="Change this connection; what is not named stays.")
@as_option
@verbose_option
def connect(
    *,
    code: str,
    channel: str,
    theirs: str,
    own_code: str,
    address: str | None,
    side: str | None,
    delivery: str | None,
    direction: str | None,
    authentication: str | None,
    options: tuple[str, ...],
    limits: tuple[str, ...],
    connection_id: int | None,
    email: str,
) -> None:
    """Add a connection with a partner, or change one.

    \b
    Examples:
      opensps partner connect XB --channel hub --code XB --own-code XA --side host --delivery pull --as ...
      opensps partner connect XC --channel smtp --code XC --own-code XA --address exchange@xc.example --as ...
    """
    further: dict[str, Any] = {"options": dict(_pair(each) for each in options)} if options else {}
    if limits:
        further["limits"] = {name: _number(value) for name, value in map(_pair, limits)}
    if authentication is not None:
        further["authentication"] = authentication
    row = said(
        services.connection_set,
        email=email,
        partner=code,
        channel=Channel(channel),
        connection_code=theirs,
        own_code=own_code,
        address=address,
        side=Side(side) if side else None,
        delivery=Delivery(delivery) if delivery else None,
        direction=Direction(direction) if direction else None,
        connection_id=connection_id,
        **further,
    )
    click.echo(row.pk)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise Stopped(Exit.USAGE, gettext_noop("%(text)s is not NAME=VALUE."), text=text)
    return name, value


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise Stopped(Exit.USAGE, gettext_noop("%(text)s is not a whole number."), text=text)
    return int(text)


@partner.command()
@click.argument("code")
@click.option("--direction", type=click.Choice(["out", "in"]), required=True, help="out: what they take from us.")
@click.option("--pair", "pairs", multiple=True, required=True, metavar="TYPE/STATUS", help="For example 851/70.")
@as_option
@verbose_option
def allow(*, code: str, direction: str, pairs: tuple[str, ...], email: str) -> None:
    """Say which types and statuses are exchanged in a direction from now on; all others end."""
    several = [tuple(each.split("/")) for each in pairs]
    if any(len(each) != 2 or not all(part.isdecimal() for part in each) for each in several):  # noqa: PLR2004  a pair
        raise Stopped(Exit.USAGE, gettext_noop("A pair is TYPE/STATUS, for example 851/70."))
    said(services.allowed_set, email=email, partner=code, direction=direction, pairs=several)


@partner.command()
@click.argument("code")
@click.argument("mode", type=click.Choice([str(each) for each in Mode]))
@click.option("--direction", type=click.Choice(["out", "in"]), default="out", show_default=True)
@click.option("--type", "type_code", default="", help="UNCL 1001; without it every type.")
@click.option("--days", type=click.IntRange(1, 14), help="How long a fallback to paper lasts.")
@reason_option
@as_option
@verbose_option
def mode(*, code: str, mode: str, direction: str, type_code: str, days: int | None, reason: str, email: str) -> None:
    """Exchange in another mode from now on; a fallback has an end and a reason."""
    given = {"partner": code, "direction": direction, "type_code": type_code, "reason": reason}
    if Mode(mode) is Mode.FALLBACK:
        until = datetime.now(UTC) + timedelta(days=days or 14)
        said(services.mode_fall_back, email=email, until=until, **given)
    else:
        said(services.mode_set, email=email, mode=Mode(mode), **given)


@partner.command()
@click.argument("code")
@click.argument("step", type=click.Choice([str(act) for act in OnboardingAct if act is not OnboardingAct.APPLY]))
@reason_option
@as_option
@verbose_option
def advance(*, code: str, step: str, reason: str, email: str) -> None:
    """Take a partner one step further, suspend or resume it.

    \b
    Example:
      opensps partner advance XB open_sandbox --as manager@example.org
    """
    row = said(services.partner_advance, email=email, code=code, act=OnboardingAct(step), reason=reason)
    click.echo(row.state)
