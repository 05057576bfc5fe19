"""The genuine certificates of the demonstration raise no alarm: who learns on it must believe amber."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from opensps.border.goods_seen import Seen
from opensps.border.sourcing import kilograms
from opensps.project.demo.loading import _drawn
from opensps.rules.plausibility import RULES, has_check_digit

BEGIN = datetime(2026, 6, 1, tzinfo=UTC)


def test_no_container_seal_weight_or_treatment_of_the_demonstration_is_implausible() -> None:
    seals: list[dict[str, Any]] = []
    weights: list[dict[str, Any]] = []
    times: list[dict[str, Any]] = []
    random = Random(7)  # noqa: S311  made-up data, not secrets
    for place in range(400):
        at = BEGIN + timedelta(hours=10 * place)
        value, _firm = _drawn(random, place, at)
        assert all(map(has_check_digit, Seen("XA", str(place), value).containers))
        for equipment in value.consignment.transport_equipment:
            seals += [{"seal": seal.id, "number": str(place), "at": at} for seal in equipment.seals]
        for line in value.lines:
            masses = {"net": kilograms(line.net_weight), "gross": kilograms(line.gross_weight)}
            weights.append({"number": str(place), **masses, "packages": None, "payload": None, "range": None})
            ended = [each.ended.on for each in line.treatments if each.ended is not None]
            times.append({"number": str(place), "treated_at": max(ended, default=None), "signed_at": at.date()})
    for code, rows in (("P07", times), ("P12", seals), ("P13", weights)):
        assert rows
        assert [fired.subject for fired in RULES[code].check(rows, RULES[code].limit)] == []
