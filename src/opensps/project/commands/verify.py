"""``opensps verify``: the verdict on files or on a printed code, without database, network or Django."""

from datetime import UTC, datetime
from pathlib import Path

import click

from opensps.project import environment
from opensps.project.commands.check_proof import print_proof, proof_at
from opensps.project.commands.evidence import evidence_at, print_evidence
from opensps.project.commands.manners import json_option, language_option, read_input, verbose_option
from opensps.project.commands.verdicts import print_verdict
from opensps.project.exits import Exit, Stopped
from opensps.project.trusting import DEMO_TRUST, fetched_at, list_at, roots_at
from opensps.project.words import gettext_noop, language_from, translator
from opensps.signing import TrustList
from opensps.verification import AtHand, check_pages, verify_bytes, verify_file


@click.command()
@click.argument("files", nargs=-1, metavar="FILE...")
@click.option("--bundle", "bundle", metavar="FILE", help="Proof that the certificate is in the log (.tlog-proof).")
@click.option("--qr", "codes", multiple=True, metavar="TEXT", help="The text of a printed code; one for each page.")
@click.option(
    "--trust", "trust_file", metavar="FILE", help="Trust list; else that of OPENSPS_TRUST_FILE or of the demo here."
)
@click.option(
    "--roots", "roots_file", metavar="FILE", help="Root keys of a signed trust list; else OPENSPS_TRUST_ROOTS."
)
@click.option("--status", "lists", multiple=True, metavar="FILE", help="Signed status list, as fetched.")
@click.option("--for", "destination", default="", metavar="COUNTRY", help="Your country: is it made out for you?")
@json_option
@language_option
@verbose_option
def verify(
    *,
    files: tuple[str, ...],
    bundle: str | None,
    codes: tuple[str, ...],
    trust_file: str | None,
    roots_file: str | None,
    lists: tuple[str, ...],
    destination: str,
    as_json: bool,
    language: str | None,
) -> int:
    """Check a certificate file: PDF, XML with its seal and proof (found beside it by their names), or all in a ZIP.

    Nothing is sent anywhere. Whether anything happened to the certificate after it was sealed is known from a status
    list alone; without one, or with an old one, the answer says so. A certificate sealed with a training key is called
    a sample. The evidence of a counterfeit case, one ZIP, is checked as well: is it whole, and who sealed it.
    So is the proof of a check, the PDF of a border desk.

    \b
    Examples:
      opensps verify certificate.pdf
      opensps verify certificate.xml --status status.cwt --trust trust.note --roots roots.txt
      opensps verify --qr "HTTPS://V.XA.EXAMPLE/C/..." --json
      opensps verify - < certificate.zip
    """
    if bool(files) == bool(codes):
        raise Stopped(Exit.USAGE, gettext_noop("Name either files or the text of a printed code."))
    chosen, now = language_from(language), datetime.now(UTC)
    trust, fetched = _trust(trust_file, roots_file, chosen, now)
    hand = AtHand(tuple(read_input(name)[1] for name in lists), fetched, destination.upper())
    is_demo = environment.flag("DEMO")
    evidence = evidence_at(files)
    if evidence is not None:
        return print_evidence(evidence, trust=trust, now=now, language=chosen, as_json=as_json)
    proof = proof_at(files)
    if proof is not None:
        return print_proof(proof, trust=trust, now=now, language=chosen, as_json=as_json)
    if codes:
        verdict = check_pages(codes, trust=trust, now=now, accepts_training=is_demo, at_hand=hand)
    elif "-" in files or bundle is not None:
        given = [read_input(name) for name in (*files, *((bundle,) if bundle is not None else ()))]
        verdict = verify_bytes(given, trust=trust, now=now, accepts_training=is_demo, at_hand=hand)
    else:
        for name in files:
            read_input(name)
        verdict = verify_file(*map(Path, files), trust=trust, now=now, accepts_training=is_demo, at_hand=hand)
    return print_verdict(verdict, language=chosen, as_json=as_json)


def _trust(named: str | None, roots: str | None, language: str, now: datetime) -> tuple[TrustList, datetime | None]:
    """Return the list and when it was fetched; an unsigned one of a demo does not age."""
    path = Path(named or environment.text("TRUST_FILE") or DEMO_TRUST)
    if not path.exists() and not named:
        gettext = translator(language)
        click.echo(gettext("No trust list is set (--trust FILE), so no signer can be known."), err=True)
        return TrustList((), ()), None
    trust = list_at(path, roots_at(Path(roots) if roots else None))
    return trust, fetched_at(path, now) if trust.is_signed else None
