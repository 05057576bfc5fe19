"""``opensps mail``: listen for the mail of partners, and make the key that signs ours."""

import asyncio
import ipaddress
import signal
import socket
import ssl
from datetime import UTC, datetime
from pathlib import Path

import click
import structlog
from django.conf import settings
from django.db import DatabaseError, connections

from opensps.events.errors import GuardsMissing
from opensps.exchange.mail.reading import outer_message_id
from opensps.exchange.mail.tokens import looks_like_return_path
from opensps.exchange.services.messages import message_receive
from opensps.exchange.transports.transport import Channel
from opensps.project import lifeline
from opensps.project.commands.mail_key import key
from opensps.project.commands.manners import verbose_option
from opensps.project.exits import Exit, Stopped
from opensps.project.mail import own_address
from opensps.project.protection import refuse_unprotected
from opensps.project.serving.mail_server import CannotKeep, Incoming, MailDoor, serve_until
from opensps.project.words import gettext_noop

log = structlog.get_logger("opensps.mail")

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def mail() -> None:
    """Exchange certificates by mail.

    See docs/how-to/connect-by-mail.md. Sending and processing is done by the worker.
    """


mail.add_command(key)


@mail.command()
@click.option("--listen", default="127.0.0.1:2525", show_default=True, help="Address and port.")
@click.option("--certificate", type=_FILE, help="TLS certificate of this server with its chain (PEM).")
@click.option("--key", "key_file", type=_FILE, help="Private key of the TLS certificate (PEM).")
@click.option("--until-stdin-closes", is_flag=True, hidden=True)
@verbose_option
def serve(*, listen: str, certificate: Path | None, key_file: Path | None, until_stdin_closes: bool) -> None:
    """Take mail for our exchange address until stopped (Ctrl-C or SIGTERM); each is kept before 250 is said.

    Without a TLS certificate it listens on the loopback interface only, for a gateway on the same machine.

    \b
    Example:
      opensps mail serve --listen 0.0.0.0:25 --certificate mx.pem --key mx.key
    """
    host, _, port = listen.rpartition(":")
    host = host.strip("[]")
    if not port.isdigit() or not host:
        raise Stopped(Exit.USAGE, gettext_noop("--listen is ADDRESS:PORT."))
    door = _door(_tls(host, certificate, key_file))
    _refuse_unprotected()
    if until_stdin_closes:
        lifeline.terminate_when_stdin_closes()
    click.echo(f"{own_address()} at {listen}", err=True)
    try:
        asyncio.run(_serve(door, host, int(port)))
    except OSError as exc:
        raise Stopped(
            Exit.TRY_LATER, gettext_noop("%(listen)s cannot be opened: %(why)s"), listen=listen, why=exc.strerror
        ) from exc


def _tls(host: str, certificate: Path | None, key_file: Path | None) -> ssl.SSLContext | None:
    if certificate is None or key_file is None:
        if not _is_loopback(host):
            raise Stopped(
                Exit.USAGE,
                gettext_noop("Beyond this machine mail is taken under TLS only: name --certificate and --key."),
            )
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key_file)
    except (OSError, ssl.SSLError) as exc:
        raise Stopped(
            Exit.USAGE, gettext_noop("The TLS certificate and its key cannot be used: %(why)s"), why=exc
        ) from exc
    return context


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse_unprotected() -> None:
    try:
        refuse_unprotected()
    except (GuardsMissing, DatabaseError) as exc:
        raise Stopped(
            Exit.UNEXPECTED, gettext_noop("The database does not protect what is kept in it. Run: opensps doctor")
        ) from exc


def _door(tls: ssl.SSLContext | None) -> MailDoor:
    address = own_address()
    domain = address.rpartition("@")[2]

    def is_ours(recipient: str) -> bool:
        return recipient == address or looks_like_return_path(recipient, domain=domain)

    return MailDoor(hostname=socket.gethostname(), is_ours=is_ours, keep=keep, tls=tls)


def keep(incoming: Incoming) -> None:
    """Make a mail durable; raise `CannotKeep` where the database does not take it."""
    try:
        message_receive(
            authority=settings.OPENSPS_AUTHORITY,
            channel=Channel.SMTP,
            raw=incoming.raw,
            facts={
                "mail_from": incoming.mail_from,
                "rcpt_to": incoming.rcpt_to,
                "peer": incoming.peer,
                "tls": incoming.is_tls,
            },
            message_key=outer_message_id(incoming.raw),
            peer=incoming.mail_from[:500],
            at=datetime.now(UTC),
        )
    except DatabaseError as error:
        log.warning("mail_not_kept", kind=type(error).__name__, size_bytes=len(incoming.raw))
        raise CannotKeep from None
    finally:
        connections.close_all()
    log.info("mail_kept", size_bytes=len(incoming.raw), tls=incoming.is_tls)


async def _serve(door: MailDoor, host: str, port: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve_until(stop, door, host=host, port=port)
