"""``opensps trust``: draft, sign, verify, install and show the list of whom this installation believes.

Nothing here needs a database, except that an installation with one records the list it adopted for its log. Root keys
are used on a machine that is not connected to anything (docs/how-to/keep-the-trust-list.md).
"""

import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from opensps.formats.base64_text import write_base64
from opensps.formats.errors import NoteError
from opensps.formats.note_keys import KeyType, NoteSigner, is_key_name, read_signer
from opensps.formats.signed_note import read_signature_line
from opensps.project import environment
from opensps.project.commands.manners import json_option, read_input, verbose_option
from opensps.project.commands.trust_shown import print_list
from opensps.project.exits import Exit, Stopped
from opensps.project.trusting import REFUSED, list_at, needed_roots, own_list_path, roots_at
from opensps.project.words import gettext_noop
from opensps.signing import TrustError, TrustList, kid_of
from opensps.signing.trust_lines import key_algorithm, written
from opensps.signing.trust_memory import install as install_lists
from opensps.signing.trust_memory import seen_beside
from opensps.signing.trust_note import NO_PREVIOUS, SignedBody, digest_of, read_body, sign_body
from opensps.signing.trust_note import combine as put_together

FILE = click.Path(path_type=Path)
roots_option = click.option(
    "--roots", "roots_path", type=FILE, help="File with the three root keys; else that of OPENSPS_TRUST_ROOTS."
)
list_argument = click.argument("path", metavar="[FILE]", required=False, type=FILE)


@click.group()
def trust() -> None:
    """Keep the list of authorities, keys, logs and witnesses that this installation believes.

    \b
    Examples:
      opensps trust show
      opensps trust install trust.note
    """


@trust.command()
@list_argument
@roots_option
@json_option
@verbose_option
def show(*, path: Path | None, roots_path: Path | None, as_json: bool) -> None:
    """Show who may sign what, by the list of this installation or another one.

    \b
    Examples:
      opensps trust show
      opensps trust show trust.note --roots roots.txt
    """
    print_list(list_at(path or own_list_path(), roots_at(roots_path)), as_json=as_json)


@trust.command()
@click.argument("path", metavar="FILE", type=FILE)
@roots_option
@json_option
@verbose_option
def verify(*, path: Path, roots_path: Path | None, as_json: bool) -> None:
    """Verify a signed list: two of the three roots have signed it and it has not expired.

    \b
    Example:
      opensps trust verify trust.note --roots roots.txt
    """
    found = _signed(path, roots_path)
    if found.has_expired(datetime.now(UTC)):
        raise Stopped(Exit.NOT_VALID, REFUSED, why="it has expired")
    print_list(found, as_json=as_json)


def _signed(path: Path, roots_path: Path | None) -> TrustList:
    roots = needed_roots(roots_path)
    try:
        return TrustList.load_signed(read_input(str(path))[1], roots=roots)
    except TrustError as exc:
        raise Stopped(Exit.NOT_VALID, REFUSED, why=exc) from exc


@trust.group()
def root() -> None:
    """Make the keys that sign trust lists: three, by three people, in three places."""


@root.command("create")
@click.argument("name")
@click.option("--out", required=True, type=FILE, help="File for the private key; it must not exist yet.")
@verbose_option
def create_root(*, name: str, out: Path) -> None:
    """Make one root key. The private part goes to a file only its owner can read, the public part is printed.

    Do this on a machine that is not connected to anything. Read the printed line to the others over another channel.

    \b
    Example:
      opensps trust root create root-1.xa.example --out /media/safe/root-1.key
    """
    if not is_key_name(name):
        raise Stopped(Exit.USAGE, gettext_noop("The name of a key has no blank and no plus sign."))
    signer = NoteSigner(name, KeyType.ED25519, secrets.token_bytes(32))
    try:
        opened = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as exc:
        raise Stopped(
            Exit.NOT_VALID, gettext_noop("%(path)s cannot be written: %(why)s"), path=out, why=exc.strerror
        ) from exc
    with os.fdopen(opened, "w", encoding="ascii") as file:
        file.write(signer.private_text + "\n")
    click.echo(str(signer.key))


@trust.command()
@click.option("--from", "path", type=FILE, help="The list before it; else that of OPENSPS_TRUST_FILE.")
@roots_option
@click.option("--first", is_flag=True, help="There is no list before it.")
@click.option("--days", type=click.IntRange(1, 30), default=30, show_default=True, help="For how long it is valid.")
@click.option("--line", "lines", multiple=True, help='A line to add, such as "authority XA Plant Health Service".')
@click.option("--seal", "seals", multiple=True, type=(str, FILE), help="AUTHORITY and CERTIFICATE of a sealing key.")
@click.option("--uses", default="pdf,qr,status,xml", show_default=True, help="What the keys of --seal may sign.")
@click.option("--types", default="851,657", show_default=True, help="Which certificate types they may sign.")
@click.option("--since", default="", help="From where on: ORIGIN@INDEX of the log, else now.")
@verbose_option
def draft(
    *,
    path: Path | None,
    roots_path: Path | None,
    first: bool,
    days: int,
    lines: tuple[str, ...],
    seals: tuple[tuple[str, Path], ...],
    uses: str,
    types: str,
    since: str,
) -> None:
    """Print the body of the next list: that of the last one with what is added. Change the rest with an editor.

    \b
    Example:
      opensps trust draft --first --line "authority XA Plant Health Service" --line "host XA v.xa.example" \\
        --line "profile XA 1" --seal XA seal.cert.pem > list.txt
    """
    at = datetime.now(UTC).replace(microsecond=0)
    former = TrustList() if first else list_at(path or own_list_path(), roots_at(roots_path))
    period = f"use={uses} types={types} from={since or written(at)} to=-"
    added = [*lines, *(f"seal {code} {_key_named(certificate)} {period}" for code, certificate in seals)]
    previous = former.digest or NO_PREVIOUS
    head = SignedBody(former.serial + 1, at, at + timedelta(days), previous, former.entries).text
    click.echo(_body(head + "".join(f"{line}\n" for line in added)).text, nl=False)


def _body(text: str) -> SignedBody:
    try:
        return read_body(text)
    except TrustError as exc:
        raise Stopped(Exit.NOT_VALID, REFUSED, why=exc) from exc


def _key_named(path: Path) -> str:
    """Return name, algorithm and key of a certificate as a list writes them."""
    try:
        public = x509.load_pem_x509_certificate(path.read_bytes()).public_key()
        spki = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        return f"{kid_of(spki).hex()} {key_algorithm(spki)} {write_base64(spki)}"
    except (OSError, ValueError) as exc:
        raise Stopped(
            Exit.NOT_VALID, gettext_noop("%(path)s is no certificate of a sealing key: %(why)s"), path=path, why=exc
        ) from exc


@trust.command()
@click.argument("body", type=FILE)
@click.option("--key", "key_path", required=True, type=FILE, help="File with a root's private key.")
@click.option("--yes", is_flag=True, help="Do not ask; the list has been read.")
@verbose_option
def sign(*, body: Path, key_path: Path, yes: bool) -> None:
    """Sign the body of a list with one root key; prints one signature line.

    Shows what would be signed and asks first. Compare the digest with the other holders of roots.

    \b
    Example:
      opensps trust sign list.txt --key /media/safe/root-1.key > list.sig-1
    """
    text = _text(body)
    read = _body(text)
    try:
        signer = read_signer(key_path.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError, NoteError) as exc:
        raise Stopped(
            Exit.NOT_VALID, gettext_noop("The key %(path)s cannot be read: %(why)s"), path=key_path, why=exc
        ) from exc
    if not yes:
        click.echo(text, err=True)
        click.echo(f"serial {read.serial}, SHA-256 {digest_of(text).hex()}", err=True)
        click.confirm("Sign this list?", abort=True, err=True)
    try:
        click.echo(sign_body(text, signer=signer))
    except TrustError as exc:
        raise Stopped(Exit.NOT_VALID, REFUSED, why=exc) from exc


def _text(path: Path) -> str:
    try:
        return read_input(str(path))[1].decode()
    except UnicodeDecodeError as exc:
        raise Stopped(Exit.NOT_VALID, REFUSED, why="not UTF-8") from exc


@trust.command()
@click.argument("body", type=FILE)
@click.argument("signatures", nargs=-1, required=True, type=FILE, metavar="SIGNATURE...")
@roots_option
@verbose_option
def combine(*, body: Path, signatures: tuple[Path, ...], roots_path: Path | None) -> None:
    """Put a body and the signature lines of two or three roots together; prints the list to publish.

    \b
    Example:
      opensps trust combine list.txt list.sig-1 list.sig-3 --roots roots.txt > trust.note
    """
    roots = needed_roots(roots_path)
    try:
        lines = [read_signature_line(line) for path in signatures for line in _text(path).splitlines()]
        raw = put_together(_text(body), lines, roots=roots)
    except (NoteError, TrustError) as exc:
        raise Stopped(Exit.NOT_VALID, REFUSED, why=exc) from exc
    click.echo(raw.decode(), nl=False)


@trust.command()
@click.argument("lists", nargs=-1, required=True, type=FILE, metavar="FILE...")
@roots_option
@verbose_option
def install(*, lists: tuple[Path, ...], roots_path: Path | None) -> None:
    """Install a signed list as the one this installation believes, if it follows the one before it.

    If lists were missed on the way, give them all, oldest first. Where there is a database, the list is recorded for
    the log. Installing the same list once more records it again if that is missing, and changes nothing else.

    \b
    Example:
      opensps trust install trust.note
    """
    path, roots, now = own_list_path(), needed_roots(roots_path), datetime.now(UTC)
    raws = tuple(read_input(str(each))[1] for each in lists)
    try:
        last = TrustList.load_signed(raws[-1], roots=roots)
        if last.digest != seen_beside(path).digest or not path.exists():
            install_lists(path, raws, roots=roots, now=now)
    except TrustError as exc:
        raise Stopped(Exit.NOT_VALID, REFUSED, why=exc) from exc
    except OSError as exc:
        raise Stopped(
            Exit.NOT_VALID, gettext_noop("%(path)s cannot be written: %(why)s"), path=path, why=exc.strerror
        ) from exc
    if environment.text("DATABASE_URL"):
        _record(last)
    click.echo(f"serial {last.serial}, expires {written(last.expires_at or now)}, SHA-256 {last.digest.hex()}")


def _record(adopted: TrustList) -> None:
    """Write the event whose leaf names the list in the log."""
    from opensps.project.command import start_django  # noqa: PLC0415  only an installation with a database needs it

    start_django()
    from opensps.project.trust_record import record_adopted  # noqa: PLC0415  as above

    record_adopted(adopted.digest, at=datetime.now(UTC))


@trust.command()
@click.argument("authority")
@list_argument
@roots_option
@verbose_option
def policy(*, authority: str, path: Path | None, roots_path: Path | None) -> None:
    """Print who must have seen the log of an authority, as a policy file for other tools (C2SP tlog-policy).

    \b
    Example:
      opensps trust policy XA > xa.policy
    """
    found = list_at(path or own_list_path(), roots_at(roots_path))
    listed = found.authority(authority)
    if listed is None or not found.logs_of(authority):
        raise Stopped(Exit.NOT_FOUND, gettext_noop("The list names no log of %(authority)s."), authority=authority)
    for log in found.logs_of(authority):
        click.echo(f"log {log.key} {log.prefix}")
    names: dict[str, list[str]] = {}
    for each in found.witnesses_of(authority):
        members = names.setdefault(each.organisation, [])
        members.append(f"{each.organisation}-{len(members) + 1}")
        click.echo(f"witness {members[-1]} {each.key} {each.url}")
    for organisation, members in names.items():
        click.echo(f"group {organisation} any {' '.join(members)}")
    need = listed.quorum.need if listed.quorum is not None else 0
    if need:
        click.echo(f"group all {need} {' '.join(names)}")
    click.echo(f"quorum {'all' if need else 'none'}")
