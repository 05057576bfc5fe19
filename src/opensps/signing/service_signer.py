"""The application's side of the signing service: a signer that holds no key and cannot sign what it likes."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from opensps.formats import cbor
from opensps.signing.approvals import Approval, plain_approvals
from opensps.signing.errors import KeyFileError, ServiceUnavailable
from opensps.signing.keys import kid_of, public_key_of
from opensps.signing.service_protocol import Channel, Message, answered, framed, read_frame, read_message

SCHEME = "service:"
TIMEOUT_S = 20.0
"""A device may be slow; an officer does not wait longer."""


def ask(channel: Channel, question: Message) -> cbor.Plain:
    """Return what the service did; raise `ServiceRefused`, `ServiceUnavailable`."""
    return answered(read_message(channel(framed(question))))


@dataclass(frozen=True, slots=True)
class ServiceSigner:
    """A signer behind a service. Certificates are sealed with `seal`; `sign` is for claims that say what they are."""

    channel: Channel
    certificate_der: bytes
    chain_der: tuple[bytes, ...] = ()

    @classmethod
    def connect(cls, channel: Channel) -> "ServiceSigner":
        """Return the signer behind a channel, once it has shown its certificates; raise `ServiceUnavailable`."""
        match ask(channel, {"ask": "certificates"}):
            case (bytes(certificate), tuple(chain)) if all(isinstance(each, bytes) for each in chain):
                return cls(channel, certificate, tuple(each for each in chain if isinstance(each, bytes)))
        raise ServiceUnavailable("answer")

    @classmethod
    def at(cls, address: str) -> "ServiceSigner":
        """Return the signer of ``service:/path/of.sock``; raise `KeyFileError` (uri), `ServiceUnavailable`."""
        path = address.removeprefix(SCHEME)
        if not path.startswith("/"):
            raise KeyFileError("uri", "service: and the absolute path of a socket")
        return cls.connect(_channel(path))

    @property
    def kid(self) -> bytes:
        """First 8 bytes of the SHA-256 of the public key."""
        return kid_of(public_key_of(self.certificate_der))

    def seal(self, xml: bytes, approvals: tuple[Approval, ...]) -> bytes:
        """Return the detached seal of a certificate with the evidence of its officers.

        Raises `ServiceRefused`, `ServiceUnavailable`.
        """
        return _bytes(ask(self.channel, {"ask": "seal", "xml": xml, "approvals": plain_approvals(approvals)}))

    def sign(self, data: bytes) -> bytes:
        """Return the signature over a COSE Sig_structure; anything else is refused. Raises as `seal`."""
        return _bytes(ask(self.channel, {"ask": "cose", "data": data}))

    def seal_pdf(self, pdf: bytes) -> bytes:
        """Return the PDF of a sealed certificate, signed. Raises as `seal`."""
        return _bytes(ask(self.channel, {"ask": "pdf", "pdf": pdf}))


def _bytes(answer: cbor.Plain) -> bytes:
    if not isinstance(answer, bytes):
        raise ServiceUnavailable("answer")
    return answer


@lru_cache(maxsize=4)
def _channel(path: str) -> Channel:
    def carry(question: bytes) -> bytes:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
                line.settimeout(TIMEOUT_S)
                line.connect(path)
                line.sendall(question)
                line.shutdown(socket.SHUT_WR)
                return read_frame(taking(line))
        except OSError as error:
            raise ServiceUnavailable(type(error).__name__) from None

    return carry


def taking(line: socket.socket) -> Callable[[int], bytes]:
    """Return a function that takes exactly so many bytes from a socket, fewer only at its end."""

    def take(count: int) -> bytes:
        parts: list[bytes] = []
        while count > 0 and (part := line.recv(min(count, 1 << 16))):
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    return take
