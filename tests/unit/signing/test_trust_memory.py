"""An older list is never believed again, and none is left out on the way (K4)."""

from datetime import timedelta
from pathlib import Path

import pytest

from opensps.signing import TrustError, TrustList
from opensps.signing.trust_memory import SUFFIX, install, load, load_with, seen_beside
from tests.factories.signing import NOW, root_keys, signed_list, trust_list, trusted


def digest(raw: bytes) -> bytes:
    return TrustList.load_signed(raw, roots=root_keys()).digest


FIRST = signed_list(serial=1)
SECOND = signed_list(serial=2, previous=digest(FIRST))
THIRD = signed_list(serial=3, previous=digest(SECOND))


def put(path: Path, *lists: bytes) -> TrustList:
    return install(path, lists, roots=root_keys(), now=NOW)


def test_lists_follow_each_other(tmp_path: Path) -> None:
    path = tmp_path / "trust.note"
    assert put(path, FIRST).serial == 1
    assert put(path, SECOND, THIRD).serial == 3
    assert load(path, roots=root_keys()).serial == 3
    assert seen_beside(path).serial == 3
    assert sorted(each.name for each in tmp_path.iterdir()) == ["trust.note", "trust.note" + SUFFIX]


def test_a_first_list_may_have_any_serial(tmp_path: Path) -> None:
    assert put(tmp_path / "list", THIRD).serial == 3


@pytest.mark.parametrize(
    ("lists", "reason"),
    [
        ((FIRST,), "does not come after 2"),
        ((SECOND,), "does not come after 2"),
        ((signed_list(serial=4, previous=digest(THIRD)),), "between 2 and 4 are missing"),
        ((signed_list(serial=3, previous=digest(FIRST)),), "does not name the list 2"),
        (
            (signed_list(serial=3, previous=digest(SECOND), life=timedelta(seconds=1), issued_at=NOW - timedelta(1)),),
            "ex",
        ),
        ((), "expired"),
    ],
)
def test_what_does_not_follow_is_not_installed(tmp_path: Path, lists: tuple[bytes, ...], reason: str) -> None:
    path = tmp_path / "list"
    put(path, FIRST, SECOND)
    with pytest.raises(TrustError, match=reason):
        put(path, *lists)
    assert load(path, roots=root_keys()).serial == 2


def test_K4_an_older_list_put_back_by_hand_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list"
    put(path, FIRST, SECOND)
    path.write_bytes(FIRST)
    with pytest.raises(TrustError, match="older than 2"):
        load(path, roots=root_keys())
    path.write_bytes(signed_list(serial=2))
    with pytest.raises(TrustError, match="another list of serial 2"):
        load(path, roots=root_keys())


def test_a_memory_that_cannot_be_read_stops_everything(tmp_path: Path) -> None:
    path = tmp_path / "list"
    put(path, FIRST)
    path.with_name("list" + SUFFIX).write_text("nothing")
    with pytest.raises(TrustError, match="cannot be read"):
        load(path, roots=root_keys())


def test_a_local_file_needs_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "trust.txt"
    path.write_text(trust_list(trusted(uses=("training",))).dump())
    assert not load(path, roots=None).is_signed
    assert not load_with(path, None).is_signed


def test_the_roots_may_lie_in_a_file(tmp_path: Path) -> None:
    path, roots = tmp_path / "list", tmp_path / "roots.txt"
    put(path, FIRST)
    roots.write_text("".join(f"{key}\n" for key in root_keys().keys))
    assert load_with(path, roots).serial == 1


def test_a_full_disk_leaves_no_half_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "list"
    put(path, FIRST)
    monkeypatch.setattr("os.fsync", _full)
    with pytest.raises(OSError, match="No space"):
        put(path, SECOND)
    assert load(path, roots=root_keys()).serial == 1
    assert len(list(tmp_path.iterdir())) == 2


def _full(_file: int) -> None:
    raise OSError(28, "No space left on device")
