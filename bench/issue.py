"""Issuing through the services, against the bare cost of the same steps.

Baseline: write the XML, validate it, seal it, and commit one row to SQLite with the same durability. Ours: the three
acts of `architecture.md` 4 with lifecycle, guards, rules, events and read-back: two more durable commits than the
baseline by design, because an intention is recorded before anything is sealed.
"""

import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.samples import Sample
from bench.timing import Row, medians
from opensps.formats import schema_findings, write_certificate
from opensps.formats.xml_input import parse
from opensps.signing import seal


@contextmanager
def _installation() -> Iterator[Path]:
    """Point Django at a migrated SQLite database of its own."""
    with tempfile.TemporaryDirectory() as directory:
        os.environ["DJANGO_SETTINGS_MODULE"] = "opensps.project.settings"
        os.environ["OPENSPS_DATABASE_URL"] = f"sqlite:///{directory}/bench.sqlite3"
        os.environ.setdefault("OPENSPS_SECRET_KEY", "for this run only")
        import django  # noqa: PLC0415  settings read the environment that was just set
        from django.core.management import call_command  # noqa: PLC0415  the same

        django.setup()
        call_command("migrate", verbosity=0)
        yield Path(directory)


def rows(given: Sample, *, rounds: int) -> tuple[list[Row], list[Row]]:
    """Return the bare cost and the services' cost against it; and the same for sealing and logging."""
    with _installation() as directory:
        from bench import log_at_rest  # noqa: PLC0415  models need the installation
        from bench.ready import ready_to_sign, signing  # noqa: PLC0415  models need the installation

        ours = signing(given, ready_to_sign(given, count=rounds + 1))
        bare = _Bare(given, directory / "bare.sqlite3")
        taken = medians({"bare": bare.issue, "ours": ours}, rounds=rounds, clock=time.perf_counter_ns)
        logged = log_at_rest.rows(given, bare.seal, directory, rounds=rounds)
        bare.close()
    issued = [
        Row("bare build, validate, seal, commit (baseline)", taken["bare"], 1.0),
        Row("issue through the services", taken["ours"], taken["ours"] / taken["bare"]),
    ]
    return issued, logged


class _Bare:
    """The same work without lifecycle, guards, events or read-back."""

    def __init__(self, given: Sample, path: Path) -> None:
        self._given = given
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.execute("CREATE TABLE certificate (id INTEGER PRIMARY KEY, xml BLOB, seal BLOB)")

    def issue(self) -> None:
        """Build, validate, seal and commit once."""
        xml = write_certificate(self._given.value)
        assert not schema_findings(parse(xml, sealed=True))
        sealed = seal(xml, signer=self._given.signer, at=self._given.now)
        self._database.execute("INSERT INTO certificate (xml, seal) VALUES (?, ?)", (xml, sealed))

    def seal(self) -> None:
        """Seal what is there and commit once."""
        sealed = seal(self._given.xml, signer=self._given.signer, at=self._given.now)
        self._database.execute("INSERT INTO certificate (xml, seal) VALUES (?, ?)", (self._given.xml, sealed))

    def close(self) -> None:
        """Close the database."""
        self._database.close()
