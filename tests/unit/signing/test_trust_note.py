"""The signed trust list: two of three roots, a serial, an end, a predecessor, or it is no list (`trust.md` 6.11)."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from opensps.formats.note_keys import KeyType, NoteSigner
from opensps.formats.signed_note import read_signature_line, sign_note
from opensps.signing import TrustedAuthority, TrustError, TrustList
from opensps.signing.trust_entries import LogPosition, Quorum, TrustedLog, TrustedWitness
from opensps.signing.trust_lines import Entries
from opensps.signing.trust_note import Roots, combine, digest_of, read_body, read_signed, sign_body
from tests.factories.signing import NOW, log_key, root_keys, roots, signed_list, trust_list, trusted

LOG, OTHER = log_key("log.example/xa/2026"), log_key("log.example/xa/2027")
WITNESS = NoteSigner("witness.xb.example", KeyType.COSIGNATURE, bytes(32)).key
ML_DSA = NoteSigner("witness.xb.example", KeyType.MLDSA_COSIGNATURE, bytes(32)).key
AT = LogPosition(LOG.name, 7)
WHOLE = Entries(
    (TrustedAuthority("XA", "Service of Examplia", ("v.example",), 3, Quorum(1, ("XB", "XC")), "duty@xa.example"),),
    (trusted(from_at=LogPosition(LOG.name, 0), to_at=LogPosition(OTHER.name, 3)),),
    (TrustedLog("XA", LOG, "https://log.example/xa/2026", is_open=False), TrustedLog("XA", OTHER, "https://l.example")),
    (TrustedWitness("XB", WITNESS, "https://w.example"), TrustedWitness("XB", ML_DSA, "https://w.example")),
)
BODY = read_signed(signed_list(WHOLE), roots=root_keys())[0]


def refusal(text: str) -> tuple[int, str]:
    with pytest.raises(TrustError) as caught:
        read_body(text)
    return caught.value.line, caught.value.reason


def load(*, by: Iterable[NoteSigner] | None = None) -> TrustList:
    return TrustList.load_signed(signed_list(WHOLE, by=by), roots=root_keys())


def test_what_two_roots_signed_is_read_and_written_back_the_same() -> None:
    trust = load()
    assert (trust.entries, trust.serial, trust.is_signed) == (WHOLE, 1, True)
    assert trust.digest == digest_of(BODY)
    assert read_body(BODY).text == BODY


def test_K3_two_of_three_roots_must_sign() -> None:
    assert load(by=roots()).entries == load(by=roots()[1:]).entries == WHOLE
    for too_few in (roots()[:1], (roots()[0], roots()[0])):
        with pytest.raises(TrustError, match="1 of the roots"):
            load(by=too_few)


def test_strangers_vouch_for_nothing() -> None:
    strangers = [NoteSigner(each.name, KeyType.ED25519, bytes(32)) for each in roots()]
    with pytest.raises(TrustError, match="unsigned"):
        load(by=strangers)


def test_one_bad_signature_of_a_root_rejects_the_whole_list() -> None:
    good = signed_list(WHOLE, by=roots())
    other = sign_note("other\n", signer=roots()[2])
    mixed = good.replace(str(sign_note(BODY, signer=roots()[2])).encode(), str(other).encode())
    with pytest.raises(TrustError, match="signature"):
        read_signed(mixed, roots=root_keys())


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("serial 1", "serial 0", 2, "from 1 on"),
        ("serial 1", "serial 01", 2, "from 1 on"),
        ("serial 1\n", "", 2, "serial expected"),
        ("issued ", "made ", 3, "issued expected"),
        ("Z\nexpires", "\nexpires", 3, "not a time"),
        ("expires 2026-12-21", "expires 2026-12-22", 4, "at most 30 days"),
        ("expires 2026-12-21", "expires 2026-11-20", 4, "at most 30 days"),
        ("previous 0", "previous x", 5, "SHA-256"),
        ("open", "ajar", 12, "neither open nor frozen"),
        ("log.example/xa/2027+", "log.example/xa/2026+", 12, "id does not fit"),
        ("https://l.example", "http://l.example", 12, "not an https"),
        ("quorum XA 1", "quorum XA 3", 13, "more are needed"),
        ("quorum XA 1", "quorum XA 0", 13, "more are needed"),
        ("quorum XA 1", "quorum XA ²", 13, "more are needed"),
        ("XB XC", "XB XB", 13, "given twice"),
        ("XB XC", "XB xc", 13, "not organisations"),
        ("quorum XA 1 XB XC\n", "quorum XA 1 XB\nquorum XA 1 XC\n", 14, "quorum already"),
        ("witness XB", "witness xb", 14, "not an organisation"),
        (f"witness XB {ML_DSA}", f"witness XC {WITNESS}", 15, "given twice"),
        (f"witness XB {WITNESS}", f"witness XB {LOG}", 14, "kind does not belong"),
        ("duty@xa.example", "duty", 16, "not a mail"),
        ("from=log.example/xa/2026@0", "from=log.example/xa/2026@00", 9, "not a time"),
        ("from=log.example/xa/2026@0", "from=log.example/xa/2026@9223372036854775808", 9, "no log reaches"),
        ("to=log.example/xa/2027@3", "to=log.example/xa/2026@0", 9, "ends before"),
    ],
)
def test_a_body_that_says_what_it_may_not_say_is_refused_by_line(old: str, new: str, line: int, reason: str) -> None:
    found = refusal(BODY.replace(old, new))
    assert found[0] in {line, line - 1}
    assert reason in found[1]


def test_logs_keep_the_order_in_which_they_were_opened() -> None:
    trust = load()
    assert trust.order("XA", LogPosition(LOG.name, 999)) == (0, 999)
    assert trust.order("XA", LogPosition(OTHER.name, 0)) == (1, 0)
    assert trust.order("XB", AT) is None
    assert trust.log(OTHER.name) == WHOLE.logs[1]
    assert trust.log("log.example/xb") is None


def test_witnesses_are_those_of_the_organisations_in_the_quorum() -> None:
    trust = load()
    assert trust.witnesses_of("XA") == WHOLE.witnesses
    assert trust.witnesses_of("XB") == trust_list().witnesses_of("XA") == ()


def test_a_key_is_distrusted_from_a_place_in_the_log() -> None:
    key = replace(WHOLE.keys[0], distrusted_from=AT, distrust_event=LogPosition(LOG.name, 90))
    entries = replace(WHOLE, keys=(key,))
    assert TrustList.load_signed(signed_list(entries), roots=root_keys()).keys == (key,)
    with pytest.raises(TrustError, match="from before it"):
        read_signed(
            signed_list(replace(WHOLE, keys=(replace(key, distrust_event=LogPosition(LOG.name, 1)),))),
            roots=root_keys(),
        )


def test_roots_are_three_different_keys_known_beforehand() -> None:
    text = "\n".join(str(each.key) for each in roots())
    assert Roots.read(text + "\n") == root_keys()
    keys = text.split("\n")
    for wrong in (keys[:2], [*keys[:2], keys[0]], [*keys[:2], str(WITNESS)], [*keys[:2], "no key"]):
        with pytest.raises(TrustError, match="roots:"):
            Roots.read("\n".join(wrong))


def test_a_body_is_signed_at_each_place_and_put_together_at_one() -> None:
    lines = [read_signature_line(sign_body(BODY, signer=each)) for each in roots()[1:]]
    assert TrustList.load_signed(combine(BODY, lines, roots=root_keys()), roots=root_keys()).entries == WHOLE
    with pytest.raises(TrustError, match="1 of the roots"):
        combine(BODY, lines[:1], roots=root_keys())
    with pytest.raises(TrustError, match="not a note"):
        combine(BODY, [], roots=root_keys())


def test_only_a_list_is_signed_and_only_by_a_root() -> None:
    with pytest.raises(TrustError, match="serial expected"):
        sign_body("ecert-trust-list/v1\nunsigned-local\n", signer=roots()[0])
    with pytest.raises(TrustError, match="Ed25519"):
        sign_body(BODY, signer=NoteSigner("w", KeyType.COSIGNATURE, bytes(32)))


def test_a_list_ends_when_it_says_so() -> None:
    trust = load()
    assert trust.expires_at is not None
    assert not trust.has_expired(trust.expires_at - timedelta(seconds=1))
    assert trust.has_expired(trust.expires_at)
    assert not trust_list().has_expired(NOW)


def test_either_kind_of_file_is_known_by_its_own_words() -> None:
    local = trust_list(trusted(uses=("training",)))
    assert TrustList.load_any(local.dump().encode(), roots=None) == local
    assert TrustList.load_any(signed_list(WHOLE), roots=root_keys()).entries == WHOLE
    for raw, reason in ((signed_list(WHOLE), "no roots are known"), (b"\xff", "UTF-8")):
        with pytest.raises(TrustError, match=reason):
            TrustList.load_any(raw, roots=None)


def test_the_worked_list_verifies_and_the_one_with_one_signature_does_not(reference: Path) -> None:
    folder = reference / "trust" / "formats"
    keys = Roots.read("\n".join(json.loads((folder / "vectors.json").read_text())["trust_list_root_vkeys"]))
    trust = TrustList.load_signed((folder / "trust-list.note").read_bytes(), roots=keys)
    assert (trust.serial, trust.authorities[0].profile, len(trust.witnesses)) == (42, 3, 2)
    assert trust.authorities[0].quorum == Quorum(2, ("BB", "ZZ"))
    with pytest.raises(TrustError, match="1 of the roots"):
        TrustList.load_signed((folder / "trust-list-one-signature.note").read_bytes(), roots=keys)
