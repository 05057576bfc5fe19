"""Keys in a device behind PKCS #11: made there, used there, never seen (`trust.md` 9).

A device that does not answer is `DeviceUnavailable`: the caller tries again later with the same key, there is no
other. A wrong PIN is said once and not tried again, because devices lock themselves. Every signature is checked
before it is given out.
"""

import hashlib
import threading
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import pkcs11
from cryptography.hazmat.primitives.asymmetric import rsa
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters

from opensps.signing.errors import DeviceUnavailable, KeyFileError
from opensps.signing.key_address import DeviceAddress
from opensps.signing.keys import certificates_in, kid_of, public_key_of, spki_of
from opensps.signing.signatures import is_signature

_PRIVATE = MappingProxyType(
    {
        pkcs11.Attribute.SENSITIVE: True,
        pkcs11.Attribute.EXTRACTABLE: False,
        pkcs11.Attribute.SIGN: True,
        pkcs11.Attribute.DECRYPT: False,
        pkcs11.Attribute.UNWRAP: False,
        pkcs11.Attribute.DERIVE: False,
    }
)
"""What a private key of ours may do in its device: sign, and stay there."""


@dataclass(slots=True)
class DeviceKey:
    """One private key in a device. Calls take turns; a session that broke is opened anew at the next call."""

    address: DeviceAddress
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _session: Any = None
    _is_pin_refused: bool = False

    def sign(self, data: bytes) -> bytes:
        """Return r and s over SHA-256 of the data, or a PKCS #1 v1.5 signature.

        Raises `DeviceUnavailable`; `KeyFileError`: pin, missing (no such key in the token).
        """
        return self._ask(lambda session: _signed(self._private(session), data))

    def public_der(self) -> bytes:
        """Return SubjectPublicKeyInfo of the key, DER. Raises as `sign`."""
        return self._ask(lambda session: _spki(self._public(session)))

    def create(self) -> bytes:
        """Make a P-256 key in the device, not exportable, and return its SubjectPublicKeyInfo.

        Raises `KeyFileError` (exists), else as `sign`.
        """
        return self._ask(self._create)

    def close(self) -> None:
        """Leave the device."""
        session, self._session = self._session, None
        if session is not None:
            try:
                session.close()
            except pkcs11.PKCS11Error:
                return

    def _ask(self, do: Any) -> bytes:
        with self._turn:
            try:
                answer: bytes = do(self._opened())
            except (pkcs11.PinIncorrect, pkcs11.PinLenRange, pkcs11.PinInvalid, pkcs11.PinLocked):
                self._is_pin_refused = True
                raise KeyFileError("pin", "the device refuses the PIN; it is not tried again") from None
            except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
                self.close()
                raise DeviceUnavailable(type(error).__name__) from None
            return answer

    def _opened(self) -> Any:
        if self._is_pin_refused:
            raise KeyFileError("pin", "the device refused the PIN; start again with the right one")
        if self._session is None:
            token = pkcs11.lib(self.address.module_path).get_token(token_label=self.address.token)
            pin = self.address.pin()
            try:
                self._session = token.open(user_pin=pin, rw=True)
            except pkcs11.UserAlreadyLoggedIn:  # one process has one login for all its sessions
                self._session = token.open(rw=True)
        return self._session

    def _private(self, session: Any) -> Any:
        return self._found(session, pkcs11.ObjectClass.PRIVATE_KEY)

    def _public(self, session: Any) -> Any:
        return self._found(session, pkcs11.ObjectClass.PUBLIC_KEY)

    def _found(self, session: Any, what: pkcs11.ObjectClass) -> Any:
        try:
            return session.get_key(object_class=what, label=self.address.object, id=self.address.id)
        except (pkcs11.NoSuchKey, pkcs11.MultipleObjectsReturned):
            raise KeyFileError("missing", "the token has no such key, or several") from None

    def _create(self, session: Any) -> bytes:
        named = {pkcs11.Attribute.LABEL: self.address.object, pkcs11.Attribute.ID: self.address.id}
        if any(session.get_objects({key: value for key, value in named.items() if value is not None})):
            raise KeyFileError("exists", "the token already holds a key of this name")
        curve = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
        parameters = session.create_domain_parameters(pkcs11.KeyType.EC, curve, local=True)
        public, _ = parameters.generate_keypair(
            store=True, label=self.address.object, id=self.address.id, private_template=dict(_PRIVATE)
        )
        return _spki(public)


def _signed(key: Any, data: bytes) -> bytes:
    if key.key_type is pkcs11.KeyType.RSA:
        return bytes(key.sign(data, mechanism=pkcs11.Mechanism.SHA256_RSA_PKCS))
    return bytes(key.sign(hashlib.sha256(data).digest(), mechanism=pkcs11.Mechanism.ECDSA))


def _spki(key: Any) -> bytes:
    if key.key_type is pkcs11.KeyType.RSA:
        numbers = rsa.RSAPublicNumbers(
            int.from_bytes(key[pkcs11.Attribute.PUBLIC_EXPONENT], "big"),
            int.from_bytes(key[pkcs11.Attribute.MODULUS], "big"),
        )
        return spki_of(numbers.public_key())
    return bytes(encode_ec_public_key(key))


@dataclass(frozen=True, slots=True)
class DeviceSigner:
    """A signer whose key lies in a device; its certificates lie in files beside the settings."""

    key: DeviceKey
    certificate_der: bytes
    chain_der: tuple[bytes, ...] = ()

    @classmethod
    def load(cls, address: str) -> "DeviceSigner":
        """Return the signer of an address; the device is asked at the first signature, not before.

        Raises `KeyFileError`: uri, missing, certificate.
        """
        parsed = DeviceAddress.parse(address)
        if parsed.certificates is None:
            raise KeyFileError("uri", "a signer has x-certificates")
        certificate, chain = certificates_in(parsed.certificates)
        return cls(DeviceKey(parsed), certificate, chain)

    @property
    def kid(self) -> bytes:
        """First 8 bytes of the SHA-256 of the public key."""
        return kid_of(public_key_of(self.certificate_der))

    def sign(self, data: bytes) -> bytes:
        """Return the signature, which the certificate's key has verified.

        Raises `DeviceUnavailable`; `KeyFileError`: pin, missing, mismatch (the certificate belongs to another key).
        """
        signature = self.key.sign(data)
        if not is_signature(signature, data, spki_der=public_key_of(self.certificate_der)):
            raise KeyFileError("mismatch", "the certificate belongs to another key")
        return signature
