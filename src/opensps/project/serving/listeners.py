"""Two tiny listeners beside the server: plain HTTP that only redirects, and ::1 passed on to 127.0.0.1.

They read no request body and hold no state; the plain port answers nothing but a redirect or a refusal.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass

HEAD_LIMIT = 16_384
HEAD_SECONDS = 10
CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Redirector:
    """Answers every plain request with the same page under HTTPS."""

    hosts: frozenset[str]
    """Names and addresses by which this installation may be called; another one is sent to the first."""
    main_host: str
    https_port: int

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection and close it."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            async with asyncio.timeout(HEAD_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
            writer.write(self.answer(head))
            await writer.drain()
        await _close(writer)

    def answer(self, head: bytes) -> bytes:
        """Return the whole response to a request head."""
        lines = head.decode("latin-1").split("\r\n")
        method, _, rest = lines[0].partition(" ")
        target = rest.partition(" ")[0]
        is_path = target.startswith("/") and not target.startswith("//") and target.isascii() and target.isprintable()
        if method not in ("GET", "HEAD") or not is_path:
            return _response("403 Forbidden", "Use https.", "")
        location = f"https://{self._host(lines[1:])}:{self.https_port}{target}"
        return _response("308 Permanent Redirect", location, f"Location: {location}\r\n")

    def _host(self, lines: list[str]) -> str:
        given = next((line.partition(":")[2].strip() for line in lines if line.lower().startswith("host:")), "")
        name = given[: given.find("]") + 1] if given.startswith("[") else given.partition(":")[0]
        return name if name.strip("[]") in self.hosts else self.main_host


def _response(status: str, body: str, headers: str) -> bytes:
    return (
        f"HTTP/1.1 {status}\r\n{headers}Content-Type: text/plain\r\nContent-Length: {len(body)}\r\n"
        f"Connection: close\r\n\r\n{body}"
    ).encode("latin-1")


def passing_on(host: str, port: int) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], "asyncio.Future[None]"]:
    """Return a handler that carries the octets of a connection to another address and back."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            there_reader, there_writer = await asyncio.open_connection(host, port)
            await asyncio.gather(_carry(reader, there_writer), _carry(there_reader, writer))
            await _close(there_writer)
        await _close(writer)

    return serve  # type: ignore[return-value]  # start_server takes a coroutine function


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


async def _close(writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        writer.close()
        await writer.wait_closed()
