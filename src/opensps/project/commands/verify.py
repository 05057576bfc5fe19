"""``opensps verify``: the verdict on files, without database, network or Django."""

from datetime import UTC, datetime
from pathlib import Path

import click

from opensps.project import environment
from opensps.project.commands.manners import json_option, language_option, read_input, verbose_option
from opensps.project.commands.verdicts import print_verdict
from opensps.project.exits import Exit, Stopped
from opensps.project.words import language_from, translator
from opensps.signing import TrustError, TrustList
from opensps.verification import verify_bytes, verify_file

DEMO_TRUST = Path(".demo") / "keys" / "trust.txt"


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--trust", "trust_file", metavar="FILE", help="Trust list; else that of OPENSPS_TRUST_FILE or of the demo here."
)
@json_option
@language_option
@verbose_option
def verify(*, files: tuple[str, ...], trust_file: str | None, as_json: bool, language: str | None) -> int:
    """Check a certificate file: PDF, XML with its seal (found beside it by its name), or both in a ZIP.

    Nothing is sent anywhere. What happened to the certificate after it was sealed is not known here, and the answer
    says so. A certificate sealed with a training key is called a sample.

    \b
    Examples:
      opensps verify certificate.pdf
      opensps verify certificate.xml --json
      opensps verify - < certificate.zip
    """
    chosen = language_from(language)
    trust, now = _trust(trust_file, chosen), datetime.now(UTC)
    is_demo = environment.flag("DEMO")
    if "-" in files:
        given = [read_input(name) for name in files]
        verdict = verify_bytes(given, trust=trust, now=now, accepts_training=is_demo)
    else:
        for name in files:
            read_input(name)
        verdict = verify_file(*map(Path, files), trust=trust, now=now, accepts_training=is_demo)
    return print_verdict(verdict, language=chosen, as_json=as_json)


def _trust(named: str | None, language: str) -> TrustList:
    path = Path(named or environment.text("TRUST_FILE") or DEMO_TRUST)
    if not path.exists() and not named:
        gettext = translator(language)
        click.echo(gettext("No trust list is set (--trust FILE), so no signer can be known."), err=True)
        return TrustList((), ())
    try:
        return TrustList.load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, TrustError) as exc:
        raise Stopped(Exit.USAGE, "The trust list %(path)s cannot be read: %(why)s", path=path, why=exc) from exc
