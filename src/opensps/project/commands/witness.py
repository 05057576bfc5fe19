"""``opensps witness``: countersign the logs of others. Needs neither database nor Django."""

import logging.config
import secrets
import signal
import threading
from pathlib import Path

import click

from opensps.formats.errors import NoteError
from opensps.formats.note_keys import NoteKey, read_key
from opensps.project import lifeline, logs
from opensps.project.commands.manners import verbose_option
from opensps.project.exits import Exit, Stopped
from opensps.project.serving.witness import WitnessServer, tls_context
from opensps.project.witness_state import WitnessState
from opensps.project.words import gettext_noop

_DIRECTORY = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def witness() -> None:
    """Countersign the transparency logs of other authorities.

    A witness signs that the history it was shown only ever grew. It keeps about a hundred bytes for each log.
    """


@witness.command()
@click.argument("directory", type=_DIRECTORY)
@click.option("--name", required=True, help="Its address without https://, for example witness.xb.example.")
@click.option("--log", "keys", multiple=True, metavar="KEY", help="Key string of a log to witness; may be repeated.")
@verbose_option
def create(*, directory: Path, name: str, keys: tuple[str, ...]) -> None:
    """Make the keys of a witness in DIRECTORY and print their public parts.

    More logs are made known by adding their key strings to DIRECTORY/logs.txt, one a line.

    \b
    Example:
      opensps witness create /var/lib/opensps-witness --name witness.xb.example --log 'log.xa.example/xa/2026+0d7b...'
    """
    known = [_key(text) for text in keys]
    state = WitnessState.create(directory, name=name, random=secrets.token_bytes)
    for key in known:
        state.add_log(key)
    for signer in state.signers:
        click.echo(str(signer.key))


def _key(text: str) -> NoteKey:
    try:
        return read_key(text)
    except NoteError as exc:
        raise Stopped(Exit.USAGE, gettext_noop("This is not the key string of a log: %(text)s"), text=text) from exc


@witness.command()
@click.argument("directory", type=_DIRECTORY)
@click.option("--listen", default="127.0.0.1:8480", show_default=True, help="Address and port.")
@click.option("--certificate", type=_FILE, help="TLS certificate (PEM); without one put it behind a proxy.")
@click.option("--key", type=_FILE, help="Private key of the TLS certificate (PEM).")
@click.option("--until-stdin-closes", is_flag=True, hidden=True)
@verbose_option
def serve(
    *, directory: Path, listen: str, certificate: Path | None, key: Path | None, until_stdin_closes: bool
) -> None:
    """Serve the witness in DIRECTORY until stopped.

    \b
    Example:
      opensps witness serve /var/lib/opensps-witness --listen 127.0.0.1:8480
    """
    host, _, port = listen.rpartition(":")
    if not port.isdigit() or (certificate is None) != (key is None):
        raise Stopped(Exit.USAGE, gettext_noop("--listen is ADDRESS:PORT; --certificate and --key are given together."))
    logging.config.dictConfig(logs.LOGGING)
    logs.configure()
    state = WitnessState.open(directory)
    tls = None if certificate is None or key is None else tls_context(certificate, key)
    try:
        server = WitnessServer((host.strip("[]"), int(port)), state, tls=tls)
    except OSError as exc:
        raise Stopped(
            Exit.TRY_LATER, gettext_noop("%(listen)s cannot be had: %(why)s"), listen=listen, why=exc
        ) from exc
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    if until_stdin_closes:
        lifeline.terminate_when_stdin_closes()
    with server:
        server.serve_forever()
