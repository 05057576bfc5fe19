"""Mutated certificates, seals and JSON: refused or read, never a crash, never a genuine verdict on changed bytes."""

import random
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from opensps.formats import (
    DIALECTS,
    FormatError,
    capacity,
    content_digest,
    json_form,
    read_certificate,
    write_certificate,
)
from opensps.formats.xml_input import parse
from opensps.rules import Level
from opensps.verification import Upload, check_file
from tests.factories import kinds, records, signing
from tests.factories.certificates import phytosanitary

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "xml"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
TOKENS = (
    b"<!DOCTYPE a>", b"<!-- -->", b"<![CDATA[a]]>", b"<?a b?>", b"&#0;", b"&amp;", b"&lol;", b"]]>", b"\xff\xfe",
    b"\x00", b'xmlns=""', b'xmlns:a="urn:a"', b"<a:", b"</", b"/>", b'"', b"'", b"\xe2\x80\xae",
    b"9" * 400, b"<a>" * 300, b"NaN",
)  # fmt: skip
"""What has broken readers before."""


def _mutated(data: bytes, choice: random.Random) -> bytes:
    """Return the bytes with one to four places changed."""
    made = bytearray(data)
    for _ in range(choice.randint(1, 4)):
        place = choice.randrange(len(made) + 1)
        length = choice.choice((0, 1, 1, 2, 8, 64))
        kind = choice.randrange(4)
        new = (
            choice.choice(TOKENS),
            bytes(choice.randrange(256) for _ in range(choice.randint(1, 3))),
            b"",
            bytes(made[place : place + choice.randint(1, 200)]),
        )[kind]
        made[place : place + length] = new
    return bytes(made)


def _samples() -> list[tuple[str, bytes]]:
    """Return every document of ours, and one certificate written in each dialect."""
    ours = [(path.name, path.read_bytes()) for path in sorted(VECTORS.glob("*.xml"))]
    written = [
        (f"{value.kind}.{dialect}", write_certificate(value, dialect=dialect))
        for dialect in DIALECTS
        for value in (phytosanitary(), kinds.animals())
        if not any(one.level is Level.SEVERE for one in capacity(value, dialect=dialect))
    ]
    return ours + written


SAMPLES = _samples()
READINGS = 200_000
"""Over all samples together."""

SLOWEST_SECONDS, MOST_BYTES = 0.25, 64 * 1024 * 1024


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("name", "data"), SAMPLES, ids=[name for name, _ in SAMPLES])
def test_no_mutated_certificate_crashes_or_holds_up_the_reader(
    name: str, data: bytes, heavy_count: Callable[[int], int]
) -> None:
    choice = random.Random(f"read {name}")  # noqa: S311 the same every time
    slowest = 0
    for _ in range(heavy_count(READINGS // len(SAMPLES) + 1)):
        changed = _mutated(data, choice)
        begun = time.thread_time_ns()
        reading = read_certificate(changed)
        slowest = max(slowest, time.thread_time_ns() - begun)
        assert reading.certificate is not None or reading.acknowledgement is not None or reading.findings
    assert slowest / 1e9 < SLOWEST_SECONDS


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("name", "data"), SAMPLES, ids=[name for name, _ in SAMPLES])
def test_no_mutated_certificate_fills_the_memory(name: str, data: bytes, heavy_count: Callable[[int], int]) -> None:
    choice = random.Random(f"memory {name}")  # noqa: S311 the same every time
    tracemalloc.start()
    try:
        for _ in range(heavy_count(200)):
            read_certificate(_mutated(data, choice))
        assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
    finally:
        tracemalloc.stop()


@pytest.mark.timeout(3600)
def test_no_mutated_json_crashes_the_reader(heavy_count: Callable[[int], int]) -> None:
    choice, data = random.Random("json"), (VECTORS / "phytosanitary-851.json").read_bytes()  # noqa: S311 as above
    for _ in range(heavy_count(100_000)):
        try:
            json_form.loads(_mutated(data, choice).decode(errors="replace"))
        except FormatError:
            continue


@pytest.mark.timeout(3600)
def test_no_mutated_file_is_called_genuine_with_another_digest(heavy_count: Callable[[int], int]) -> None:
    choice = random.Random("seal")  # noqa: S311 as above
    good = records.sealed()
    assert good.xml is not None
    assert good.seal is not None
    digest, known = content_digest(parse(good.xml, sealed=True)), records.register(records.record(good.xml))
    for number in range(heavy_count(100_000)):
        xml = _mutated(good.xml, choice) if number % 2 else good.xml
        seal = good.seal if number % 2 else _mutated(good.seal, choice)
        verdict = check_file(Upload(xml=xml, seal=seal), trust=signing.trust_list(), now=NOW, **known)
        if verdict.result == "in_force":
            assert content_digest(parse(xml, sealed=True)) == digest
