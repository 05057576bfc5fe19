"""Our own SMTP listener, running on loopback for a test."""

import asyncio
import contextlib
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from opensps.project.serving.mail_server import CannotKeep, Incoming, MailDoor, serve_until

OURS = "ecert@zz.example"
PATIENCE_SECONDS = 60.0
"""For a thread to start on a machine that has other work."""


@dataclass(slots=True)
class Listener:
    """A running listener, and what it kept."""

    port: int
    kept: list[Incoming] = field(default_factory=list)
    is_full: bool = False


@contextlib.contextmanager
def listening(
    tls: ssl.SSLContext | None,
    *,
    ours: str = OURS,
    idle_seconds: float = 5.0,
    store: Callable[[Incoming], None] | None = None,
) -> Iterator[Listener]:
    """Run a listener for an address on loopback in a thread of its own; `store` keeps mail elsewhere too."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    made = Listener(port)

    def keep(mail: Incoming) -> None:
        if made.is_full:
            raise CannotKeep
        if store is not None:
            store(mail)
        made.kept.append(mail)

    def is_ours(address: str) -> bool:
        return address == ours or address.startswith("bounce+")

    door = MailDoor(hostname="mx.zz.example", is_ours=is_ours, keep=keep, tls=tls, idle_seconds=idle_seconds)
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    ready = threading.Event()

    async def run() -> None:
        ready.set()
        await serve_until(stop, door, host="127.0.0.1", port=port)

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    ready.wait(PATIENCE_SECONDS)
    _wait_for(port)
    try:
        yield made
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(PATIENCE_SECONDS)
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.01))
        loop.close()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.01)
    raise AssertionError("the listener did not start")


def sent(listener: Listener, mail_from: str, rcpt_to: str, raw: bytes) -> None:
    """Hand a mail to a listener over SMTP, as any program does."""
    with smtplib.SMTP("127.0.0.1", listener.port, timeout=30) as talk:
        talk.sendmail(mail_from, [rcpt_to], raw)
