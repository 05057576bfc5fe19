"""``opensps setup``: load partners and bodies from a reference configuration."""

import click

from opensps.accounts.errors import NotAllowed as AccountNotAllowed
from opensps.project.commands.manners import verbose_option
from opensps.project.commands.partner_manners import as_option, said
from opensps.project.exits import Exit, Stopped
from opensps.project.setting_up import setup_load
from opensps.project.setups import SetupUnreadable, known, setup_read
from opensps.project.words import gettext_noop


@click.group()
def setup() -> None:
    """Load partners and bodies from a reference configuration."""


@setup.command("list")
@verbose_option
def list_() -> None:
    """Show the configurations that come with the program."""
    for name in known():
        click.echo(name)


@setup.command()
@click.argument("name")
@as_option
@verbose_option
def load(*, name: str, email: str) -> None:
    """Load a configuration by NAME, or from a folder. Again, it changes nothing.

    \b
    Example:
      opensps setup load china --as manager@example.org
    """
    try:
        done = said(setup_load, email=email, setup=setup_read(name))
    except SetupUnreadable as exc:
        raise Stopped(Exit.USAGE, gettext_noop("This configuration cannot be used: %(why)s."), why=exc) from exc
    except AccountNotAllowed as exc:
        sentence = gettext_noop("%(email)s is no administrator, so this is not done.")
        raise Stopped(Exit.NOT_ALLOWED, sentence, email=email) from exc
    for each in done.created:
        click.echo(f"new  {each}")
    for each in done.moved:
        click.echo(f"moved on  {each}")
    click.echo(f"{len(done.created)} new, {len(done.moved)} moved on, {done.unchanged} as before")
