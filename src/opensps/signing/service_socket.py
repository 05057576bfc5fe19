"""The signing service's door: a Unix socket that only its own group may open, one question a connection.

Questions wait their turn: a device does one thing at a time. Nobody is let in from a network, there is none.
"""

import contextlib
import os
import socket
from collections.abc import Callable
from pathlib import Path

from opensps.signing.errors import KeyFileError, ServiceRefused
from opensps.signing.service_protocol import framed, read_frame
from opensps.signing.service_signer import taking

_MODE = 0o660
_WAITING = 64
_LOOK_S = 0.2
"""How often the door looks whether it is to close."""

_PATIENCE_S = 5.0
"""Whoever connects says what he wants, or makes room."""


def open_door(path: Path) -> socket.socket:
    """Return the listening socket at a path; one that nobody answers is replaced. Raises `KeyFileError` (exists)."""
    if path.exists():
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as other:
            if other.connect_ex(str(path)) == 0:
                raise KeyFileError("exists", "a signing service already answers there")
        path.unlink()
    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    former = os.umask(0o777 & ~_MODE)
    try:
        door.bind(str(path))
    finally:
        os.umask(former)
    door.listen(_WAITING)
    door.settimeout(_LOOK_S)
    return door


def serve(door: socket.socket, answer: Callable[[bytes], bytes], *, until: Callable[[], bool] = lambda: False) -> None:
    """Answer one connection after the other until the door is closed or `until` says so."""
    while not until():
        try:
            line, _ = door.accept()
        except TimeoutError:
            continue
        except OSError:  # the door was closed: the service ends
            return
        with line, contextlib.suppress(OSError):  # whoever asked has gone
            line.settimeout(_PATIENCE_S)
            line.sendall(_answered(line, answer))


def _answered(line: socket.socket, answer: Callable[[bytes], bytes]) -> bytes:
    try:
        return answer(read_frame(taking(line)))
    except ServiceRefused as refused:
        return framed({"refused": refused.reason})
