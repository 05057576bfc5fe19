"""Reading and judging unsealed XML of 20 KB, and writing it, against the bare cost of libxml2; whole directories.

Baseline of reading: parse, and validation with our compiled schema. Ours: limits, parse, the walk to a value, schema
findings and every rule of the profile a received certificate is held to. Baseline of writing: the finished tree
serialised. Ours: from the value to bytes, in the strict order of the standard.
"""

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from lxml import etree

from bench.samples import Sample
from bench.timing import Row, Work, medians
from opensps.formats import read_certificate, validate, write_certificate
from opensps.formats.schema import _compiled
from opensps.project import bulk
from opensps.rules import PROFILES, Policy
from opensps.verification.comparison import compare
from tests.factories.alterations import put

DEMO = frozenset({"XA", "XB", "XC"})
MOST_BYTES = 25_000_000


def reading(given: Sample, *, rounds: int) -> list[Row]:
    """Return the bare parts, their sum, and what we make of the document."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root, schema = etree.fromstring(given.xml, parser), _compiled("certificate")
    policy = Policy(extra_countries=DEMO, now=given.now)
    bare: dict[str, Work] = {
        "parse": lambda: etree.fromstring(given.xml, parser),
        "schema": lambda: schema.validate(root),
    }
    ours: dict[str, Work] = {
        "read to a value": lambda: read_certificate(given.xml),
        "read, validate and judge by all rules": lambda: validate(given.xml, profile=PROFILES["read"], policy=policy),
    }
    return _against(bare, ours, rounds=rounds)


def writing(given: Sample, *, rounds: int) -> list[Row]:
    """Return the cost of serialising alone, and ours."""
    root = etree.fromstring(given.xml)
    bare: dict[str, Work] = {"serialisation": lambda: etree.tostring(root, xml_declaration=True, encoding="UTF-8")}
    return _against(bare, {"write from a value": lambda: write_certificate(given.value)}, rounds=rounds)


def comparing(given: Sample, *, rounds: int) -> list[Row]:
    """Return what it costs to compare two certificates that differ in one line, against reading both."""
    at = ("consignment", "items", 0, "trade_line_items", 0, "sequence")
    other = put(given.value, at, 99)
    bare: dict[str, Work] = {"reading of both": lambda: (read_certificate(given.xml), read_certificate(given.xml))}
    return _against(bare, {"compare by meaning": lambda: compare(given.value, other)}, rounds=rounds)


def _against(bare: dict[str, Work], ours: dict[str, Work], *, rounds: int) -> list[Row]:
    taken = medians({**bare, **ours}, rounds=rounds)
    baseline = sum(taken[name] for name in bare)
    return [
        *(Row(f"  bare {name}", taken[name]) for name in bare),
        Row("bare cost (baseline)", baseline, 1.0),
        *(Row(name, taken[name], taken[name] / baseline) for name in ours),
    ]


def in_bulk(given: Sample, *, count: int) -> str:
    """Return certificates per second and core of one process over so many files, and of two."""
    with tempfile.TemporaryDirectory() as directory:
        for number in range(count):
            (Path(directory) / f"{number:05}.xml").write_bytes(given.xml)
        asked = bulk.Asked(directory, "read", datetime.now(UTC), MOST_BYTES)
        lines = [f"Directory of {count} files of {len(given.xml)} bytes, as opensps xml validate DIR"]
        for jobs in (1, 2):
            begun, spent = time.monotonic(), time.process_time()
            done = sum(1 for _ in bulk.run(asked, jobs=jobs))
            rate = done / (time.monotonic() - begun)
            used = f", {done / (time.process_time() - spent):.0f} per second of processor time" if jobs == 1 else ""
            lines.append(f"  {jobs} process{'es' if jobs > 1 else ''}: {rate:.0f} certificates per second{used}")
    return "\n".join(lines)
