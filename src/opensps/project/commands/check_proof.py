"""The proof of a check, checked on the terminal: whose it is and whether it is whole. No network, no database."""

from datetime import datetime
from pathlib import Path

import click

from opensps.project.commands.manners import print_json
from opensps.project.exits import Exit
from opensps.project.words import gettext_noop, translator
from opensps.signing import TrustList
from opensps.verification.statement import Proof, Standing, read_proof, standing_of

MOST_BYTES = 10 * 1024 * 1024
SENTENCES = {
    Standing.HOLDS: gettext_noop("This proof of a check is whole, and %(authority)s sealed it."),
    Standing.ALTERED: gettext_noop("This proof of a check was changed after it was sealed. Do not rely on it."),
    Standing.UNSEALED: gettext_noop("This proof of a check is not sealed. Ask %(authority)s by the code on it."),
    Standing.UNKNOWN_SIGNER: gettext_noop(
        "This proof of a check is sealed by a key that does not speak for %(authority)s."
    ),
}
CODES = {
    Standing.HOLDS: Exit.DONE,
    Standing.ALTERED: Exit.MUST_NOT_ACCEPT,
    Standing.UNSEALED: Exit.TRY_LATER,
    Standing.UNKNOWN_SIGNER: Exit.MUST_NOT_ACCEPT,
}


def proof_at(names: tuple[str, ...]) -> Proof | None:
    """Return the proof of a check, where one file was named and is one; else ``None``."""
    if len(names) != 1 or names[0] == "-":
        return None
    try:
        with Path(names[0]).open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError:
        return None
    return read_proof(data) if len(data) <= MOST_BYTES else None


def print_proof(proof: Proof, *, trust: TrustList, now: datetime, language: str, as_json: bool) -> int:
    """Print what the proof says and whether it can be relied on; return the exit code that belongs to it."""
    standing = standing_of(proof, trust=trust, now=now)
    said = proof.statement
    if as_json:
        plain = {
            "kind": "check",
            "standing": standing.value,
            "digest": proof.digest.hex(),
            "exit_code": CODES[standing],
        }
        print_json({**plain, "statement": dict(said)})
        return int(CODES[standing])
    gettext = translator(language)
    click.echo(gettext(SENTENCES[standing]) % {"authority": said["authority"]})
    shown = {"number": said["number"] or "–", "heading": said.get("heading", said["result"]), "at": said["at"]}
    click.echo(gettext("%(number)s: %(heading)s (checked %(at)s)") % shown)
    return int(CODES[standing])
