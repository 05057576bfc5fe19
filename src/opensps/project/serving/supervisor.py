"""The demo's processes: servers for people and partners, worker, witnesses, tiny listeners; all end together.

Each child leads a session of its own and holds our pipe as standard input: Ctrl-C reaches the supervisor alone, which
stops the children in order; a supervisor that is killed takes them along, for then the pipe closes.
"""

import asyncio
import contextlib
import errno
import os
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from typing import IO

from opensps.project.abroad.keys import NORTHLAND, WESTMARK
from opensps.project.exits import Exit, Stopped
from opensps.project.mail_files import CERTIFICATE_FILE
from opensps.project.serving.installation import Installation
from opensps.project.serving.listeners import Redirector, passing_on
from opensps.project.serving.tls import LOOPBACK, TlsFiles
from opensps.project.words import gettext_noop

HIGHEST_PORT = 65_535
START_SECONDS = 60
STOP_SECONDS = 10
LOOPBACK_6 = "::1"


def refuse_taken_port(host: str, port: int, *, option: str) -> None:
    """Stop with a sentence when a port cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as exc:
            raise _why_not(exc, host, port, option) from exc


def _why_not(error: OSError, host: str, port: int, option: str) -> Stopped:
    other = f"make demo {option}={port + 1000 if port < HIGHEST_PORT - 1000 else port - 1000}"
    if error.errno == errno.EADDRINUSE:
        sentence = gettext_noop("Port %(port)s is in use by another program. Choose another one: %(other)s")
        return Stopped(Exit.TRY_LATER, sentence, port=port, other=other)
    if error.errno == errno.EACCES:
        sentence = gettext_noop("Port %(port)s is for administrators only. Choose one above 1023: %(other)s")
        return Stopped(Exit.NOT_ALLOWED, sentence, port=port, other=f"make demo {option}=8443")
    return Stopped(Exit.USAGE, "%(host)s is not an address of this machine.", host=host)


def has_loopback_6(port: int) -> bool:
    """Return whether ::1 exists here and its port is free."""
    try:
        refuse_taken_port(LOOPBACK_6, port, option="PORT")
    except (Stopped, OSError):
        return False
    return True


async def supervise(installation: Installation, files: TlsFiles, *, http_port: int, ready: Callable[[], None]) -> None:
    """Run until SIGINT or SIGTERM; call ``ready`` once the pages answer. Stops with a sentence when a child dies."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    environment = installation.environment()
    async with contextlib.AsyncExitStack() as stack:
        await _listen(stack, installation, http_port)
        log = stack.enter_context(installation.log.open("ab"))
        server = await stack.enter_async_context(_child(_server_command(installation, files), environment, log))
        worker = await stack.enter_async_context(_child(_opensps("worker", "--until-stdin-closes"), environment, log))
        children = {"server": server, "worker": worker}
        for name, arguments in _others(installation, files).items():
            children[name] = await stack.enter_async_context(_child(_opensps(*arguments), environment, log))
        for name, command in _abroad(installation, files).items():
            children[name] = await stack.enter_async_context(_child(command, _plain(environment), log))
        ended = [asyncio.create_task(child.wait()) for child in children.values()]
        stopped = asyncio.create_task(stop.wait())
        answering = asyncio.create_task(_answers(installation, files))
        await asyncio.wait([*ended, stopped, answering], return_when=asyncio.FIRST_COMPLETED, timeout=START_SECONDS)
        if answering.done():
            ready()
            await asyncio.wait([*ended, stopped], return_when=asyncio.FIRST_COMPLETED)
        for task in (answering, stopped, *ended):
            task.cancel()
        if not stop.is_set():
            raise _ended(installation, children)


def _ended(installation: Installation, children: Mapping[str, asyncio.subprocess.Process]) -> Stopped:
    for name, child in children.items():
        if child.returncode is not None:
            sentence = gettext_noop("The %(name)s ended by itself (code %(code)s); its last words are in %(log)s.")
            return Stopped(Exit.UNEXPECTED, sentence, name=name, code=child.returncode, log=installation.log)
    sentence = gettext_noop("%(address)s did not answer within %(seconds)s s; see %(log)s.")
    return Stopped(Exit.UNEXPECTED, sentence, address=installation.address, seconds=START_SECONDS, log=installation.log)


async def _listen(stack: contextlib.AsyncExitStack, installation: Installation, http_port: int) -> None:
    hosts = frozenset(installation.names)
    redirector = Redirector(hosts=hosts, main_host=installation.main_name, https_port=installation.port)
    plain = [installation.host]
    if installation.host in LOOPBACK and has_loopback_6(http_port):
        plain.append(LOOPBACK_6)
    for host in plain:
        server = await asyncio.start_server(redirector.serve, host, http_port, limit=16_384)
        await stack.enter_async_context(server)
    if installation.host in LOOPBACK and has_loopback_6(installation.port):
        # granian listens on one address; browsers that ask for localhost may try ::1 first.
        carry = passing_on(installation.host, installation.port)
        await stack.enter_async_context(await asyncio.start_server(carry, LOOPBACK_6, installation.port))


def _server_command(installation: Installation, files: TlsFiles) -> list[str]:
    return [
        *(sys.executable, "-m", "opensps.project.serving.server"),
        *(installation.host, str(installation.port), str(files.certificate), str(files.key)),
    ]


def _others(installation: Installation, files: TlsFiles) -> dict[str, list[str]]:
    """Return, by name, the arguments of ``opensps`` for what runs beside server and worker."""
    witnesses = installation.public_log.commands(installation.witness_ports, files.certificate, files.key)
    others = {f"witness {name}": arguments for name, arguments in witnesses.items()}
    if installation.partner_port:
        address = f"{installation.host}:{installation.partner_port}"
        tls = ["--certificate", str(files.certificate), "--key", str(files.key)]
        others["partner port"] = ["partner-port", "serve", "--listen", address, *tls, "--until-stdin-closes"]
        others["mail"] = ["mail", "serve", "--listen", f"127.0.0.1:{installation.mail_port}", "--until-stdin-closes"]
    return others


def _abroad(installation: Installation, files: TlsFiles) -> dict[str, list[str]]:
    """Return, by name, the commands of the partners abroad."""
    if not installation.partner_port:
        return {}
    keys = installation.abroad
    program = [sys.executable, "-m", "opensps.project.abroad"]
    hub = f"https://{installation.main_name}:{installation.partner_port}/hub/DeliveryService"
    northland = [*program, NORTHLAND, str(keys.of(NORTHLAND)), "--hub", hub, "--authority", str(files.authority)]
    examplia = ["--examplia", str(keys.ours / CERTIFICATE_FILE)]
    server = [
        "--certificate",
        str(files.certificate),
        "--key",
        str(files.key),
        "--port",
        str(installation.westmark_port),
    ]
    answers = ["--answers-to", str(installation.mail_port)]
    return {
        "Northland": northland,
        "Westmark": [*program, WESTMARK, str(keys.of(WESTMARK)), *examplia, *server, *answers],
    }


def _plain(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without our settings: partners abroad know nothing of our database and keys."""
    return {name: value for name, value in environment.items() if not name.startswith("OPENSPS_")}


def _opensps(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from opensps.project.command import main; main()", *arguments]


@contextlib.asynccontextmanager
async def _child(
    command: list[str], environment: dict[str, str], log: IO[bytes]
) -> AsyncIterator[asyncio.subprocess.Process]:
    child = await asyncio.create_subprocess_exec(
        *command, stdin=subprocess.PIPE, stdout=log, stderr=log, env=environment, start_new_session=True
    )
    try:
        yield child
    finally:
        await _end(child)


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        child.terminate()
        try:
            await asyncio.wait_for(child.wait(), STOP_SECONDS)
        except TimeoutError:
            child.kill()
    # What the child started shares its session: nothing of it may outlive us.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    await child.wait()


async def _answers(installation: Installation, files: TlsFiles) -> None:
    """Return once the home page and the partner port answer over TLS, verified with the demo's own authority."""
    context = ssl.create_default_context(cafile=str(files.authority))
    for port in filter(None, (installation.port, installation.partner_port)):
        while not await _answers_once(installation, context, port=port):
            await asyncio.sleep(0.1)


async def _answers_once(installation: Installation, context: ssl.SSLContext, *, port: int) -> bool:
    request = f"GET / HTTP/1.1\r\nHost: {installation.main_name}:{port}\r\nConnection: close\r\n\r\n"
    try:
        reader, writer = await asyncio.open_connection(
            installation.host, port, ssl=context, server_hostname=installation.main_name
        )
        writer.write(request.encode())
        status = await asyncio.wait_for(reader.readline(), 10)
        writer.close()
        with contextlib.suppress(OSError, ssl.SSLError):
            await writer.wait_closed()
    except (OSError, TimeoutError):
        return False
    return status.startswith(b"HTTP/1.1 ")


def fill(installation: Installation) -> None:
    """Migrate, and load the data into a new database; in a process of its own that ends with us."""
    arguments = ["--until-stdin-closes"]
    if not installation.is_filled:
        arguments += ["--fill", "--certificates", str(installation.certificates)]
    command = [sys.executable, "-m", "django", "demo_load", *arguments]
    loader = subprocess.Popen(  # noqa: S603 our own arguments
        command, env=installation.environment(), stdin=subprocess.PIPE, start_new_session=True
    )
    try:
        code = loader.wait()
    finally:
        loader.kill()
        loader.wait()
        if loader.stdin is not None:
            loader.stdin.close()
    if code:
        raise Stopped(Exit.UNEXPECTED, "The demo's data could not be loaded; the reason is above.")
    installation.mark_filled()
