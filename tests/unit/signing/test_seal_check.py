"""Whether a seal holds and whether its key may speak: a check that fails raises, with a permanent reason."""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from opensps.formats.digest import canonical, content_digest
from opensps.formats.xml_input import parse
from opensps.signing import (
    SealError,
    TrustedKey,
    TrustList,
    check_integrity,
    check_signer,
    judge_signer,
    read_enveloped,
    read_seal,
    seal,
    verify_seal,
)
from opensps.signing.xmldsig import RSA_SHA256
from tests.factories.signing import (
    NOW,
    SEALED_AT,
    UntrustedTestSigner,
    certificate,
    document,
    signer,
    stranger,
    trust_list,
    trusted,
)
from tests.vectors.attacks.seals import INPUTS, enveloped

XML = document()
GOOD = seal(XML, signer=signer(), at=SEALED_AT)
D = content_digest(parse(XML, sealed=True))


def refusal(xades: bytes, digest: bytes = D) -> str:
    with pytest.raises(SealError) as caught:
        check_integrity(read_seal(xades), digest=digest)
    assert caught.value.aspect == "integrity"
    return caught.value.reason


def test_a_good_seal_holds() -> None:
    check_integrity(read_seal(GOOD), digest=D)


def test_an_enveloped_signature_holds_over_the_rest_of_the_document() -> None:
    root = parse(enveloped(), sealed=True)
    read = read_enveloped(root)
    assert read is not None
    check_integrity(read, digest=content_digest(root))


def test_a_partners_rsa_signature_is_read() -> None:
    key = rsa.generate_private_key(65537, 2048)
    root = parse(enveloped(), sealed=True)
    signature = root[-1]
    signature[0][1].set("Algorithm", RSA_SHA256)
    signature[2][0][0].text = base64.b64encode(certificate(key)).decode()
    made = key.sign(canonical(signature[0]), padding.PKCS1v15(), hashes.SHA256())
    signature[1].text = base64.b64encode(made).decode()
    read = read_enveloped(root)
    assert read is not None
    check_integrity(read, digest=content_digest(root))
    with pytest.raises(SealError, match="signature"):
        check_integrity(replace(read, signature=made[::-1]), digest=content_digest(root))


def test_a_seal_is_over_its_own_document_only() -> None:
    assert refusal(GOOD, content_digest(parse(document(goods="Ginger"), sealed=True))) == "digest"


def test_a_signing_time_that_was_edited_does_not_hold() -> None:
    assert refusal(GOOD.replace(b"10:16:00Z", b"09:16:00Z")) == "digest"


def test_a_signature_of_another_key_does_not_hold() -> None:
    other = seal(XML, signer=stranger(), at=SEALED_AT)
    start, end = b"<ds:SignatureValue>", b"</ds:SignatureValue>"
    value = GOOD[GOOD.index(start) : GOOD.index(end)]
    foreign = other[other.index(start) : other.index(end)]
    assert refusal(GOOD.replace(value, foreign)) == "signature"


@pytest.mark.parametrize("value", [b"AAAA", b"A" * 86 + b"==", b"/" * 86 + b"=="], ids=["short", "zeros", "ones"])
def test_a_signature_that_cannot_be_one_does_not_hold(value: bytes) -> None:
    start, end = GOOD.index(b"<ds:SignatureValue>") + 19, GOOD.index(b"</ds:SignatureValue>")
    assert refusal(GOOD[:start] + value + GOOD[end:]) == "signature"


def judge(
    trust: TrustList,
    *,
    by: UntrustedTestSigner | None = None,
    claimed_at: datetime = SEALED_AT,
    proven_at: datetime | None = None,
    type_code: str = "851",
    now: datetime = NOW,
) -> TrustedKey:
    read = read_seal(GOOD if by is None else seal(XML, signer=by, at=SEALED_AT))
    return judge_signer(
        read, trust=trust, country="XA", type_code=type_code, claimed_at=claimed_at, now=now, proven_at=proven_at
    )


LATER = SEALED_AT + timedelta(days=1)
EARLIER = SEALED_AT - timedelta(days=1)


@pytest.mark.parametrize(
    "key",
    [trusted(), trusted(uses=["training"]), trusted(to_at=NOW + timedelta(days=1))],
    ids=["in_use", "training", "ends_later"],
)
def test_a_key_may_speak_in_its_period(key: TrustedKey) -> None:
    assert judge(trust_list(key)) == key


@pytest.mark.parametrize(
    ("trust", "reason"),
    [
        (TrustList(), "list_missing"),
        (trust_list(trusted(stranger())), "unknown_key"),
        (trust_list(trusted(authority="XB")), "other_authority"),
        (trust_list(trusted(uses=["qr"])), "use"),
        (trust_list(trusted(types=["657"])), "type"),
        (trust_list(trusted(from_at=LATER)), "retired"),
        (trust_list(trusted(to_at=EARLIER)), "retired"),
        (trust_list(trusted(to_at=SEALED_AT)), "retired"),
        (trust_list(trusted(to_at=LATER)), "position_unknown"),
        (trust_list(trusted(distrusted_from=LATER)), "position_unknown"),
    ],
)
def test_a_key_that_may_not_speak_is_refused_with_the_reason(trust: TrustList, reason: str) -> None:
    with pytest.raises(SealError) as caught:
        judge(trust)
    assert (caught.value.aspect, caught.value.reason) == ("signer", reason)


def test_a_certificate_made_for_other_uses_does_not_sign() -> None:
    who = UntrustedTestSigner.make(may_sign=False)
    with pytest.raises(SealError, match=r"signer\.use"):
        judge(trust_list(trusted(who)), by=who)


def test_a_seal_proven_to_be_older_outlives_its_key() -> None:
    key = trusted(to_at=LATER, distrusted_from=LATER)
    assert judge(trust_list(key), proven_at=SEALED_AT) == key


def test_a_seal_proven_to_be_younger_than_the_distrust_does_not_count() -> None:
    with pytest.raises(SealError, match=r"signer\.distrusted"):
        judge(trust_list(trusted(distrusted_from=EARLIER)), proven_at=SEALED_AT)


def test_what_is_proven_counts_more_than_what_is_claimed() -> None:
    with pytest.raises(SealError, match=r"signer\.retired"):
        judge(trust_list(trusted(to_at=SEALED_AT)), claimed_at=EARLIER, proven_at=LATER)


def test_a_key_listed_for_two_periods_may_speak_in_either() -> None:
    first, second = trusted(to_at=EARLIER), trusted(from_at=EARLIER)
    assert judge(trust_list(first, second)) == second


def test_our_own_output_is_verified_before_it_is_kept() -> None:
    trust = trust_list(trusted(uses=["training"]))
    assert verify_seal(XML, GOOD, trust=trust, sealed_at=SEALED_AT, accepts_training=True) == trust.keys[0]
    with pytest.raises(SealError, match=r"signer\.training"):
        verify_seal(XML, GOOD, trust=trust, sealed_at=SEALED_AT)
    assert verify_seal(XML, GOOD, trust=trust_list(), sealed_at=SEALED_AT) == trusted()


@pytest.mark.parametrize("name", [name for name, (reason, _) in INPUTS.items() if reason != "root"])
def test_bytes_that_may_not_be_sealed_are_not_verified(name: str) -> None:
    reason, bend = INPUTS[name]
    with pytest.raises(SealError, match=f"input.{reason}"):
        verify_seal(bend(XML), GOOD, trust=trust_list(), sealed_at=datetime(2026, 11, 20, tzinfo=UTC))


def ask(who: UntrustedTestSigner, trust: TrustList, *, accepts_training: bool = False) -> None:
    check_signer(who, trust=trust, country="XA", type_code="851", at=SEALED_AT, accepts_training=accepts_training)


def test_whether_a_key_may_seal_is_known_before_anybody_approves() -> None:
    ask(signer(), trust_list())
    ask(signer(), trust_list(trusted(uses=["training"])), accepts_training=True)
    with pytest.raises(SealError, match=r"signer\.training"):
        ask(signer(), trust_list(trusted(uses=["training"])))
    with pytest.raises(SealError, match=r"signer\.unknown_key"):
        ask(stranger(), trust_list())


def test_a_signer_without_a_readable_certificate_may_not_seal() -> None:
    with pytest.raises(SealError, match=r"seal_shape\.keyinfo"):
        ask(replace(signer(), certificate_der=b"none"), trust_list())
