"""Hostile codes, proofs and lists by the thousand: an answer every time, and never a good one that was not signed."""

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from opensps.formats.qr_text import read_code, write_bare
from opensps.verification import AtHand, check_code, check_file
from tests.factories.proofs import HOST, code, proven, status_list, trust
from tests.factories.signing import NOW

ACCEPTED = {"in_force", "offline_ok"}


def mutated(data: bytes, choice: random.Random) -> bytes:
    """Return the bytes with one to three of them changed, doubled or left out."""
    made = bytearray(data)
    for _ in range(choice.randint(1, 3)):
        place = choice.randrange(len(made)) if made else 0
        made[place : place + choice.choice((0, 1, 1, 1, 2, 8))] = choice.choice(
            (
                bytes([choice.randrange(256)]),
                b"",
                made[place : place + 4] * 2,
                bytes([(made or b"a")[place] ^ 1 << choice.randrange(8)]),
            )
        )
    return bytes(made)


@pytest.mark.timeout(3600)
def test_a_changed_code_is_never_believed(heavy_count: Callable[[int], int]) -> None:
    choice, listed, hand = random.Random(1), trust(), AtHand((status_list(),))  # noqa: S311 the same every time
    good = code()
    message = read_code(good).message
    assert message is not None
    for _ in range(heavy_count(50_000)):
        changed = mutated(message, choice)
        if changed != message:
            verdict = check_code(write_bare(changed), trust=listed, now=NOW, at_hand=hand)
            assert verdict.result not in ACCEPTED | {"unavailable"}, changed.hex()
        text = mutated(good.encode(), choice).decode("latin-1")
        verdict = check_code(text, trust=listed, now=NOW, at_hand=hand)
        assert verdict.result != "unavailable", text
        assert verdict.result not in ACCEPTED or text.partition("#")[2] == good.partition("#")[2], text
        assert verdict.result not in ACCEPTED or text.lower().startswith(f"https://{HOST}/c/"), text


@pytest.mark.timeout(3600)
def test_a_changed_proof_or_list_never_makes_anything_better(heavy_count: Callable[[int], int]) -> None:
    choice, listed = random.Random(2), trust()  # noqa: S311 the same every time
    upload, lists = proven(), status_list()
    bundle = upload.bundle or b""
    for _ in range(heavy_count(5_000)):
        changed = type(upload)(upload.xml, upload.seal, mutated(bundle, choice))
        verdict = check_file(changed, trust=listed, now=NOW, at_hand=AtHand((lists,)))
        assert all(each.reason != "library" for each in verdict.fragments)
        other = mutated(lists, choice)
        if other != lists:
            assert check_file(upload, trust=listed, now=NOW, at_hand=AtHand((other,))).result == "offline_ok", (
                other.hex()
            )


@pytest.mark.timeout(3600)
@pytest.mark.needs("reference")
def test_every_hostile_code_stays_hostile_when_it_is_changed(
    reference: Path, heavy_count: Callable[[int], int]
) -> None:
    choice, listed = random.Random(3), trust()  # noqa: S311 the same every time
    cases = json.loads((reference / "trust" / "qr-attacks" / "cases.json").read_text())["cases"]
    for case in cases:
        for _ in range(heavy_count(100)):
            text = mutated(case["text"].encode(), choice).decode("latin-1")
            verdict = check_code(text, trust=listed, now=datetime(2026, 11, 20, 12, tzinfo=UTC))
            assert verdict.result not in ACCEPTED | {"unavailable"}, text
