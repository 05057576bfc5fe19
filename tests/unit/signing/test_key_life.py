"""What a ceremony, a rotation, a retirement and a distrust leave behind: files, lines, and nothing to argue about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from opensps.signing import KeyFileError, TrustList
from opensps.signing.certifying import OVERLAP, Holder, make_root
from opensps.signing.fingerprints import fingerprint, is_same
from opensps.signing.key_changes import changed_lines, key_added, key_distrusted, key_retired, key_rotated
from opensps.signing.officer_table import fingerprint_of, line_of, read_line, read_table
from opensps.signing.roots_on_disk import ROOT_KEY_FILE, read_root, write_root
from opensps.signing.trust_entries import LogPosition
from tests.factories.passkeys import Passkey
from tests.factories.signing import FROM, signer, stranger, trust_list, trusted

BEFORE = trust_list().entries
KID, NEW = signer().kid, trusted(stranger())
LATER = datetime(2026, 12, 1, tzinfo=UTC)


def test_a_new_key_overlaps_its_predecessor_by_thirty_days() -> None:
    after = key_rotated(BEFORE, replace(NEW, from_at=LATER), former=KID, at=LATER)
    assert [each.to_at for each in after.keys] == [LATER + OVERLAP, None]
    assert timedelta(days=30) == OVERLAP
    former, new = changed_lines(BEFORE, after)
    assert former.startswith(f"seal XA {KID.hex()}")
    assert former.endswith("to=2026-12-31T00:00:00Z")
    assert new.endswith("from=2026-12-01T00:00:00Z to=-")


def test_a_key_ends_at_a_time_or_at_a_place_in_the_log() -> None:
    place = LogPosition("log.ecert.example/XA/2026", 812)
    (line,) = changed_lines(BEFORE, key_retired(BEFORE, KID, authority="XA", at=place))
    assert line.endswith("to=log.ecert.example/XA/2026@812")


def test_a_stolen_key_is_distrusted_from_before_it_was_noticed() -> None:
    after = key_distrusted(BEFORE, KID, authority="XA", since=FROM, event=LATER)
    (line,) = changed_lines(BEFORE, after)
    assert line == f"distrust XA {KID.hex()} from=2026-01-01T00:00:00Z event=2026-12-01T00:00:00Z"
    assert TrustList.of(after).keys[0].distrusted_from == FROM


def test_nothing_is_done_twice_or_to_a_key_nobody_lists() -> None:
    ended = key_retired(BEFORE, KID, authority="XA", at=LATER)
    with pytest.raises(KeyFileError, match="retired"):
        key_retired(ended, KID, authority="XA", at=LATER)
    gone = key_distrusted(BEFORE, KID, authority="XA", since=FROM, event=LATER)
    with pytest.raises(KeyFileError, match="distrusted"):
        key_distrusted(gone, KID, authority="XA", since=FROM, event=LATER)
    with pytest.raises(KeyFileError, match="exists"):
        key_added(BEFORE, trusted())
    for authority, kid in (("XB", KID), ("XA", NEW.kid)):
        with pytest.raises(KeyFileError, match="missing"):
            key_retired(BEFORE, kid, authority=authority, at=LATER)


def test_the_other_keys_of_a_list_stay_as_they_are() -> None:
    both = key_added(BEFORE, NEW)
    after = key_retired(both, NEW.kid, authority="XA", at=LATER)
    assert after.keys[0] == BEFORE.keys[0]
    assert after.keys[1].to_at == LATER


def test_a_fingerprint_is_read_aloud_in_groups_and_typed_in_any_way() -> None:
    shown = fingerprint(signer().spki_der)
    assert [len(group) for group in shown.split(" ")] == [4] * 16
    assert is_same(shown.lower().replace(" ", ":"), signer().spki_der)
    assert not is_same(shown[:-1], signer().spki_der)
    assert not is_same(shown, stranger().spki_der)


def test_a_root_comes_back_for_two_people_only(tmp_path: Path) -> None:
    root = make_root(Holder("XA", "Plant Health Service"), at=FROM)
    write_root(tmp_path, root, passphrase=b"first second")
    assert b"ENCRYPTED" in (tmp_path / ROOT_KEY_FILE).read_bytes()
    assert read_root(tmp_path, passphrase=b"first second").certificate == root.certificate
    with pytest.raises(KeyFileError, match="another passphrase"):
        read_root(tmp_path, passphrase=b"first")
    with pytest.raises(KeyFileError, match="exists"):
        write_root(tmp_path, root, passphrase=b"first second")
    with pytest.raises(KeyFileError, match="missing"):
        read_root(tmp_path / "nowhere", passphrase=b"first second")
    how = BestAvailableEncryption(b"first second")
    other = rsa.generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)
    (tmp_path / ROOT_KEY_FILE).write_bytes(other)
    with pytest.raises(KeyFileError, match="not a root of ours"):
        read_root(tmp_path, passphrase=b"first second")


def test_the_services_table_of_passkeys_is_lines_that_people_compare(tmp_path: Path) -> None:
    credential = Passkey("officer-1").credential
    line = line_of(credential)
    assert read_line(line) == credential
    (tmp_path / "officers").write_text(line + "\n\n")
    assert read_table(tmp_path / "officers") == {credential.id: credential}
    assert read_table(tmp_path / "nobody") == {}
    assert fingerprint_of(credential) != fingerprint_of(replace(credential, officer="officer-2"))


@pytest.mark.parametrize("line", ["", "officer", "officer AA", "officer A AA", " AA AA", "officer AA AA AA"])
def test_a_line_of_another_form_is_nobodys_passkey(line: str) -> None:
    with pytest.raises(KeyFileError, match="policy"):
        read_line(line)
