"""Keys in a device: made there, never seen, and nothing signs in their place (K7)."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pkcs11
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from opensps.formats.digest import content_digest
from opensps.formats.xml_input import parse
from opensps.signing import (
    DeviceUnavailable,
    KeyFileError,
    TryLater,
    check_integrity,
    kid_of,
    read_seal,
    seal,
    signer_from,
)
from opensps.signing.certifying import Holder, make_root
from opensps.signing.certifying import certify as issue
from opensps.signing.device import DeviceKey, DeviceSigner
from opensps.signing.key_address import DeviceAddress
from opensps.signing.keys import CERTIFICATE_FILE
from opensps.signing.signatures import is_signature
from tests.factories.devices import PIN, TOKEN, Device, device
from tests.factories.signing import SEALED_AT, document, signer

pytestmark = pytest.mark.needs("softhsm2-util")


_OPEN: list[DeviceKey] = []


@pytest.fixture
def box() -> Iterator[Device]:
    """The device, which nobody is logged in to when a test begins."""
    yield device()
    while _OPEN:
        _OPEN.pop().close()


def key(box: Device, name: str, **changes: str) -> DeviceKey:
    _OPEN.append(DeviceKey(DeviceAddress.parse(box.address(name, **changes))))
    return _OPEN[-1]


def lay_down(box: Device, name: str, der: bytes) -> None:
    """Lay a certificate where the address says."""
    folder = box.directory / name
    folder.mkdir(exist_ok=True)
    (folder / CERTIFICATE_FILE).write_bytes(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM))


def test_a_key_is_made_in_the_device_and_cannot_leave_it(box: Device) -> None:
    made = key(box, "made")
    spki = made.create()
    assert made.public_der() == spki
    assert is_signature(made.sign(b"bytes"), b"bytes", spki_der=spki)
    private = made._private(made._opened())
    assert not private[pkcs11.Attribute.EXTRACTABLE]
    with pytest.raises(pkcs11.PKCS11Error):
        private[pkcs11.Attribute.VALUE]
    with pytest.raises(KeyFileError, match="exists"):
        key(box, "made").create()


def test_a_seal_of_a_device_is_a_seal(box: Device) -> None:
    made = key(box, "seal")
    spki = made.create()
    lay_down(box, "seal", signer().certificate_der)
    with pytest.raises(KeyFileError, match="mismatch"):
        signer_from(box.address("seal")).sign(b"bytes")
    holder = Holder("XA", "Plant Health Service of Examplia")
    certificate = issue(spki, root=make_root(holder, at=SEALED_AT), holder=holder, at=SEALED_AT)
    lay_down(box, "seal", certificate.public_bytes(Encoding.DER))
    who = signer_from(box.address("seal"))
    assert isinstance(who, DeviceSigner)
    _OPEN.append(who.key)
    assert who.kid == kid_of(spki)
    xml = document()
    check_integrity(read_seal(seal(xml, signer=who, at=SEALED_AT)), digest=content_digest(parse(xml, sealed=True)))


def test_an_rsa_key_of_a_device_signs_too(box: Device) -> None:
    session = key(box, "rsa")._opened()
    session.generate_keypair(pkcs11.KeyType.RSA, 3072, label="rsa", store=True)
    session.close()
    held = key(box, "rsa")
    assert is_signature(held.sign(b"bytes"), b"bytes", spki_der=held.public_der())


@pytest.mark.parametrize("changes", [{"token": "elsewhere"}, {"module_path": "/nowhere/lib.so"}])
def test_a_device_that_is_not_there_means_try_later(box: Device, changes: dict[str, str]) -> None:
    with pytest.raises(DeviceUnavailable) as caught:
        key(box, "made", **changes).sign(b"bytes")
    assert isinstance(caught.value, TryLater)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the library tidies up a dead session
def test_a_device_that_comes_back_signs_again_with_the_same_key(box: Device) -> None:
    held = key(box, "back")
    spki = held.create()
    held._session.close()
    with pytest.raises(DeviceUnavailable):
        held.sign(b"bytes")
    assert is_signature(held.sign(b"bytes"), b"bytes", spki_der=spki)
    held.close()
    held.close()


def test_a_key_that_is_not_in_the_token_is_missing_for_good(box: Device) -> None:
    with pytest.raises(KeyFileError, match="missing"):
        key(box, "nobody").sign(b"bytes")


WRONG_THEN_RIGHT = """
import sys
from pathlib import Path
from opensps.signing import KeyFileError
from opensps.signing.device import DeviceKey
from opensps.signing.key_address import DeviceAddress

held = DeviceKey(DeviceAddress.parse(sys.argv[1]))
for pin in ("wrong-pin", sys.argv[3]):
    Path(sys.argv[2]).write_text(pin)
    try:
        held.sign(b"bytes")
    except KeyFileError as error:
        print(error)
"""
"""One process has one login for all its sessions, so a wrong PIN is seen only by a process of its own."""


def test_a_wrong_pin_is_not_tried_again(box: Device, tmp_path: Path) -> None:
    pin = tmp_path / "pin"
    address = box.address("made").replace(str(box.directory / "pin"), str(pin))
    command = [sys.executable, "-c", WRONG_THEN_RIGHT, address, str(pin), PIN]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(said) == 2
    assert "refuses the PIN" in said[0]
    assert "start again" in said[1]


def test_a_signer_says_where_its_certificates_are(box: Device) -> None:
    with pytest.raises(KeyFileError, match="x-certificates"):
        signer_from(f"pkcs11:token={TOKEN};object=made?module-path={box.module_path}&pin-source=env:NOTHING")
