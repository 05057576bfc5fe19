"""A key speaks by its place in the log; without a proof of it, an ended key cannot be judged (`trust.md` 5.1)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from opensps.signing import SealError, TrustedAuthority, TrustedKey, TrustList
from opensps.signing.speaking import Evidence, speaking_key
from opensps.signing.trust_entries import Bound, LogPosition, TrustedLog
from tests.factories.signing import FROM, NOW, SEALED_AT, log_key, root_keys, signed_list, trusted

LOG, OTHER = log_key("log.example/xa/2026"), log_key("log.example/xa/2027")
FIRST, SECOND = LOG.name, OTHER.name
LOGS = (TrustedLog("XA", LOG, "https://a.example"), TrustedLog("XA", OTHER, "https://b.example"))
PLAIN = Evidence(SEALED_AT, NOW)


def at(index: int, origin: str = FIRST) -> LogPosition:
    return LogPosition(origin, index)


def judged(key: TrustedKey, evidence: Evidence, *, use: str = "xml", type_code: str | None = "851") -> str:
    """Return the reason why the key may not speak, "" if it may."""
    trust = TrustList((TrustedAuthority("XA", "A", (), 3),), (key,), LOGS)
    try:
        found = speaking_key(
            trust.keys,
            trust=trust,
            use=use,
            type_code=type_code,
            evidence=evidence,
            is_speaker=lambda each: each.authority == "XA",
        )
    except SealError as error:
        return error.reason
    assert found == key
    return ""


@pytest.mark.parametrize(
    ("position", "reason"),
    [
        (at(9), "retired"),
        (at(10), ""),
        (at(10**6), ""),
        (at(4, SECOND), ""),
        (at(5, SECOND), "retired"),
        (at(6, "log.example/unknown"), "position_unknown"),
        (None, "position_unknown"),
    ],
)
def test_a_period_is_one_of_the_log(position: LogPosition | None, reason: str) -> None:
    key = trusted(from_at=at(10), to_at=at(5, SECOND))
    assert judged(key, replace(PLAIN, position=position)) == reason


def test_a_key_in_use_needs_no_proof_of_place() -> None:
    assert judged(trusted(from_at=at(10)), PLAIN) == ""


@pytest.mark.parametrize(
    ("position", "reason"),
    [(at(6), ""), (at(7), "distrusted"), (at(0, SECOND), "distrusted"), (None, "position_unknown")],
)
def test_distrust_reaches_back_to_its_place_and_no_further(position: LogPosition | None, reason: str) -> None:
    key = trusted(from_at=at(0), distrusted_from=at(7))
    assert judged(key, replace(PLAIN, position=position)) == reason


def test_ten_years_later_the_answer_is_the_same() -> None:
    key = trusted(from_at=at(0), to_at=at(100))
    later = NOW + timedelta(days=3650)
    assert judged(key, replace(PLAIN, now=later, position=at(5))) == ""
    assert judged(key, replace(PLAIN, now=later, position=at(100))) == "retired"


@pytest.mark.parametrize(
    ("to_at", "distrusted_from", "proven", "reason"),
    [
        (NOW - timedelta(1), None, None, "retired" if NOW - timedelta(1) <= SEALED_AT else "position_unknown"),
        (SEALED_AT, None, None, "retired"),
        (NOW - timedelta(hours=1), None, SEALED_AT, ""),
        (NOW + timedelta(1), None, None, ""),
        (None, NOW, None, "position_unknown"),
        (None, NOW, SEALED_AT, ""),
        (None, SEALED_AT, SEALED_AT, "distrusted"),
    ],
)
def test_where_there_is_no_log_times_stand_in(
    to_at: Bound | None, distrusted_from: Bound | None, proven: object, reason: str
) -> None:
    key = trusted(to_at=to_at, distrusted_from=distrusted_from)
    proven_at = SEALED_AT if proven else None
    assert judged(key, replace(PLAIN, proven_at=proven_at)) == reason


def test_nothing_was_signed_before_the_key_was_listed() -> None:
    assert judged(trusted(from_at=NOW), PLAIN) == "retired"
    assert judged(trusted(from_at=FROM), PLAIN) == ""


def test_a_key_speaks_for_its_uses_and_types_only() -> None:
    assert judged(trusted(uses=("xml",)), PLAIN, use="qr") == "use"
    assert judged(trusted(types=("657",)), PLAIN) == "type"
    assert judged(trusted(types=("657",)), PLAIN, type_code=None) == ""


def test_an_expired_list_says_nothing() -> None:
    trust = TrustList.load_signed(signed_list(), roots=root_keys())
    late = replace(PLAIN, now=NOW + timedelta(days=31))
    with pytest.raises(SealError, match=r"signer\.list_expired"):
        speaking_key(trust.keys, trust=trust, use="xml", type_code=None, evidence=late, is_speaker=bool)


def test_every_key_of_one_name_is_tried() -> None:
    old, new = trusted(to_at=FROM + timedelta(1)), trusted()
    trust = TrustList((TrustedAuthority("XA", "A"),), (old, new))
    listed = trust.keys_called(new.kid)
    assert listed == (old, new)
    assert speaking_key(listed, trust=trust, use="xml", type_code="851", evidence=PLAIN, is_speaker=bool) == new
