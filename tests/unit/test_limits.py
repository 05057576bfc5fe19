"""The measure of hostile cases measures: a slow, a large and a raising work are named, a harmless one is not."""

import time

from tests.limits import MAX_BYTES, MAX_CPU_SECONDS, beyond_limits


def _slow() -> None:
    until = time.process_time() + 1.2 * MAX_CPU_SECONDS
    while time.process_time() < until:
        pass


def _large() -> None:
    bytearray(b"x") * (MAX_BYTES + 8 * 1024 * 1024)


def test_what_costs_too_much_or_raises_is_named() -> None:
    found = beyond_limits({"good": dict, "slow": _slow, "raises": lambda: 1 // 0, "large": _large})
    assert found.keys() == {"slow", "raises", "large"}
    assert "processor time" in found["slow"]
    assert found["raises"] == "raised ZeroDivisionError"
    assert found["large"].endswith(" bytes")
