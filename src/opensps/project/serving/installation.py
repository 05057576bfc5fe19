"""A demo on disk: one directory with keys, database and secrets, and the environment that names them."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from opensps.certificate import TYPE_CODES
from opensps.project.abroad.keys import OUR_ADDRESS, AbroadKeys
from opensps.project.demo.world import SERVICE
from opensps.project.exits import Exit, Stopped
from opensps.project.serving import tls
from opensps.project.serving.demo_log import PARTNERS, DemoLog
from opensps.project.serving.ports import free_ports
from opensps.signing import TrustList, ceremony

AUTHORITY = "XA"
CERTIFICATES = 205
KEYS_AGE = timedelta(days=180)
"""The demo's past begins this long ago: its keys are dated so that they could seal its older certificates."""


@dataclass(frozen=True, slots=True)
class Installation:
    """The demo in ``directory``, answering on ``host`` and ``port``."""

    directory: Path
    host: str
    port: int
    partner_port: int = 0
    """Where the machines of partners connect; 0: nowhere."""
    names: tuple[str, ...] = tls.LOOPBACK
    certificates: int = CERTIFICATES
    """How many are issued when it is filled."""
    inner_ports: tuple[int, ...] = field(default_factory=partial(free_ports, 2 + len(PARTNERS)))
    """Of processes that only this machine talks to."""
    _locks: list[int] = field(default_factory=list)

    @property
    def mail_port(self) -> int:
        """Where our own mail listener answers."""
        return self.inner_ports[0]

    @property
    def westmark_port(self) -> int:
        """Where the mail server of the partner XC answers."""
        return self.inner_ports[1]

    @property
    def witness_ports(self) -> Mapping[str, int]:
        """Organisation -> port of its witness."""
        return dict(zip(PARTNERS, self.inner_ports[2:], strict=True))

    @property
    def is_filled(self) -> bool:
        """Whether loading the data once came to its end."""
        return self._mark.exists()

    @property
    def _mark(self) -> Path:
        return self.directory / "filled"

    @property
    def log(self) -> Path:
        """Where server and worker write what they did."""
        return self.directory / "log"

    @property
    def _database(self) -> Path:
        return self.directory / "opensps.sqlite3"

    @property
    def public_log(self) -> DemoLog:
        """The transparency log."""
        return DemoLog(self.directory, AUTHORITY)

    @property
    def abroad(self) -> AbroadKeys:
        """The keys of the partners abroad, and ours for mail."""
        return AbroadKeys(self.directory / "abroad")

    @property
    def main_name(self) -> str:
        """The name people type: localhost, or the address that was asked for."""
        return self.names[0]

    @property
    def address(self) -> str:
        """Where the pages are."""
        return f"https://{self.main_name}:{self.port}"

    def lock(self) -> None:
        """Keep a second demo out of the directory. Stops when one runs there."""
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        opened = os.open(self.directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            os.close(opened)
            raise Stopped(
                Exit.TRY_LATER,
                "A demo already runs in %(directory)s. Stop it, or name another directory in OPENSPS_DEMO_DIR.",
                directory=self.directory,
            ) from exc
        self._locks.append(opened)

    def reset(self) -> None:
        """Throw away keys, database and everything made from them; the lock is kept."""
        for path in self.directory.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name != "lock":
                path.unlink()

    def prepare(self) -> tls.TlsFiles:
        """Make what is missing: secret, TLS certificate, demo keys; drop a database that was never filled."""
        now = datetime.now(UTC)
        if not self.is_filled:
            for suffix in ("", "-wal", "-shm"):
                self._database.with_name(self._database.name + suffix).unlink(missing_ok=True)
            # The history of a database that is gone: its tiles, and the witnesses that have seen it.
            for path in (self.public_log.tiles, *self.public_log.witnesses.values()):
                shutil.rmtree(path, ignore_errors=True)
        self._secret()
        self._keys(now)
        self.abroad.prepare(at=now)
        return tls.ensure(self.directory / "tls", names=self.names, at=now)

    def mark_filled(self) -> None:
        """Remember that the data is complete."""
        self._mark.touch()

    def _secret(self) -> str:
        path = self.directory / "secret"
        if not path.exists():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(50))
        return path.read_text()

    def _keys(self, now: datetime) -> None:
        directory = self.directory / "keys"
        if not (directory / ceremony.TRUST_FILE).exists():
            shutil.rmtree(directory, ignore_errors=True)
            ceremony.make_demo_keys(
                directory,
                authority=AUTHORITY,
                at=now - KEYS_AGE,
                name=SERVICE,
                hosts=(self._check_host,),
                types=frozenset(TYPE_CODES.values()),
            )
        self.public_log.prepare(at=now)
        self._list(directory / ceremony.TRUST_FILE)

    def _list(self, trust_file: Path) -> None:
        """Let the demo's trust list name today's address, for the port may differ from last time's, and its log."""
        trust = TrustList.load(trust_file.read_text())
        hosts = {each.code: tuple(dict.fromkeys((*each.hosts, self._check_host))) for each in trust.authorities}
        named = replace(trust, authorities=tuple(replace(each, hosts=hosts[each.code]) for each in trust.authorities))
        listed = self.public_log.listed(named, self.witness_ports, prefix=self.address)
        if listed != trust:
            trust_file.write_text(listed.dump())

    @property
    def _check_host(self) -> str:
        return f"{self.main_name}:{self.port}"

    def environment(self) -> dict[str, str]:
        """Return the environment of the demo's processes; no other OpenSPS setting of the caller leaks in."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("OPENSPS_")}
        files = tls.TlsFiles.within(self.directory / "tls")
        bracketed = [f"[{name}]" if ":" in name else name for name in self.names]
        return inherited | {
            "DJANGO_SETTINGS_MODULE": "opensps.project.settings",
            "PYTHONUNBUFFERED": "1",
            "OPENSPS_DEMO": "1",
            "OPENSPS_AUTHORITY": AUTHORITY,
            "OPENSPS_SECRET_KEY": self._secret(),
            "OPENSPS_DATABASE_URL": f"sqlite:///{self._database}",
            "OPENSPS_SIGNING_KEY": f"file:{self.directory / 'keys'}",
            "OPENSPS_TRUST_FILE": str(self.directory / "keys" / ceremony.TRUST_FILE),
            "OPENSPS_CHECK_HOST": self._check_host,
            "OPENSPS_PARTNER_URL": f"https://{self.main_name}:{self.partner_port}" if self.partner_port else "",
            "OPENSPS_ALLOWED_HOSTS": ",".join(bracketed),
            "OPENSPS_DEMO_CA_FILE": str(files.authority),
            "OPENSPS_LOG_DIR": str(self.public_log.tiles),
            "OPENSPS_LOG_KEY": str(self.public_log.key),
            "OPENSPS_WITNESS_CA_FILE": str(files.authority),
            "OPENSPS_EXCHANGE_KEY": str(self.abroad.exchange_key),
            "OPENSPS_MAIL_ADDRESS": OUR_ADDRESS,
            "OPENSPS_MAIL_KEYS": str(self.abroad.ours),
            "OPENSPS_MAIL_RELAY": f"localhost:{self.westmark_port}",
            "OPENSPS_MAIL_RELAY_CA_FILE": str(files.authority),
        }
