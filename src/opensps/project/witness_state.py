"""What a witness keeps on disk: its keys, the logs it knows, and for each log one small file with what it last signed.

Source: `trust.md` 6.10. The file is compared and replaced under a lock, and brought to the disk, before an answer
leaves: a witness that loses power never signs two histories. No Django: any authority can run one.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from opensps.formats.checkpoint import read_checkpoint
from opensps.formats.errors import NoteError
from opensps.formats.note_keys import KeyType, NoteKey, NoteSigner, is_key_name, read_key, read_signer
from opensps.formats.signed_note import read_note
from opensps.project.exits import Exit, Stopped
from opensps.project.words import gettext_noop
from opensps.transparency.witness import (
    BAD,
    OK,
    UNKNOWN,
    Agreement,
    Refusal,
    Request,
    Seen,
    cosign,
    decide,
    read_request,
)

KEYS, LOGS, STATE = "keys.txt", "logs.txt", "state"
KINDS = (KeyType.COSIGNATURE, KeyType.MLDSA_COSIGNATURE)
NOTE_TYPE = "text/plain; charset=utf-8"
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and type of an HTTP answer."""

    status: int
    body: bytes
    type: str = NOTE_TYPE


@dataclass(slots=True)
class WitnessState:
    """A witness in a directory."""

    directory: Path
    signers: tuple[NoteSigner, ...]
    is_durable: bool = True
    """What is signed is on the disk before it leaves. Off only while a demo is filled, which can begin again."""

    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def create(cls, directory: Path, *, name: str, random: Callable[[int], bytes]) -> "WitnessState":
        """Make a witness with an Ed25519 and an ML-DSA-44 key. Stops when the directory holds one already."""
        if not is_key_name(name):
            raise Stopped(Exit.USAGE, gettext_noop("A witness has a name without blanks and plus signs."))
        if (directory / KEYS).exists():
            raise Stopped(
                Exit.USAGE, gettext_noop("%(directory)s already holds a witness; its keys stay."), directory=directory
            )
        (directory / STATE).mkdir(parents=True, exist_ok=True, mode=0o700)
        signers = tuple(NoteSigner(name, kind, random(32)) for kind in KINDS)
        _write(directory / KEYS, "".join(f"{each.private_text}\n" for each in signers).encode(), mode=0o600)
        (directory / LOGS).touch()
        return cls(directory, signers)

    @classmethod
    def open(cls, directory: Path) -> "WitnessState":
        """Return the witness of a directory. Stops with a sentence when there is none."""
        try:
            lines = (directory / KEYS).read_text(encoding="ascii").splitlines()
            return cls(directory, tuple(map(read_signer, lines)))
        except (OSError, UnicodeDecodeError, NoteError) as exc:
            raise Stopped(
                Exit.USAGE,
                gettext_noop("There is no witness in %(directory)s (%(why)s)."),
                directory=directory,
                why=exc,
            ) from exc

    def add_log(self, key: NoteKey) -> None:
        """Know a log from now on."""
        if key not in self.logs().get(key.name, ()):
            with (self.directory / LOGS).open("a", encoding="ascii") as file:
                file.write(f"{key}\n")

    def logs(self) -> Mapping[str, tuple[NoteKey, ...]]:
        """Return the logs it knows, origin -> keys; the file may grow while it runs."""
        found: dict[str, tuple[NoteKey, ...]] = {}
        for line in (self.directory / LOGS).read_text(encoding="ascii").splitlines():
            with contextlib.suppress(NoteError):
                key = read_key(line.strip())
                found[key.name] = (*found.get(key.name, ()), key)
        return found

    def add_checkpoint(self, body: bytes, *, at: int) -> Answer:
        """Answer ``add-checkpoint``; `at` in seconds since 1970. What is signed is on the disk before it leaves."""
        try:
            request = read_request(body)
        except NoteError as exc:
            return Answer(BAD, f"{exc.code}\n".encode())
        with self._only_one():
            seen = self._seen(request.checkpoint.origin)
            answer = decide(request, logs=self.logs(), seen=seen)
            if isinstance(answer, Refusal):
                return Answer(answer.status, answer.text.encode(), answer.type)
            return Answer(OK, self._agree(request, answer, at=at))

    def _agree(self, request: Request, answer: Agreement, *, at: int) -> bytes:
        lines = cosign(answer.text, signers=self.signers, at=at)
        keys = {(key.name, key.id) for key in self.logs().get(answer.origin, ())}
        own = "".join(f"{each}\n" for each in request.note.signatures if (each.name, each.key_id) in keys)
        _write(self._file(answer.origin), f"{answer.text}\n{own}".encode() + lines, is_durable=self.is_durable)
        return lines

    def checkpoint(self, path: str) -> Answer:
        """Answer a monitor's ``<hex SHA-256(origin)>/checkpoint``: the newest one that was signed."""
        name, slash, rest = path.partition("/")
        if slash and rest == "checkpoint" and _HASH.fullmatch(name):
            with contextlib.suppress(FileNotFoundError):
                return Answer(OK, (self.directory / STATE / name).read_bytes())
        return Answer(UNKNOWN, b"unknown log\n")

    def _file(self, origin: str) -> Path:
        return self.directory / STATE / hashlib.sha256(origin.encode()).hexdigest()

    def _seen(self, origin: str) -> Seen:
        try:
            checkpoint = read_checkpoint(read_note(self._file(origin).read_bytes()).text)
        except FileNotFoundError:
            return Seen()
        return Seen(checkpoint.size, checkpoint.root)

    @contextlib.contextmanager
    def _only_one(self) -> Iterator[None]:
        """Let one request after the other look at a log and move it, also of two processes on one directory."""
        with self._lock:
            opened = os.open(self.directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(opened, fcntl.LOCK_EX)
                yield
            finally:
                os.close(opened)


def _write(path: Path, data: bytes, *, mode: int = 0o644, is_durable: bool = True) -> None:
    """Put a whole file in place, on the disk with its directory."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(data)
        if is_durable:
            file.flush()
            os.fsync(file.fileno())
    beside.rename(path)
    if is_durable:
        opened = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
