"""From the address of a key to its signer. Without an address there is no signer, and nothing is signed (`trust.md` 9).

Adding a provider is adding a row. No row falls back to another.
"""

from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

from opensps.signing.device import DeviceSigner
from opensps.signing.errors import KeyFileError, NoSigningKey
from opensps.signing.keys import CERTIFICATE_FILE, CHAIN_FILE, KEY_FILE, FileSigner, Signer
from opensps.signing.service_signer import ServiceSigner


def signer_from(key_uri: str | None) -> Signer:
    """Return the signer of ``file:/directory``, ``pkcs11:...`` (`key_address`) or ``service:/path/of.sock``.

    Raises `NoSigningKey` when there is no address, `KeyFileError` when there is no usable key behind it,
    `ServiceUnavailable` when the service does not answer.
    """
    if not key_uri:
        raise NoSigningKey
    scheme = key_uri.partition(":")[0]
    if scheme not in PROVIDERS:
        raise KeyFileError("uri", f"known are {', '.join(f'{name}:' for name in PROVIDERS)}")
    return PROVIDERS[scheme](key_uri)


def file_signer(address: str) -> FileSigner:
    """Return the signer of ``file:/directory``."""
    directory = Path(address.partition(":")[2].removeprefix("//"))
    chain = directory / CHAIN_FILE
    return FileSigner.load(
        key_path=directory / KEY_FILE,
        certificate_path=directory / CERTIFICATE_FILE,
        chain_path=chain if chain.exists() else None,
    )


PROVIDERS: MappingProxyType[str, Callable[[str], Signer]] = MappingProxyType(
    {"file": file_signer, "pkcs11": DeviceSigner.load, "service": ServiceSigner.at}
)
