"""A demo as people start it: a process of its own, in a directory of its own, on ports nobody uses."""

import os
import re
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from opensps.project.serving.ports import free_ports

READY_SECONDS = 600
"""The first start loads half a year of certificates; a busy machine takes its time."""

STOP_SECONDS = 30


@dataclass(frozen=True, slots=True)
class RunningDemo:
    """A demo that said ``Ready``."""

    process: subprocess.Popen[str]
    directory: Path
    port: int
    http_port: int
    partner_port: int
    greeting: str
    """Everything it printed until the end of its list of tasks."""

    @property
    def address(self) -> str:
        """Where the pages are, without a slash at the end."""
        return f"https://localhost:{self.port}"

    @property
    def authority_file(self) -> Path:
        """The demo's CA, PEM."""
        return self.directory / "tls" / "ca.pem"

    def get(self, path: str, *, host: str = "localhost") -> tuple[int, str]:
        """Ask for a page over verified TLS; return status and body."""
        context = ssl.create_default_context(cafile=str(self.authority_file))
        secure = urllib.request.HTTPSHandler(context=context)
        opener = urllib.request.build_opener(secure, urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"https://{host}:{self.port}{path}", timeout=30) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def environment(self) -> dict[str, str]:
        """Return what a command needs to work on the register of this demo."""
        return clean_environment() | {
            "OPENSPS_DEMO": "1",
            "OPENSPS_DATABASE_URL": f"sqlite:///{self.directory}/opensps.sqlite3",
            "OPENSPS_SIGNING_KEY": f"file:{self.directory}/keys",
            "OPENSPS_TRUST_FILE": f"{self.directory}/keys/trust.txt",
            "OPENSPS_LOG_DIR": f"{self.directory}/public-log",
            "OPENSPS_CHECK_HOST": f"localhost:{self.port}",
            "OPENSPS_SECRET_KEY": (self.directory / "secret").read_text(),
        }

    def opensps(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run another command on this demo's register, with further variables."""
        command = [*OPENSPS, *arguments]
        variables = self.environment() | environment
        return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Stop it and return its exit code."""
        self.process.send_signal(number)
        code = self.process.wait(timeout=STOP_SECONDS)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


OPENSPS = [sys.executable, "-c", "from opensps.project.command import main; main()"]


def clean_environment() -> dict[str, str]:
    """Return the environment without what the test run set for itself."""
    names = ("OPENSPS_", "DJANGO_", "PYTEST_", "COV_")
    return {name: value for name, value in os.environ.items() if not name.startswith(names)}


def start(directory: Path, *arguments: str, ports: tuple[int, int, int] | None = None) -> RunningDemo:
    """Start a demo and wait until it has said everything. Raises AssertionError with its words when it ends instead."""
    port, http_port, partner_port = ports or free_ports(3)
    chosen = ["--port", str(port), "--http-port", str(http_port), "--partner-port", str(partner_port)]
    process = subprocess.Popen(
        [*OPENSPS, "demo", *chosen, *arguments],
        env=clean_environment() | {"OPENSPS_DEMO_DIR": str(directory)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    return RunningDemo(process, directory, port, http_port, partner_port, _greeting(process, process.stdout))


def _greeting(process: subprocess.Popen[str], output: IO[str]) -> str:
    said, deadline = "", time.monotonic() + READY_SECONDS
    while "can never be real countries" not in said:
        line = output.readline()
        said += line
        if not line or time.monotonic() > deadline:
            process.kill()
            process.wait()
            output.close()
            raise AssertionError(f"The demo did not get ready:\n{said}")
    return said


def processes_naming(text: str) -> list[str]:
    """Return the command lines of running processes that name ``text``, on Linux."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            environment = (folder / "environ").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if text in line or re.search(rf"OPENSPS_\w+=[^\0]*{re.escape(text)}", environment):
            found.append(line)
    return found
