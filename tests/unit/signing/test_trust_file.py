"""The local trust file: read line by line, or not at all (`trust.md` 6.11)."""

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from opensps.signing import TrustedAuthority, TrustedKey, TrustError, TrustList, kid_of
from tests.factories.signing import signer, trusted

T1, T2 = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 1, 10, 20, 30, tzinfo=UTC)
KEY = trusted(uses=("training",), types=("657", "851"), from_at=T1)
SPKI = base64.b64encode(signer().spki_der).decode()
KID = signer().kid.hex()
SEAL = f"seal XA {KID} ES256 {SPKI} use=training types=657,851 from=2026-01-01T00:00:00Z to=-"
HEAD = ["ecert-trust-list/v1", "unsigned-local"]
GOOD = [
    *HEAD,
    "authority XA Plant and Animal Health Service of Examplia",
    "host XA v.ecert.example",
    "host XA localhost:8443",
    "profile XA 1",
    SEAL,
]


def _name(value: object) -> str:
    """Name a case the same in every process: the keys are made anew in each."""
    return re.sub(r"[0-9a-f]{16}|[A-Za-z0-9+/]{40,}=*", "KEY", str(value))


def load(*lines: str) -> TrustList:
    return TrustList.load("\n".join(lines) + "\n")


def test_authority_hosts_profile_and_key_are_read() -> None:
    trust = load(*GOOD)
    name = "Plant and Animal Health Service of Examplia"
    assert trust.authorities == (TrustedAuthority("XA", name, ("v.ecert.example", "localhost:8443"), 1),)
    assert trust.keys == (KEY,)
    assert trust.of_country("XA") == trust.authorities
    assert trust.authority("XB") is None


@pytest.mark.parametrize(
    "key",
    [
        KEY,
        replace(KEY, to_at=T2),
        replace(KEY, distrusted_from=T2),
        replace(KEY, uses=frozenset({"training", "xml", "qr"}), types=frozenset({"851"})),
    ],
)
def test_what_is_written_is_read_back(key: TrustedKey) -> None:
    trust = TrustList((TrustedAuthority("XA", "A", ("h.example",), 3), TrustedAuthority("XB", "B")), (key,))
    assert TrustList.load(trust.dump()) == trust


def test_rsa_keys_may_be_listed_for_reading() -> None:
    spki = _spki(rsa.generate_private_key(65537, 2048))
    key = replace(KEY, spki_der=spki, algorithm="RS256")
    trust = TrustList((TrustedAuthority("XA", "A"),), (key,))
    assert TrustList.load(trust.dump()).keys == (key,)


def test_ed25519_keys_may_be_listed_for_reading() -> None:
    public = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    spki = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    key = replace(KEY, spki_der=spki, algorithm="EdDSA")
    trust = TrustList((TrustedAuthority("XA", "A"),), (key,))
    assert TrustList.load(trust.dump()).keys == (key,)


def _spki(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _small_rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 1024)  # noqa: S505  weak on purpose: it must be refused


def _seal_of(spki: bytes, algorithm: str = "ES256") -> str:
    encoded = base64.b64encode(spki).decode()
    return SEAL.replace(KID, kid_of(spki).hex()).replace(SPKI, encoded).replace("ES256", algorithm)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "empty line"),
        ("authority XB  two spaces", "single spaces"),
        ("authority XB name ", "single spaces"),
        ("authority XB a\tb", "control"),
        ("wittness XB key", "unknown keyword"),
        ("authority XA again", "already named"),
        ("authority X name", "code and a name"),
        ("authority XB", "code and a name"),
        ("host XB h.example", "not been named"),
        ("host XA", "items expected"),
        ("host XA v.ecert.example", "given twice"),
        ("host XA Host.Example", "not a host"),
        ("host XA https://h.example", "not a host"),
        ("profile XB 1", "not been named"),
        ("profile XA 2", "given twice"),
        ("profile XA one", "not a profile"),
        (SEAL, "already listed"),
        (SEAL.replace("seal XA", "seal XB"), "not been named"),
        (SEAL + " more", "items expected"),
        (f"distrust XA {KID} from=2026-02-01T00:00:00Z event=2026-01-01T00:00:00Z", "from before it"),
        (f"distrust XA {'0' * 16} from=2026-02-01T00:00:00Z event=2026-02-01T00:00:00Z", "no such key"),
    ],
    ids=_name,
)
def test_a_line_that_says_what_it_may_not_say_is_refused_by_number(line: str, reason: str) -> None:
    with pytest.raises(TrustError, match=reason) as caught:
        load(*GOOD, line)
    assert caught.value.line == len(GOOD) + 1


@pytest.mark.parametrize(
    ("seal", "reason"),
    [
        (SEAL.replace("use=training", "use=xml"), "training keys only"),
        (SEAL.replace("use=training", "use=training,sign"), "known words"),
        (SEAL.replace("use=training", "use=training,training"), "known words"),
        (SEAL.replace("use=training", "use="), "use= expected"),
        (SEAL.replace("use=", "uses="), "use= expected"),
        (SEAL.replace("types=657,851", "types=any"), "known words"),
        (SEAL.replace(KID, "0" * 16), "not the kid"),
        (SEAL.replace(SPKI, "!!"), "not base64"),
        (SEAL.replace(SPKI, SPKI[:-3] + "B=="), "base64"),
        (_seal_of(b"\x30\x00"), "not a public key"),
        (SEAL.replace("ES256", "RS256"), "not a key of this algorithm"),
        (_seal_of(_spki(ec.generate_private_key(ec.SECP384R1()))), "neither"),
        (_seal_of(_spki(_small_rsa()), "RS256"), "neither"),
        (SEAL.replace("from=2026-01-01T00:00:00Z", "from=2026-01-01"), "not a time"),
        (SEAL.replace("from=2026-01-01T00:00:00Z", "from=2026-1-1T00:00:00Z"), "not a time as"),
        (SEAL.replace("to=-", "to=2025-01-01T00:00:00Z"), "ends before"),
        (SEAL.replace("to=-", "till=-"), "to= expected"),
    ],
    ids=_name,
)
def test_a_key_that_may_not_be_listed_is_refused(seal: str, reason: str) -> None:
    with pytest.raises(TrustError, match=re.escape(reason)):
        load(*GOOD[:-1], seal)


def test_a_key_is_distrusted_once() -> None:
    line = f"distrust XA {KID} from=2026-02-01T00:00:00Z event=2026-03-01T00:00:00Z"
    assert load(*GOOD, line).keys[0].distrusted_from == datetime(2026, 2, 1, tzinfo=UTC)
    with pytest.raises(TrustError, match="already distrusted"):
        load(*GOOD, line, line)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("ecert-trust-list/v2\nunsigned-local\n", 1),
        ("ecert-trust-list/v1\nserial 42\n", 2),
        ("ecert-trust-list/v1\nunsigned-local\nauthority XA name", 3),
        ("x" * ((1 << 20) + 1), 0),
    ],
)
def test_a_text_that_is_no_local_trust_file_is_refused(text: str, line: int) -> None:
    with pytest.raises(TrustError) as caught:
        TrustList.load(text)
    assert caught.value.line == line


@pytest.mark.parametrize(
    "trust",
    [
        TrustList((TrustedAuthority("XA", "A"),), (trusted(),)),
        TrustList((TrustedAuthority("XA", "A"),), (replace(KEY, from_at=T1.replace(microsecond=5)),)),
        TrustList((), (KEY,)),
    ],
    ids=["no_training_key", "fraction_of_a_second", "authority_not_named"],
)
def test_what_the_file_could_not_hold_is_not_written(trust: TrustList) -> None:
    with pytest.raises(TrustError):
        trust.dump()
