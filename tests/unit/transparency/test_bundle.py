"""What a proof bundle proves, and the answer when it does not."""

import pytest

from opensps.formats import cbor
from opensps.formats.base64_text import write_base64
from opensps.formats.note_keys import KeyType, NoteSigner
from opensps.formats.signed_note import NoteSignature
from opensps.transparency.bundle import CheckedBundle, check_bundle, read_bundle
from opensps.transparency.cosignature import NO_QUORUM, Quorum, WitnessKey
from opensps.transparency.errors import BundleError
from opensps.transparency.leaf import Leaf, LeafEvent, write_leaf
from tests.factories import logs

SALT, DIGEST = bytes(range(16)), bytes(range(32))
BOTH = (logs.WITNESS_B, logs.WITNESS_C)
TWO = Quorum(2, frozenset({"XB", "XC"}))
GOOD = logs.logged(SALT, DIGEST, *BOTH)


def _checked(raw: bytes, *, digest: bytes = DIGEST, quorum: Quorum = TWO) -> CheckedBundle:
    return check_bundle(
        read_bundle(raw), digest=digest, log_keys=[logs.LOG.key], witness_keys=logs.WITNESS_KEYS, quorum=quorum
    )


def test_a_certificate_in_the_log_is_proved_and_seen() -> None:
    found = _checked(GOOD)
    assert (found.logged, found.witnessed, found.log_key) == (None, None, logs.LOG.key)
    assert found.seen_by is not None
    assert found.seen_by.at == logs.AT
    assert found.checkpoint is not None
    assert found.checkpoint.size == 11


def test_another_document_is_not_the_one_in_the_log() -> None:
    assert _checked(GOOD, digest=bytes(32)).logged == "commitment"


def test_the_proof_of_a_withdrawal_is_no_proof_of_an_issue() -> None:
    leaf = logs.issue_leaf(SALT, DIGEST)
    withdrawal = Leaf(
        LeafEvent.WITHDRAW, "XA", leaf.hour, leaf.commitment, leaf.seal_kid, leaf.seal_digest, 1, bytes(16)
    )
    assert _checked(logs.logged(SALT, DIGEST, *BOTH, leaf=withdrawal)).logged == "commitment"


def test_L10_the_proof_of_one_leaf_does_not_serve_another() -> None:
    assert _checked(GOOD.replace(b"index 5\n", b"index 6\n")).logged == "proof"
    assert _checked(GOOD.replace(b"index 5\n", b"index 11\n")).logged == "proof"


def test_L10_too_many_hashes_and_sizes_near_the_limit_are_refused() -> None:
    line = GOOD.split(b"\n")[3] + b"\n"
    with pytest.raises(BundleError, match="path"):
        read_bundle(GOOD.replace(line, line * 61, 1))
    for index in (b"9223372036854775808", b"18446744073709551615"):
        with pytest.raises(BundleError, match="index"):
            read_bundle(GOOD.replace(b"index 5", b"index " + index))


def test_a_log_of_another_name_or_key_proves_nothing() -> None:
    bundle = read_bundle(GOOD)
    for key in (logs.signer("log.zz.example", KeyType.ED25519).key, logs.signer(logs.ORIGIN).key):
        found = check_bundle(bundle, digest=DIGEST, log_keys=[key], witness_keys=logs.WITNESS_KEYS, quorum=NO_QUORUM)
        assert (found.logged, found.witnessed, found.checkpoint) == ("proof", "quorum_short", None)


def test_a_forged_line_of_a_known_witness_is_noticed() -> None:
    forged = logs.signer("witness.xb.example")
    wrong = NoteSignature(forged.name, forged.key.id, bytes(72))
    raw = GOOD + f"{wrong}\n".encode()
    assert _checked(raw).witnessed == "cosignature"
    assert _checked(raw).logged is None


@pytest.mark.parametrize("cosigners", [(), (logs.WITNESS_B,)])
def test_too_few_witnesses_are_said_to_be_too_few(cosigners: tuple[NoteSigner, ...]) -> None:
    found = _checked(logs.logged(SALT, DIGEST, *cosigners))
    assert (found.logged, found.witnessed) == (None, "quorum_short")


def test_where_nobody_has_to_have_seen_it_nobody_is_missed() -> None:
    found = _checked(logs.logged(SALT, DIGEST), quorum=NO_QUORUM)
    assert found.witnessed is None
    assert found.seen_by is not None
    assert found.seen_by.at is None


def test_L11_one_organisation_under_three_names_counts_once() -> None:
    signers = [logs.signer(f"witness-{n}.xb.example") for n in range(3)]
    found = check_bundle(
        read_bundle(logs.logged(SALT, DIGEST, *signers)),
        digest=DIGEST,
        log_keys=[logs.LOG.key],
        witness_keys=[WitnessKey("XB", each.key) for each in signers],
        quorum=TWO,
    )
    assert found.witnessed == "quorum_short"
    assert found.seen_by is not None
    assert found.seen_by.organisations == ("XB",)


def test_a_witness_outside_the_quorum_and_a_key_that_cannot_cosign_do_not_count() -> None:
    log_key = WitnessKey("XB", logs.LOG.key)
    found = check_bundle(
        read_bundle(GOOD),
        digest=DIGEST,
        log_keys=[logs.LOG.key],
        witness_keys=[*logs.WITNESS_KEYS, log_key],
        quorum=Quorum(1, frozenset({"XC", "XD"})),
    )
    assert found.seen_by is not None
    assert found.seen_by.organisations == ("XC",)


def _with_extra(value: bytes) -> bytes:
    lines = GOOD.split(b"\n")
    return b"\n".join([lines[0], b"extra " + write_base64(value).encode(), *lines[2:]])


@pytest.mark.parametrize(
    ("reason", "raw"),
    [
        ("too_large", b"x" * (1 << 20) + b"x"),
        ("header", b"\xff\n\n"),
        ("header", b"c2sp.org/tlog-proof@v1\nextra AA==\nindex 0\n"),
        ("header", GOOD.replace(b"@v1", b"@v2")),
        ("extra", GOOD.replace(b"extra ", b"Extra ")),
        ("extra", GOOD.replace(b"extra ", b"extra !")),
        ("extra", b"c2sp.org/tlog-proof@v1\n\ncheckpoint\n"),
        ("extra", _with_extra(b"\xff")),
        ("extra", _with_extra(cbor.dumps((1, bytes(15), b"")))),
        ("extra", _with_extra(cbor.dumps((2, bytes(16), b"")))),
        ("leaf", _with_extra(cbor.dumps((1, bytes(16), b"")))),
        ("index", GOOD.replace(b"index 5", b"place 5")),
        ("index", GOOD.replace(b"index 5", b"index -5")),
        ("path", GOOD.replace(b"index 5\n", b"index 5\n!!\n")),
        ("path", GOOD.replace(b"index 5\n", b"index 5\nAAAA\n")),
    ],
)
def test_what_is_not_a_bundle_is_refused_with_its_reason(reason: str, raw: bytes) -> None:
    with pytest.raises(BundleError) as caught:
        read_bundle(raw)
    assert caught.value.reason == reason


def test_salt_and_leaf_travel_as_they_are() -> None:
    bundle = read_bundle(GOOD)
    assert bundle.salt == SALT
    assert bundle.leaf_bytes == write_leaf(logs.issue_leaf(SALT, DIGEST))
