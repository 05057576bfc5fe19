"""Ports for the processes of one demonstration, chosen so that nobody takes them before they are opened.

They lie below those that systems hand out by themselves for outgoing connections (from 32768 on): a port that was free
a moment ago stays free.
"""

import contextlib
import secrets
import socket

HERE = "127.0.0.1"
FIRST, BEHIND = 20_000, 30_000


def free_ports(count: int) -> tuple[int, ...]:
    """Return different ports of this machine that nobody uses now."""
    with contextlib.ExitStack() as probes:
        return tuple(_port(probes) for _ in range(count))


def _port(probes: contextlib.ExitStack) -> int:
    """Return a free port and hold it until all are found."""
    while True:
        port = FIRST + secrets.randbelow(BEHIND - FIRST)
        with contextlib.suppress(OSError):
            probes.enter_context(socket.create_server((HERE, port)))
            return port
