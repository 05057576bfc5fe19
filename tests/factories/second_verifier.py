"""Two hundred certificates, codes, proofs and lists, good and bad, for the verifiers in Python and in the browser."""

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.factories.second_case import FRESH, GOOD, GOOD_CODE, Case, listed
from tests.factories.second_cases import MAKERS

COUNT = 200


def cases() -> list[Case]:
    """Return the cases, two hundred of them, the same in each run but for the keys."""
    found = [replace(each, trust=each.trust or listed()) for make in MAKERS for each in make()]
    return [*found, *at_random(COUNT - len(found))]


def at_random(count: int) -> Iterator[Case]:
    """Give genuine things with one sign changed somewhere."""
    choice, by = random.Random(7), listed()  # noqa: S311 the same every time
    parts = ("code", "xml", "seal", "bundle", "status")
    for number in range(max(count, 0)):
        part = parts[number % len(parts)]
        if part == "code":
            yield Case(f"random {number}: code", _changed(GOOD_CODE.encode(), choice).decode(), trust=by)
        elif part == "status":
            yield Case(f"random {number}: status", upload=GOOD, trust=by, lists=(_changed(FRESH[0], choice),))
        else:
            changed: dict[str, Any] = {part: _changed(getattr(GOOD, part), choice)}
            yield Case(f"random {number}: {part}", upload=replace(GOOD, **changed), trust=by)


def _changed(data: bytes, choice: random.Random) -> bytes:
    """Change one sign, but none of an X.509 certificate: which part of it breaks first, each library says its way."""
    made, place = bytearray(data), choice.randrange(len(data))
    start, end = data.find(b"X509Certificate>"), data.rfind(b"X509Certificate>")
    if start <= place <= end:
        place = choice.randrange(end, len(data))
    made[place] = choice.choice([each for each in b"0123456789ABCDEFabcdef<>/ \n" if each != made[place]])
    return bytes(made)
