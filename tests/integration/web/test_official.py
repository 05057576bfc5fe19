"""Our addresses and keys, for people and for programs: read from the signed list, which goes along."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from opensps.signing import TrustList
from opensps.signing.fingerprints import fingerprint
from opensps.signing.trust_entries import TrustedAuthority
from opensps.signing.trust_lines import Entries
from tests.factories.signing import root_keys, signed_list, trusted

pytestmark = pytest.mark.django_db
ADDRESS = "/.well-known/sps-verification.json"
OURS = TrustedAuthority("XA", "Service of Examplia", ("v.ecert.example",), contact="duty@xa.example")
KEY, PARTNERS = trusted(uses=("qr", "xml")), replace(trusted(uses=("xml",)), authority="XB")


@pytest.fixture
def installed(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A list that two roots signed, in force today."""
    note = signed_list(Entries((OURS, TrustedAuthority("XB", "Northland")), (KEY, PARTNERS)))
    (tmp_path / "trust.note").write_bytes(note)
    (tmp_path / "roots.txt").write_text("\n".join(str(each) for each in root_keys().keys))
    settings.OPENSPS_TRUST_FILE, settings.OPENSPS_TRUST_ROOTS = tmp_path / "trust.note", tmp_path / "roots.txt"
    monkeypatch.setattr(TrustList, "has_expired", lambda _list, _now: False)
    return note


def test_programs_get_our_addresses_and_keys_with_the_list_that_vouches_for_them(installed: bytes) -> None:
    answer = Client().get(ADDRESS)
    said = answer.json()
    assert (answer.status_code, said["signed"], said["hosts"]) == (200, True, ["v.ecert.example"])
    assert (said["authority"], said["mail_domains"]) == ("XA", ["xa.example"])
    (key,) = said["keys"]
    assert key["sha256"] == fingerprint(KEY.spki_der).replace(" ", "").lower()
    assert key["uses"] == ["qr", "xml"]
    vouched = TrustList.load_signed(said["trust_list"].encode(), roots=root_keys())
    assert said["trust_list"].encode() == installed
    assert vouched.authority("XA") == OURS
    assert not answer.cookies


def test_people_see_the_same_fingerprints(installed: bytes) -> None:
    page = Client().get("/official-addresses").content.decode()
    assert fingerprint(KEY.spki_der) in page
    assert ADDRESS in page
    assert "signed by two of our three roots" in page
    assert "三个根密钥" in Client().get("/zh-hans/official-addresses").content.decode()


def test_without_a_list_nothing_is_claimed(settings: Any) -> None:
    settings.OPENSPS_TRUST_FILE = None
    answer = Client().get(ADDRESS)
    assert (answer.status_code, answer.json()["error"]) == (503, "no trust list")
    assert "SHA-256" not in Client().get("/official-addresses").content.decode()
