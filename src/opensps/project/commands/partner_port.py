"""``opensps partner-port``: serve the machines of partners, with their client certificates."""

import importlib
import signal
import threading
from pathlib import Path

import click
import structlog

from opensps.project import lifeline
from opensps.project.commands.manners import verbose_option
from opensps.project.exits import Exit, Stopped
from opensps.project.serving.partner_port import THREADS, PartnerPort
from opensps.project.serving.partner_port import partner_port as server_for
from opensps.project.words import gettext_noop

log = structlog.get_logger("opensps.partner_port")

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(name="partner-port")
def partner_port() -> None:
    """Serve SOAP and REST to partners that show a client certificate.

    The port for people takes no client certificates. Behind a proxy that does, this port is not needed: see
    docs/how-to/connect-by-soap.md.
    """


@partner_port.command()
@click.option("--listen", default="127.0.0.1:8444", show_default=True, help="Address and port.")
@click.option("--certificate", type=_FILE, required=True, help="TLS certificate of this server with its chain (PEM).")
@click.option("--key", type=_FILE, required=True, help="Private key of the TLS certificate (PEM).")
@click.option("--threads", type=click.IntRange(2, 256), default=THREADS, show_default=True, help="Calls at once.")
@click.option("--until-stdin-closes", is_flag=True, hidden=True)
@verbose_option
def serve(*, listen: str, certificate: Path, key: Path, threads: int, until_stdin_closes: bool) -> None:
    """Serve until stopped (Ctrl-C or SIGTERM); calls that run are ended properly.

    \b
    Example:
      opensps partner-port serve --listen 0.0.0.0:8444 --certificate server.pem --key server.key
    """
    host, _, port = listen.rpartition(":")
    if not port.isdigit() or not host:
        raise Stopped(Exit.USAGE, gettext_noop("--listen is ADDRESS:PORT."))
    # Imported by name: it refuses to start without its secret and the protection of the database.
    application = importlib.import_module("opensps.project.wsgi").application
    address = (host.strip("[]"), int(port))
    server = server_for(address, application, certificate=certificate, key=key, threads=threads)
    _prepare(server, listen)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if until_stdin_closes:
        lifeline.terminate_when_stdin_closes()
    _serve(server, stop)


def _prepare(server: PartnerPort, listen: str) -> None:
    try:
        server.prepare()
    except OSError as exc:
        raise Stopped(
            Exit.TRY_LATER, gettext_noop("%(listen)s cannot be had: %(why)s"), listen=listen, why=exc
        ) from exc


def _serve(server: PartnerPort, stop: threading.Event) -> None:
    serving = threading.Thread(target=server.serve, name="partner port")
    serving.start()
    log.info("partner_port_listens", port=server.bind_addr[1])
    stop.wait()
    server.stop()
    serving.join()
