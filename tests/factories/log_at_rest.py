"""A log at rest with witnesses in the same process: what the services meet, without a network.

book = LogBook.create(tmp_path)          # a log of XA in a directory
book.follow()                            # the worker: due rows become leaves
book.append(); book.witness()            # tree, signature, cosignatures
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from opensps.certification.log_directory import LogDirectory
from opensps.certification.models import TransparencyLog
from opensps.certification.queries.log import log_by_origin
from opensps.certification.services.log_growth import Appended, log_append_all, log_create
from opensps.certification.services.log_witnesses import Policy, Question, Reply, Seen, Witness, log_witness
from opensps.events.services import worker_run_until_idle
from opensps.formats.errors import NoteError
from opensps.formats.note_keys import KeyType, NoteSigner
from opensps.transparency import witness as protocol
from opensps.transparency.cosignature import Quorum
from tests.factories import logs
from tests.factories.certification import AUTHORITY, START

LATER = START + timedelta(hours=3)
"""After everything that a `certification.Story` does."""


@dataclass
class MemoryWitness:
    """A witness of one log, with its state in memory and both kinds of key."""

    organisation: str
    seen: protocol.Seen = field(default_factory=protocol.Seen)
    is_down: bool = False
    is_liar: bool = False
    """Signs with keys nobody knows."""

    @property
    def name(self) -> str:
        return f"witness.{self.organisation.lower()}.example"

    @property
    def url(self) -> str:
        return f"https://{self.name}"

    @property
    def signers(self) -> tuple[NoteSigner, ...]:
        return (logs.signer(self.name), logs.signer(self.name, KeyType.MLDSA_COSIGNATURE))

    @property
    def known(self) -> Witness:
        """As its log knows it."""
        return Witness(self.organisation, self.url, tuple(signer.key for signer in self.signers))

    def answer(self, body: bytes, *, at: datetime) -> Reply:
        if self.is_down:
            return Reply(0)
        try:
            request = protocol.read_request(body)
        except NoteError:
            return Reply(400)
        answer = protocol.decide(request, logs={logs.ORIGIN: (logs.LOG.key,)}, seen=self.seen)
        if isinstance(answer, protocol.Refusal):
            return Reply(answer.status, answer.text.encode())
        self.seen = answer.after
        signers = (logs.signer(self.name, seed=9),) if self.is_liar else self.signers
        return Reply(200, protocol.cosign(answer.text, signers=signers, at=int(at.timestamp())))


@dataclass
class LogBook:
    """A log of XA with its directory and the witnesses XB and XC."""

    directory: LogDirectory
    witnesses: tuple[MemoryWitness, ...]

    @classmethod
    def create(cls, path: Path, *, at: datetime = START) -> "LogBook":
        log_create(authority=AUTHORITY, origin=logs.ORIGIN, signer=logs.LOG, at=at)
        return cls(LogDirectory(path / "log"), (MemoryWitness("XB"), MemoryWitness("XC")))

    @property
    def row(self) -> TransparencyLog:
        found = log_by_origin(authority=AUTHORITY, origin=logs.ORIGIN)
        assert found is not None
        return found

    @property
    def policy(self) -> Policy:
        return Policy(tuple(each.known for each in self.witnesses), Quorum(2, frozenset({"XB", "XC"})))

    def follow(self) -> None:
        """Let the worker follow every event."""
        worker_run_until_idle(at=datetime.now(UTC) + timedelta(days=365))

    def append(self) -> Appended:
        return log_append_all(authority=AUTHORITY, directory=self.directory, signer=logs.LOG)

    def ask(self, questions: Sequence[Question], *, at: datetime = LATER) -> list[Reply]:
        by_url = {each.url: each for each in self.witnesses}
        return [by_url[question.url].answer(question.body, at=at) for question in questions]

    def witness(self, *, at: datetime = LATER) -> Seen | None:
        return log_witness(
            authority=AUTHORITY,
            directory=self.directory,
            policy=self.policy,
            ask=lambda questions: self.ask(questions, at=at),
            at=at,
        )

    def grow(self) -> None:
        """Do all of it."""
        self.follow()
        self.append()
        self.witness()
