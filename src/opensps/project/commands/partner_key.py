"""``opensps partner key``: keys and secrets of conversations with a partner, each confirmed by a second person.

A secret we make is shown once and kept encrypted; nothing that is kept is ever shown again.
"""

import hashlib
import secrets
from base64 import b64encode
from pathlib import Path
from typing import Any

import click
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from opensps.exchange import services
from opensps.exchange.queries.rows import CredentialUse
from opensps.exchange.secrets import SecretBox
from opensps.exchange.services import MADE_HERE, SECOND_WAYS
from opensps.project.commands.manners import verbose_option
from opensps.project.commands.partner_manners import as_option, said
from opensps.project.exits import Exit, Stopped
from opensps.project.words import gettext_noop
from opensps.signing.errors import KeyFileError
from opensps.signing.key_files import write_private
from opensps.web.html.protection import secret_box

_COMPARED = tuple(way for way in SECOND_WAYS if way != MADE_HERE)
"""Ways a person compares a fingerprint; here every key has a second person."""

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def key() -> None:
    """Add, confirm and retire the keys of a partner."""


@key.command()
@click.argument("code")
@click.option("--use", type=click.Choice([str(each) for each in CredentialUse]), required=True)
@click.option("--certificate", type=_FILE, help="Their certificate (PEM), or the public key of a REST client (JWK).")
@click.option("--key", "key_file", type=_FILE, help="Our own private key of that certificate (PEM); kept encrypted.")
@click.option("--generate", is_flag=True, help="Make a secret of 32 random bytes and show it once.")
@click.option("--name", default="", help="User name or client id.")
@click.option("--scope", "scopes", multiple=True, help="What a REST client may do; may be repeated.")
@click.option("--connection", "connection_id", type=int, help="For this connection alone.")
@as_option
@verbose_option
def add(
    *,
    code: str,
    use: str,
    certificate: Path | None,
    key_file: Path | None,
    generate: bool,
    name: str,
    scopes: tuple[str, ...],
    connection_id: int | None,
    email: str,
) -> None:
    """Write a key down; it counts only after somebody else has confirmed its fingerprint.

    \b
    Examples:
      opensps partner key add XB --use client_tls --certificate xb.pem --as manager@example.org
      opensps partner key add XC --use wsse_key --name xc-program --generate --as manager@example.org
    """
    if (certificate is None) == (not generate):
        raise Stopped(Exit.USAGE, gettext_noop("Name --certificate, or say --generate."))
    given: dict[str, Any] = {"name": name, "scopes": scopes, "connection_id": connection_id}
    made = secrets.token_bytes(32) if generate else b""
    if certificate is not None:
        given |= _public(certificate)
    if key_file is not None or generate:
        given |= {"secret": made or key_file.read_bytes() if key_file else made, "box": _box(), "is_ours": not generate}
    row = said(services.credential_add, email=email, partner=code, use=CredentialUse(use), **given)
    click.echo(f"{row.pk} {row.fingerprint}")
    if generate:
        click.echo(b64encode(made).decode("ascii"))


def _public(path: Path) -> dict[str, str]:
    """Return the public part of a key file with its fingerprint: of the certificate (DER), else of the text."""
    text = path.read_text(encoding="utf-8")
    if "BEGIN CERTIFICATE" not in text:
        return {"material": text, "fingerprint": hashlib.sha256(text.encode()).hexdigest()}
    try:
        der = x509.load_pem_x509_certificate(text.encode()).public_bytes(Encoding.DER)
    except ValueError as exc:
        raise Stopped(Exit.USAGE, gettext_noop("%(path)s holds no certificate that can be read."), path=path) from exc
    return {"material": text, "fingerprint": hashlib.sha256(der).hexdigest()}


def _box() -> SecretBox:
    held = secret_box()
    if held is None:
        sentence = gettext_noop("No key protects secrets here. Make one: opensps partner key protect FILE")
        raise Stopped(Exit.USAGE, sentence)
    return held


@key.command()
@click.argument("credential_id", type=int)
@click.option("--fingerprint", required=True, help="SHA-256 as the other way gave it.")
@click.option("--how", type=click.Choice(_COMPARED), required=True, help="The second way.")
@as_option
@verbose_option
def confirm(*, credential_id: int, fingerprint: str, how: str, email: str) -> None:
    """Put a key into use after its fingerprint was compared; not by whoever wrote it down."""
    row = said(services.credential_confirm, email=email, credential_id=credential_id, fingerprint=fingerprint, how=how)
    click.echo(row.status)


@key.command()
@click.argument("credential_id", type=int)
@as_option
@verbose_option
def retire(*, credential_id: int, email: str) -> None:
    """Take a key out of use for good; its secret is forgotten."""
    said(services.credential_retire, email=email, credential_id=credential_id)


@key.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@verbose_option
def protect(*, path: Path) -> None:
    """Make the file that protects partners' secrets in the database; name it in OPENSPS_EXCHANGE_KEY.

    Keep a copy apart from the backups: without it the secrets cannot be read.
    """
    try:
        write_private(path, b64encode(secrets.token_bytes(32)) + b"\n", is_new=True)
    except (KeyFileError, OSError) as exc:
        raise Stopped(
            Exit.NOT_ALLOWED, gettext_noop("No key is written into %(path)s: %(why)s"), path=path, why=exc
        ) from exc
    click.echo(f"OPENSPS_EXCHANGE_KEY={path}")
