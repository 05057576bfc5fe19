"""What the application and the signing service say to each other: one question and one answer on a local socket.

A message is its length in 4 bytes and deterministic CBOR. Questions: ``{"ask": "certificates"}``, ``{"ask": "seal",
"xml": ..., "approvals": [...]}``, ``{"ask": "cose", "data": Sig_structure}``, ``{"ask": "pdf", "pdf": ...}``. Answers:
``{"done": ...}``, ``{"refused": reason}``, ``{"later": reason}``. There is no question with a digest in it.
"""

import struct
from collections.abc import Callable, Mapping

from opensps.formats import cbor
from opensps.formats.errors import FormatError
from opensps.signing.errors import ServiceRefused, ServiceUnavailable

MAX_MESSAGE = 32 * 1024 * 1024
_LENGTH = struct.Struct(">I")

Message = Mapping[cbor.Plain, cbor.Plain]
Channel = Callable[[bytes], bytes]
"""Carries one framed question to a service and its framed answer back."""


def framed(message: Message) -> bytes:
    """Return a message with its length in front."""
    body = cbor.dumps(message)
    return _LENGTH.pack(len(body)) + body


def read_frame(take: Callable[[int], bytes]) -> bytes:
    """Return the body of the next message; `take` gives exactly as many bytes as asked, or fewer at the end.

    Raises `ServiceRefused` (request) for a message that is too long or cut short.
    """
    head = take(_LENGTH.size)
    length = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else 0
    if not 0 < length <= MAX_MESSAGE or len(body := take(length)) != length:
        raise ServiceRefused("request")
    return body


def read_message(body: bytes) -> Message:
    """Return what a body says; raise `ServiceRefused` (request)."""
    try:
        message = cbor.loads(body)
    except FormatError:
        raise ServiceRefused("request") from None
    if not isinstance(message, Mapping):
        raise ServiceRefused("request")
    return message


def answered(message: Message) -> cbor.Plain:
    """Return what a service has done; raise `ServiceRefused` or `ServiceUnavailable` where it has not."""
    match dict(message):
        case {"done": done}:
            return done
        case {"refused": str(reason)}:
            raise ServiceRefused(reason)
        case {"later": str(reason)}:
            raise ServiceUnavailable(reason)
    raise ServiceUnavailable("answer")
