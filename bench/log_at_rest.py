"""One certificate sealed and logged at rest, against bare sealing and one commit; imported once Django is set up."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.samples import Sample
from bench.timing import Row, Work, medians
from opensps.certification.log_directory import LogDirectory
from opensps.certification.models import LogLeaf
from opensps.certification.queries.log import log_by_origin
from opensps.certification.services.log_growth import log_append, log_create
from opensps.signing import seal
from tests.factories import logs
from tests.factories.certification import AUTHORITY

BATCH = 20
"""Leaves of one append where certificates come together."""


def rows(given: Sample, bare: Work, directory: Path, *, rounds: int) -> list[Row]:
    """Return what a leaf costs by itself and among others; `bare` seals and commits once."""
    log = log_create(authority=AUTHORITY, origin=logs.ORIGIN, signer=logs.LOG, at=datetime.now(UTC))
    tiles = LogDirectory(directory / "log")

    def sealed(count: int) -> None:
        for _ in range(count):
            seal(given.xml, signer=given.signer, at=given.now)

    def logged(count: int) -> None:
        found = log_by_origin(authority=AUTHORITY)
        assert found is not None
        LogLeaf.objects.bulk_create(
            LogLeaf(authority=AUTHORITY, log=log, index=found.size + n, kind=13, data=os.urandom(100))
            for n in range(count)
        )
        log_append(authority=AUTHORITY, directory=tiles, signer=logs.LOG)

    def alone() -> None:
        sealed(1)
        logged(1)

    def together() -> None:
        sealed(BATCH)
        logged(BATCH)

    works: dict[str, Work] = {"bare": bare, "alone": alone, "together": together}
    taken = medians(works, rounds=rounds, clock=time.perf_counter_ns)
    each = taken["together"] / BATCH
    return [
        Row("bare seal, commit (baseline)", taken["bare"], 1.0),
        Row("seal, leaf, tiles, checkpoint; one certificate at a time", taken["alone"], taken["alone"] / taken["bare"]),
        Row(f"the same, each of {BATCH} together", each, each / taken["bare"]),
    ]
