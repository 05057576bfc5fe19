"""What all commands share: their common options, how a file is read."""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from opensps.project.exits import Exit, Stopped
from opensps.project.words import LANGUAGES

Command = TypeVar("Command", bound=Callable[..., Any])

MAX_FILE_BYTES = 25_000_000


def language_option(command: Command) -> Command:
    """Add ``--lang``."""
    return click.option("--lang", "language", type=click.Choice(LANGUAGES), help="Language of the answer.")(command)


def verbose_option(command: Command) -> Command:
    """Add ``--verbose``, which `command.run` looks at when something unexpected happens."""
    return click.option("--verbose", is_flag=True, expose_value=False, help="Show where an error happened.")(command)


def json_option(command: Command) -> Command:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")(command)


def read_input(name: str) -> tuple[str, bytes]:
    """Return the name and the bytes of a file; ``-`` is standard input. Stops with a sentence when it cannot."""
    if name == "-":
        return "stdin", _limited(sys.stdin.buffer.read(MAX_FILE_BYTES + 1), name)
    path = Path(name)
    try:
        with path.open("rb") as file:
            return path.name, _limited(file.read(MAX_FILE_BYTES + 1), name)
    except FileNotFoundError as exc:
        raise Stopped(Exit.NOT_VALID, "There is no file %(name)s. Check the path.", name=name) from exc
    except OSError as exc:
        raise Stopped(Exit.NOT_VALID, "%(name)s cannot be read: %(why)s.", name=name, why=exc.strerror) from exc


def _limited(data: bytes, what: str) -> bytes:
    if len(data) > MAX_FILE_BYTES:
        raise Stopped(
            Exit.NOT_VALID,
            "%(name)s is larger than %(size)s MB; nothing was kept.",
            name=what,
            size=MAX_FILE_BYTES // 1_000_000,
        )
    return data


def print_json(answer: Mapping[str, Any]) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
