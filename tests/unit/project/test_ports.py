"""Ports of a demonstration's own processes."""

from opensps.project.serving.ports import BEHIND, FIRST, free_ports

HANDED_OUT_FROM = 32_768
"""First port that Linux gives to outgoing connections by itself; other systems begin higher."""


def test_ports_differ_and_are_none_that_a_system_hands_out_meanwhile() -> None:
    found = free_ports(50)
    assert len(set(found)) == 50
    assert FIRST <= min(found) <= max(found) < BEHIND <= HANDED_OUT_FROM
