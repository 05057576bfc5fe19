"""The digests of events against vectors made by another encoder."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from opensps.events.digests import chain_digest, event_digest, payload_digest, payload_text, written_time

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "events" / "events.json").read_text(encoding="utf-8"))


def columns_of(vector: dict[str, Any]) -> dict[str, Any]:
    columns = dict(vector["columns"])
    columns["from_state"], columns["to_state"] = columns.pop("from"), columns.pop("to")
    columns["id"] = UUID(columns["id"])
    columns["at"] = datetime.fromisoformat(columns["at"])
    for name in ("payload_digest", "previous_digest"):
        columns[name] = bytes.fromhex(columns[name])
    return columns


@pytest.mark.parametrize("vector", VECTORS["events"], ids=lambda vector: vector["name"])
def test_the_digest_of_an_event_is_that_of_the_vector(vector: dict[str, Any]) -> None:
    assert event_digest(**columns_of(vector)).hex() == vector["digest"]
    assert hashlib.sha256(b"opensps.event/v1\n" + bytes.fromhex(vector["cbor"])).hexdigest() == vector["digest"]


@pytest.mark.parametrize("vector", VECTORS["events"], ids=lambda vector: vector["name"])
def test_every_column_counts(vector: dict[str, Any]) -> None:
    columns = columns_of(vector)
    for name, value in columns.items():
        other: Any = {
            str: f"{value}x",
            int: 71,
            bytes: b"\x01" * 32,
            UUID: UUID(int=5),
            datetime: datetime(2020, 1, 1, tzinfo=UTC),
        }[type(value)]
        assert event_digest(**{**columns, name: other}).hex() != vector["digest"], name


def test_a_payload_has_one_text_and_a_salted_digest() -> None:
    vector = next(vector for vector in VECTORS["events"] if "payload" in vector)
    text = payload_text({"n": 2, "text": "等待答复 – wait", "by": None})
    assert text == vector["payload"]["text"]
    salt = bytes.fromhex(vector["payload"]["salt"])
    assert payload_digest(salt=salt, text=text).hex() == vector["columns"]["payload_digest"]
    assert payload_digest(salt=bytes(16), text=text).hex() != vector["columns"]["payload_digest"]


def test_the_chain_recomputes_place_by_place() -> None:
    chain = b""
    for place in VECTORS["chain"]:
        chain = chain_digest(
            previous=chain, position=place["position"], event_digest=bytes.fromhex(place["event_digest"])
        )
        assert chain.hex() == place["chain"]


def test_times_are_written_in_utc_with_six_decimals() -> None:
    east = timezone(timedelta(hours=8))
    assert written_time(datetime(2026, 7, 3, 13, 0, tzinfo=east)) == "2026-07-03T05:00:00.000000Z"


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        written_time(datetime(2026, 7, 3))  # noqa: DTZ001 the naive time is the point


def test_a_payload_that_json_cannot_say_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        payload_text({"weight": float("nan")})
