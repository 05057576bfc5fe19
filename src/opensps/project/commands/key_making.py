"""``opensps key root|create|certify|fingerprint|ceremony``: how a sealing key comes into the world.

The ceremony is the script two people follow: the key is made where it is used, the certificate where the root lies,
and in between both people compare the fingerprint, each having read it from another place.
"""

import json
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from opensps.project.commands.key_manners import authority_option, now, stopping
from opensps.project.commands.manners import verbose_option
from opensps.project.exits import Exit, Stopped
from opensps.signing import FileSigner, kid_of, signer_from
from opensps.signing.certifying import Holder, certify, make_root
from opensps.signing.device import DeviceKey
from opensps.signing.fingerprints import fingerprint, is_same
from opensps.signing.key_address import SCHEME, DeviceAddress
from opensps.signing.key_files import private_pem, write_private
from opensps.signing.key_request import HeldKey, read_request, write_request
from opensps.signing.keys import CERTIFICATE_FILE, CHAIN_FILE, KEY_FILE, public_key_of
from opensps.signing.roots_on_disk import ROOT_FILE, read_root, write_root

REQUEST_FILE = "request.pem"

directory_argument = click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
name_option = click.option("--name", required=True, help="Name of the authority, as its certificates show it.")
passphrase_option = click.option(
    "--passphrase-file",
    "halves",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="Half of the root's passphrase; given twice. Without it both people are asked.",
)


def _passphrase(halves: tuple[Path, ...]) -> bytes:
    """Return the passphrase of two people, each with a half."""
    if len(halves) not in {0, 2}:
        raise Stopped(Exit.USAGE, "Two people hold a half of the passphrase each; name two files or none.")
    words = [half.read_text(encoding="utf-8").strip() for half in halves] or [
        click.prompt(f"Half of the passphrase, person {n}", hide_input=True, err=True) for n in (1, 2)
    ]
    if not all(words):
        raise Stopped(Exit.USAGE, "Two people hold a half of the passphrase each; name two files or none.")
    return "".join(words).encode()


@click.command()
@directory_argument
@authority_option
@name_option
@passphrase_option
@verbose_option
@stopping
def root(*, directory: Path, authority: str, name: str, halves: tuple[Path, ...]) -> None:
    """Make the authority's root, on a disk that stays offline.

    \b
    Example:
      opensps key root /media/root --authority XA --name "Plant Health Service of Examplia"
    """
    made = make_root(Holder(authority, name), at=now())
    write_root(directory, made, passphrase=_passphrase(halves))
    _tell("Root made", public_key_of(made.certificate.public_bytes(Encoding.DER)))


@click.command()
@directory_argument
@authority_option
@click.option("--address", default="", help="Make it in a device: pkcs11:token=...;object=...?module-path=...")
@verbose_option
@stopping
def create(*, directory: Path, authority: str, address: str) -> None:
    """Make a sealing key and its request for a certificate.

    Without --address the key lies in DIRECTORY, readable by its owner alone.

    \b
    Example:
      opensps key create /etc/opensps/keys --authority XA
    """
    _tell("Key made", _created(directory, authority, address))


def _created(directory: Path, authority: str, address: str) -> bytes:
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    key: HeldKey = _in_device(address) if address.startswith(SCHEME) else _in_file(directory, address)
    write_private(directory / REQUEST_FILE, write_request(key, authority=authority))
    return key.public_der()


def _in_device(address: str) -> HeldKey:
    key = DeviceKey(DeviceAddress.parse(address))
    key.create()
    return key


def _in_file(directory: Path, address: str) -> HeldKey:
    if address:
        raise Stopped(Exit.USAGE, "The address of a device begins with pkcs11:")
    key = ec.generate_private_key(ec.SECP256R1())
    write_private(directory / KEY_FILE, private_pem(key), is_new=True)
    return FileSigner(key, b"")


@click.command(name="certify")
@click.argument("request", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--root", "root_directory", type=click.Path(path_type=Path, exists=True), required=True)
@authority_option
@name_option
@click.option("--fingerprint", "typed", required=True, help="As the other person read it where the key was made.")
@passphrase_option
@verbose_option
@stopping
def certify_request(
    *, request: Path, root_directory: Path, authority: str, name: str, typed: str, halves: tuple[Path, ...]
) -> None:
    """Give a key its certificate, beside its request; the fingerprint must be the one two people compared.

    \b
    Example:
      opensps key certify request.pem --root /media/root --authority XA --name "Plant Health Service" \\
        --fingerprint "1F2E 3D4C ..."
    """
    spki = read_request(request.read_bytes())
    if not is_same(typed, spki):
        raise Stopped(Exit.NOT_ALLOWED, "This is another key than the one whose fingerprint was given. Stop here.")
    _certified(request.parent, spki, root_directory, Holder(authority, name), _passphrase(halves))
    _tell("Certificate made", spki)


def _certified(directory: Path, spki: bytes, root_directory: Path, holder: Holder, passphrase: bytes) -> None:
    held = read_root(root_directory, passphrase=passphrase)
    certificate = certify(spki, root=held, holder=holder, at=now())
    write_private(directory / CERTIFICATE_FILE, certificate.public_bytes(Encoding.PEM))
    write_private(directory / CHAIN_FILE, (root_directory / ROOT_FILE).read_bytes())


@click.command(name="fingerprint")
@click.argument("of")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@verbose_option
@stopping
def show_fingerprint(*, of: str, as_json: bool) -> None:
    """Show the fingerprint of a key: of an address (file:, pkcs11:, service:) or of a request.

    \b
    Example:
      opensps key fingerprint file:/etc/opensps/keys
    """
    path = Path(of)
    spki = read_request(path.read_bytes()) if path.is_file() else public_key_of(signer_from(of).certificate_der)
    if as_json:
        click.echo(json.dumps({"kid": kid_of(spki).hex(), "fingerprint": fingerprint(spki)}))
    else:
        _tell("Key", spki)


@click.command()
@click.argument("root_directory", type=click.Path(path_type=Path, file_okay=False))
@directory_argument
@authority_option
@name_option
@click.option("--address", default="", help="Make the key in a device.")
@passphrase_option
@verbose_option
@stopping
def ceremony(
    *, root_directory: Path, directory: Path, authority: str, name: str, address: str, halves: tuple[Path, ...]
) -> None:
    """Lead two people through it: root (if there is none), key, comparison, certificate.

    \b
    Example:
      opensps key ceremony /media/root /etc/opensps/keys --authority XA --name "Plant Health Service"
    """
    passphrase, holder = _passphrase(halves), Holder(authority, name)
    if not (root_directory / ROOT_FILE).exists():
        write_root(root_directory, make_root(holder, at=now()), passphrase=passphrase)
    read_root(root_directory, passphrase=passphrase)
    spki = _created(directory, authority, address)
    _tell("Key made. Both write down this fingerprint", spki)
    for person in (1, 2):
        typed = click.prompt(f"Person {person}, type the fingerprint you wrote down", err=True)
        if not is_same(typed, spki):
            raise Stopped(Exit.NOT_ALLOWED, "That is not the fingerprint of this key. No certificate was made.")
    _certified(directory, spki, root_directory, holder, passphrase)
    _tell("Certificate made", spki)


def _tell(what: str, spki: bytes) -> None:
    click.echo(f"{what}\n  key {kid_of(spki).hex()}\n  SHA-256 {fingerprint(spki)}")


COMMANDS = (root, create, certify_request, show_fingerprint, ceremony)
