"""The ``opensps`` command: sub-commands are loaded when asked for, so that ``verify`` never meets Django.

Manners: text for people, or one JSON document with ``--json``; an error is one line and an exit code of `exits.Exit`;
a traceback is shown with ``--verbose`` only.
"""

import importlib
import os
import sys
import traceback
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import click

from opensps.project.exits import Exit, Stopped
from opensps.project.words import LANGUAGES, gettext_noop, language_from, translator


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the help: the command lies in the module of its name, under its name."""

    summary: str
    needs_django: bool


LIST_BROKEN = gettext_noop("A refreshed code list was damaged; refresh it or take it away. %(why)s")

INTERRUPTED = 130
"""What shells expect of a program that Ctrl-C ended."""

ENTRIES = MappingProxyType(
    {
        "backup": Entry("Copy the database, without keys, while the service runs.", needs_django=True),
        "certificate": Entry("Show a certificate of the register, or compare two.", needs_django=True),
        "check": Entry("Check a certificate by its number and verification code.", needs_django=True),
        "codes": Entry("Look at code lists and bring newer editions in.", needs_django=False),
        "conformance": Entry("Prove a connection with a partner by golden messages.", needs_django=True),
        "demo": Entry("Run a complete installation with made-up data.", needs_django=False),
        "doctor": Entry("Look whether this installation is sound.", needs_django=True),
        "limits": Entry("Load the tables of limits of the rules that watch.", needs_django=True),
        "log": Entry("Create, prove and check the transparency log.", needs_django=True),
        "mail": Entry("Take the mail of partners, and make the key that signs ours.", needs_django=True),
        "key": Entry("Make, certify, end and serve the keys that seal certificates.", needs_django=False),
        "trust": Entry("Keep the signed list of whom this installation believes.", needs_django=False),
        "partner": Entry("Keep the records of partner authorities and their keys.", needs_django=True),
        "partner-port": Entry("Serve partners that show a client certificate.", needs_django=True),
        "restore": Entry("Bring a backup back and let it prove that nothing is missing.", needs_django=True),
        "setup": Entry("Load partners and bodies from a reference configuration.", needs_django=True),
        "verify": Entry("Check a certificate file (PDF, XML with its seal, or both in a ZIP).", needs_django=False),
        "witness": Entry("Countersign the logs of other authorities.", needs_django=False),
        "worker": Entry("Follow the events that acts leave behind.", needs_django=True),
        "xml": Entry("Work with eCert XML files.", needs_django=False),
    }
)


class LazyGroup(click.Group):
    """A group that imports a command, and starts Django if it needs it, only when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 click's signature
        """Return the names in alphabetical order."""
        return sorted(ENTRIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 click's signature
        """Import and return a command, or None for a name that is not ours."""
        if cmd_name not in ENTRIES:
            return None
        if ENTRIES[cmd_name].needs_django:
            start_django()
        elif os.environ.get("OPENSPS_CODES_DIR"):
            importlib.import_module("opensps.project.code_lists").use_newer()
        module = cmd_name.replace("-", "_")
        command = getattr(importlib.import_module(f"opensps.project.commands.{module}"), module)
        if not isinstance(command, click.Command):
            raise TypeError(f"{cmd_name} is no command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 as above
        """Write the list from the table, so that help needs no command imported."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in sorted(ENTRIES.items())])


def start_django() -> None:
    """Load settings and rooms. Stops with a sentence when the settings are wrong."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opensps.project.settings")
    try:
        importlib.import_module("django").setup()
    except Exception as exc:  # by name: the classes are Django's and the settings', which may not be imported yet
        if type(exc).__name__ not in ("ImproperlyConfigured", "WrongSetting"):
            raise
        raise Stopped(Exit.USAGE, "The settings are wrong: %(why)s", why=exc) from exc


@click.command(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done or good, 1 unexpected error, 2 wrong usage, 3 nothing found, 4 must not be accepted, "
    "5 not valid or not readable, 6 not allowed, 7 try again later, 8 partly done.",
)
@click.version_option("0.1.0", prog_name="opensps")
def cli() -> None:
    """Electronic certification for food, animal and plant trade."""


def main() -> None:
    """Run the command line; every way out has its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; an error becomes one line on stderr."""
    try:
        outcome = cli.main(args=arguments, prog_name="opensps", standalone_mode=False)
    except click.exceptions.Exit as left:
        return left.exit_code
    except Exception as error:  # noqa: BLE001 the outer loop of the command line
        return _explain(error, arguments)
    return outcome if isinstance(outcome, int) else Exit.DONE


def _explain(error: Exception, arguments: list[str]) -> int:
    if type(error).__name__ == "ListBroken":  # by name: its room is loaded only by commands that use it
        error = Stopped(Exit.UNEXPECTED, LIST_BROKEN, why=error)
    match error:
        case Stopped():
            _complain(translator(_language(arguments))(error.template) % error.params)
            return error.exit
        case click.Abort():
            return INTERRUPTED
        case click.exceptions.NoArgsIsHelpError():
            click.echo(error.format_message(), err=True)
            return Exit.USAGE
        case click.UsageError(ctx=click.Context() as ctx):
            _complain(f"{error.format_message()} See {ctx.command_path} --help.")
            return Exit.USAGE
        case click.ClickException():
            _complain(error.format_message())
            return Exit.USAGE
    if "--verbose" in arguments:
        traceback.print_exception(error)
    else:
        gettext = translator(_language(arguments))
        sentence = gettext("Unexpected error (%(kind)s). Run it again with --verbose to see where.")
        _complain(sentence % {"kind": type(error).__name__})
    return Exit.UNEXPECTED


def _language(arguments: list[str]) -> str:
    """Return the language of an error: that of ``--lang``, whatever else was wrong, else that of the terminal."""
    given = next((after for word, after in pairwise(arguments) if word == "--lang"), None)
    return language_from(given if given in LANGUAGES else None)


def _complain(message: str) -> None:
    """Write one line, whatever the message."""
    click.echo("opensps: " + " ".join(message.split()), err=True)
