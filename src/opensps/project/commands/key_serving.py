"""``opensps key serve|officer|approvals``: the signing service as a process of its own, and who must approve.

One directory of the service's own user holds policy.toml, officers and journal. The application reaches the service by
its socket and can change nothing there.
"""

import importlib
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

import click
import structlog

from opensps.project import lifeline
from opensps.project.commands.key_manners import now, stopping
from opensps.project.commands.manners import verbose_option
from opensps.project.exits import Exit, Stopped
from opensps.signing import KeyFileError, signer_from
from opensps.signing.officer_table import fingerprint_of, line_of, read_line, read_table
from opensps.signing.pdf_seals import seal_pdf
from opensps.signing.service_desk import SigningDesk
from opensps.signing.service_journal import Journal
from opensps.signing.service_policy import ServicePolicy
from opensps.signing.service_socket import open_door
from opensps.signing.service_socket import serve as serve_door

log = structlog.get_logger("opensps.key")

POLICY, OFFICERS, JOURNAL = "policy.toml", "officers", "journal"

directory_option = click.option(
    "--directory",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    required=True,
    help="The service's own directory: policy.toml, officers, journal.",
)


def desk_of(directory: Path, *, key: str) -> SigningDesk:
    """Return the desk of a directory; raise `KeyFileError`."""
    try:
        policy = ServicePolicy.load((directory / POLICY).read_text(encoding="utf-8"))
    except OSError:
        raise KeyFileError("policy", "there is no policy.toml; without one nothing is sealed") from None
    return SigningDesk(
        signer=signer_from(key),
        policy=policy,
        journal=Journal.open(directory / JOURNAL),
        credentials=read_table(directory / OFFICERS),
        clock=lambda: datetime.now(UTC),
        alarm=lambda kind, officer: log.warning("passkey_alarm", kind=kind, officer=officer),
        sign_pdf=lambda pdf, signer, at: seal_pdf(pdf, signer=signer, at=at),
    )


@click.command()
@click.option("--socket", "path", type=click.Path(path_type=Path), required=True, help="Where it answers.")
@directory_option
@click.option("--key", required=True, help="The key: file:/directory or pkcs11:...")
@click.option("--until-stdin-closes", is_flag=True, hidden=True)
@verbose_option
@stopping
def serve(*, path: Path, directory: Path, key: str, until_stdin_closes: bool) -> None:
    """Serve seals on a Unix socket until stopped (Ctrl-C or SIGTERM), by the policy of DIRECTORY.

    The application names it as OPENSPS_SIGNING_KEY=service:/path/of.sock.

    \b
    Example:
      opensps key serve --socket /run/opensps/sign.sock --directory /etc/opensps/signing --key file:/etc/opensps/keys
    """
    desk, stop = desk_of(directory, key=key), threading.Event()

    def leave(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    if until_stdin_closes:
        lifeline.terminate_when_stdin_closes()
    with open_door(path) as door:
        click.echo(f"Sealing for {desk.policy.authority} at {path}", err=True)
        serve_door(door, desk.answer, until=stop.is_set)
    path.unlink(missing_ok=True)


@click.command()
@click.argument("line")
@directory_option
@click.option("--fingerprint", "typed", required=True, help="As the officer read it on the page of the passkey.")
@verbose_option
@stopping
def officer(*, line: str, directory: Path, typed: str) -> None:
    """Let an officer's passkey approve: LINE and fingerprint are on the officer's page.

    \b
    Example:
      opensps key officer "p-42 kX3... pQEC..." --directory /etc/opensps/signing --fingerprint "1F2E 3D4C ..."
    """
    credential = read_line(line)
    if "".join(typed.split()).upper() != fingerprint_of(credential).replace(" ", ""):
        raise Stopped(Exit.NOT_ALLOWED, "This is another passkey than the one whose fingerprint was given. Stop here.")
    path = directory / OFFICERS
    if credential.id in read_table(path):
        raise KeyFileError("exists", "this passkey is in the table already")
    with path.open("a", encoding="utf-8") as table:
        table.write(line_of(credential) + "\n")
    click.echo(f"{credential.officer} may approve with {fingerprint_of(credential)}; restart the service.")


@click.command()
@click.option("--two-officers", "listed", multiple=True, help="A kind, a type code or a destination such as to:XB.")
@click.option("--passkey-only", is_flag=True, help="A password approves nothing any more.")
@verbose_option
def approvals(*, listed: tuple[str, ...], passkey_only: bool) -> None:
    """Say what needs a second officer here, and whether a password may approve; what is not named no longer counts.

    \b
    Example:
      opensps key approvals --two-officers veterinary --two-officers 657 --two-officers to:XB --passkey-only
    """
    importlib.import_module("opensps.project.command").start_django()
    events: Any = importlib.import_module("opensps.project.key_events")
    events.approvals_set(listed=listed, allows_password=not passkey_only, at=now())
    click.echo(f"Two officers: {', '.join(sorted(listed)) or 'nothing'}; password: {'no' if passkey_only else 'yes'}")


COMMANDS = (serve, officer, approvals)
