"""What the sub-commands of ``opensps key`` share: words for their errors, bounds, and where a trust list is read."""

import functools
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from opensps.project.exits import Exit, Stopped
from opensps.signing import SigningError, TrustError, TrustList, TryLater
from opensps.signing.trust_entries import Bound, LogPosition
from opensps.signing.trust_lines import read_time
from opensps.signing.trust_note import Roots

Command = TypeVar("Command", bound=Callable[..., Any])

_POSITION = re.compile(r"([^\s@]{1,255})@(0|[1-9][0-9]{0,18})")


def stopping(command: Command) -> Command:
    """Turn an error of the room `signing` into one line and an exit code."""

    @functools.wraps(command)
    def guarded(*given: Any, **named: Any) -> Any:
        try:
            return command(*given, **named)
        except TryLater as error:
            raise Stopped(
                Exit.TRY_LATER, "The key does not answer now (%(why)s). Try again later.", why=error
            ) from error
        except SigningError as error:
            raise Stopped(Exit.NOT_ALLOWED, "Not done: %(why)s", why=error) from error

    return guarded  # type: ignore[return-value]  # the same signature


class BoundType(click.ParamType[Bound]):
    """A time (2026-11-20T10:00:00Z) or a place in a log (origin@index)."""

    name = "bound"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Bound:
        """Return the bound a person typed."""
        if found := _POSITION.fullmatch(str(value)):
            return LogPosition(found[1], int(found[2]))
        try:
            return read_time(str(value))
        except ValueError:
            self.fail("neither a time like 2026-11-20T10:00:00Z nor a place like log.host/XA/2026@17", param, ctx)


BOUND = BoundType()

authority_option = click.option("--authority", required=True, help="Code of the authority, such as XA.")
trust_option = click.option(
    "--trust", "trust_path", type=click.Path(path_type=Path, exists=True), required=True, help="The trust list."
)
roots_option = click.option(
    "--roots", "roots_path", type=click.Path(path_type=Path, exists=True), help="Roots of a signed trust list."
)


def now() -> datetime:
    """Return the time of the command, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def trust_in(path: Path, roots_path: Path | None) -> TrustList:
    """Return the trust list of a file. Stops with a sentence when it cannot be believed."""
    try:
        roots = Roots.read(roots_path.read_text(encoding="utf-8")) if roots_path else None
        return TrustList.load_any(path.read_bytes(), roots=roots)
    except (OSError, TrustError) as exc:
        raise Stopped(Exit.USAGE, "The trust list %(path)s cannot be read: %(why)s", path=path, why=exc) from exc


def kid_in(text: str) -> bytes:
    """Return a kid typed as 16 hexadecimal digits."""
    try:
        kid = bytes.fromhex(text)
    except ValueError:
        kid = b""
    if len(kid) != 8:  # noqa: PLR2004  trust.md 6.11
        raise Stopped(Exit.USAGE, "A key is named by 16 hexadecimal digits, see: opensps key list")
    return kid
