"""The ceremony of a demo or a course: a root, a sealing key under it, and the trust file that names it.

Everything made here says DEMO. The root's key signs one certificate and is never written anywhere. A real
authority's keys are made on a device, by people, under another ceremony.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from opensps.certificate import TYPE_CODES
from opensps.signing.certifying import Holder, certify, make_root
from opensps.signing.errors import KeyFileError
from opensps.signing.key_files import private_pem, write_private
from opensps.signing.keys import CERTIFICATE_FILE, CHAIN_FILE, KEY_FILE, spki_of
from opensps.signing.trust_entries import TRAINING, TrustedAuthority, TrustedKey
from opensps.signing.trust_list import TrustList

TRUST_FILE = "trust.txt"


@dataclass(frozen=True, slots=True)
class DemoKeys:
    """Where a ceremony left its files."""

    key_uri: str
    """For `signer_from`."""

    root_path: Path
    """The root, for `xmlsec1 --trusted-pem`."""

    trust_path: Path


def make_demo_keys(
    directory: Path,
    *,
    authority: str,
    at: datetime,
    name: str = "",
    hosts: tuple[str, ...] = (),
    types: frozenset[str] = frozenset(TYPE_CODES.values()),
) -> DemoKeys:
    """Make a demo root, a sealing key valid from `at` for a year, and a trust file that lists it for training only.

    Files are readable by their owner alone. Raises `KeyFileError` (exists) rather than overwrite a key.
    """
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    if (directory / KEY_FILE).exists():
        raise KeyFileError("exists", "this directory already holds a key")
    holder = Holder(authority, f"DEMO authority {authority} - no legal value", "DEMO")
    root, seal_key = make_root(holder, at=at), ec.generate_private_key(ec.SECP256R1())
    certificate = certify(spki_of(seal_key.public_key()), root=root, holder=holder, at=at)
    trust = TrustList(
        (TrustedAuthority(authority, name or f"DEMO authority {authority}", hosts),),
        (
            TrustedKey(
                authority=authority,
                spki_der=spki_of(seal_key.public_key()),
                uses=frozenset({TRAINING}),
                types=types,
                from_at=at.replace(microsecond=0),
            ),
        ),
    )
    write_private(directory / CHAIN_FILE, root.certificate.public_bytes(serialization.Encoding.PEM))
    write_private(directory / CERTIFICATE_FILE, certificate.public_bytes(serialization.Encoding.PEM))
    write_private(directory / TRUST_FILE, trust.dump().encode())
    write_private(directory / KEY_FILE, private_pem(seal_key))
    return DemoKeys(f"file:{directory}", directory / CHAIN_FILE, directory / TRUST_FILE)
