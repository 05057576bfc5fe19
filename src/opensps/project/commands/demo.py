"""``opensps demo``: everything on one machine, with made-up data; what ``make demo`` calls."""

import asyncio
import ipaddress
import os
import time
from dataclasses import replace
from pathlib import Path

import click

from opensps.project.abroad.keys import NORTHLAND, WESTMARK
from opensps.project.abroad.moods import Mood, mood_set
from opensps.project.commands.manners import verbose_option
from opensps.project.exits import Exit, Stopped
from opensps.project.serving import supervisor, tls
from opensps.project.serving.installation import CERTIFICATES, Installation
from opensps.project.words import gettext_noop, language_from, translator

_STARTED = time.monotonic()

port_option = click.option("--port", type=click.IntRange(1, 65535), default=8443, show_default=True)
http_port_option = click.option("--http-port", type=click.IntRange(1, 65535), default=8080, show_default=True)
partner_port_option = click.option(
    "--partner-port", type=click.IntRange(1, 65535), help="Port for the machines of partners; one above --port."
)
host_option = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
remote_option = click.option(
    "--allow-remote", is_flag=True, help="Let other machines reach the demo. It has no secrets."
)


@click.group(invoke_without_command=True)
@port_option
@http_port_option
@partner_port_option
@host_option
@remote_option
@click.option(
    "--certificates", type=click.IntRange(min=20), default=CERTIFICATES, hidden=True, help="Issue fewer, for tests."
)
@click.option("--reset", "is_reset", is_flag=True, help="Start afresh: new keys, new data.")
@verbose_option
@click.pass_context
def demo(
    context: click.Context,
    *,
    port: int,
    http_port: int,
    partner_port: int | None,
    host: str,
    allow_remote: bool,
    certificates: int,
    is_reset: bool,
) -> None:
    """Run a complete installation with made-up data until Ctrl-C.

    Its files lie in .demo, or in the directory that OPENSPS_DEMO_DIR names.

    \b
    Examples:
      opensps demo
      opensps demo --port 9443 --http-port 9080
      opensps demo --reset
    """
    found = _installation(host=host, port=port, allow_remote=allow_remote)
    installation = replace(found, certificates=certificates, partner_port=partner_port or port + 1)
    context.obj = (installation, http_port)
    if context.invoked_subcommand is None:
        _run(installation, http_port=http_port, is_reset=is_reset)


@demo.command()
@click.pass_obj
def load(given: tuple[Installation, int]) -> None:
    """Make keys and database and load the data, without serving."""
    installation, _ = given
    installation.lock()
    installation.prepare()
    supervisor.fill(installation)


@demo.command()
@click.pass_obj
def reset(given: tuple[Installation, int]) -> None:
    """Throw away keys, database and data."""
    installation, _ = given
    installation.lock()
    installation.reset()


@demo.command()
@click.pass_obj
def serve(given: tuple[Installation, int]) -> None:
    """Serve what is there; the same as no sub-command."""
    installation, http_port = given
    _run(installation, http_port=http_port, is_reset=False)


@demo.command()
@click.argument("partner", type=click.Choice([NORTHLAND, WESTMARK]))
@click.argument("mood", type=click.Choice([str(mood) for mood in Mood]))
@click.pass_obj
def tell(given: tuple[Installation, int], *, partner: str, mood: str) -> None:
    """Tell a partner of the demo how to behave, while it runs.

    \b
    Example:
      opensps demo tell northland refuse
    """
    installation, _ = given
    mood_set(installation.abroad.directory, partner, Mood(mood))


def _run(installation: Installation, *, http_port: int, is_reset: bool) -> None:
    supervisor.refuse_taken_port(installation.host, installation.port, option="PORT")
    supervisor.refuse_taken_port(installation.host, http_port, option="HTTP_PORT")
    supervisor.refuse_taken_port(installation.host, installation.partner_port, option="PARTNER_PORT")
    installation.lock()
    if is_reset:
        installation.reset()
    if not installation.is_filled:
        click.echo("Making keys, database and data; this is done once ...", err=True)
    files = installation.prepare()
    supervisor.fill(installation)
    asyncio.run(
        supervisor.supervise(installation, files, http_port=http_port, ready=lambda: _greet(installation, files))
    )
    click.echo("Stopped.", err=True)


def _installation(*, host: str, port: int, allow_remote: bool) -> Installation:
    directory = Path(os.environ.get("OPENSPS_DEMO_DIR") or ".demo").resolve()
    names: tuple[str, ...] = tls.LOOPBACK
    if not _is_loopback(host):
        if not allow_remote:
            raise Stopped(
                Exit.USAGE,
                "%(host)s can be reached from other machines, and anybody can sign in to a demo. "
                "Say --allow-remote if you mean it.",
                host=host,
            )
        names = (host, *tls.LOOPBACK)
    return Installation(directory=directory, host=_address(host), port=port, names=names)


def _address(host: str) -> str:
    return "127.0.0.1" if host in ("localhost", "::1") else host


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _greet(installation: Installation, files: tls.TlsFiles) -> None:
    gettext = translator(language_from(None))
    seconds, address = round(time.monotonic() - _STARTED), installation.address
    known = {"address": address, "fingerprint": tls.fingerprint(files)}
    stop, again = gettext("stop: Ctrl-C"), gettext("start afresh: make demo-reset")
    click.echo(f"\nReady in {seconds} s.   {address}          {stop}     {again}")
    click.echo("\n".join(gettext(line) % known if line else "" for line in GREETING))


GREETING = (
    gettext_noop("Your browser warns once: this demo made its own certificate. (Trust it: %(address)s/demo/ca)"),
    "SHA-256 %(fingerprint)s",
    "",
    gettext_noop(
        "Sign in with one click on /sign-in: Exporter, Examiner, Reviewer, Planner, Inspector, "
        "Certifying officer 1 and 2, Senior officer, Manager, Administrator"
    ),
    gettext_noop("Try these, about 2 minutes each:"),
    gettext_noop(' 1 Check a certificate     open /check, press "Try with a sample"'),
    gettext_noop(" 2 Ask for a certificate   as Exporter: finish the draft and submit"),
    gettext_noop(" 3 Look at the goods       as Inspector: record what you find, sign the report"),
    gettext_noop(" 4 Sign it                 as Certifying officer 1: open, read the guard list, sign"),
    gettext_noop(" 5 Take it back            as Certifying officer 1 propose, as Senior officer confirm"),
    gettext_noop(" 6 Catch a forgery         drop a changed file on /check"),
    gettext_noop(
        ' 7 See it arrive abroad    as Manager: Deliveries; "opensps demo tell westmark refuse" makes trouble'
    ),
    gettext_noop("Everything is made up. XA, XB and XC can never be real countries."),
)
"""What stands below the line that says Ready; fewer tasks than the design has, for only these can be done now."""
