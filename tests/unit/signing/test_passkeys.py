"""An officer's passkey signs the act and the documents that were shown, and stands for nothing else (A6)."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from opensps.signing import EvidenceRefused
from opensps.signing.approvals import MAX_DIGESTS, Approval, Method, challenge_of
from opensps.signing.passkeys import (
    Credential,
    RelyingParty,
    Verified,
    decoded,
    encoded,
    read_registration,
    registration_options,
    verify_approval,
)
from tests.factories.passkeys import PARTY, Passkey, by_password
from tests.factories.signing import SEALED_AT

D1, D2 = hashlib.sha256(b"1").digest(), hashlib.sha256(b"2").digest()


def refusal(approval: Approval, credential: Credential, party: RelyingParty = PARTY) -> str:
    with pytest.raises(EvidenceRefused) as caught:
        verify_approval(approval, credential, party=party)
    return caught.value.reason


def test_the_challenge_is_that_of_the_design() -> None:
    expected = hashlib.sha256(b"ecert.approve/v1\nissue\n" + D1 + D2).digest()
    assert challenge_of("issue", (D1, D2)) == expected


@pytest.mark.parametrize(
    ("act", "digests"),
    [
        ("issue", ()),
        ("issue", (D1, D1)),
        ("issue", (D1[:31],)),
        ("sell", (D1,)),
        ("issue", tuple(hashlib.sha256(bytes([n])).digest() for n in range(MAX_DIGESTS + 1))),
    ],
    ids=["none", "twice", "short", "other_act", "too_many"],
)
def test_an_approval_names_a_known_act_and_one_to_thirty_digests(act: str, digests: tuple[bytes, ...]) -> None:
    with pytest.raises(EvidenceRefused, match="digests"):
        challenge_of(act, digests)


def test_a_registered_passkey_approves() -> None:
    key, challenge = Passkey("officer-1"), b"c" * 32
    options = registration_options(party=PARTY, officer="officer-1", name="Lin", challenge=challenge, known=(b"old",))
    assert '"userVerification": "required"' in options
    credential = read_registration(key.registration(challenge), party=PARTY, officer="officer-1", challenge=challenge)
    assert credential == key.credential
    approval = key.approve(D1, D2, at=SEALED_AT)
    assert verify_approval(approval, credential, party=PARTY) == Verified(1, has_counter_gone_back=False)


@pytest.mark.parametrize("answer", ["none", "{}", '{"id": 1}', "[]"])
def test_what_is_no_registration_is_refused(answer: str) -> None:
    with pytest.raises(EvidenceRefused, match="registration"):
        read_registration(answer, party=PARTY, officer="officer-1", challenge=b"c" * 32)


def test_a_registration_for_another_challenge_or_place_is_refused() -> None:
    for key, challenge in (
        (Passkey("o"), b"d" * 32),
        (Passkey("o", RelyingParty("evil.example", "https://evil.example")), b"c" * 32),
        (Passkey("o", is_verified=False), b"c" * 32),
    ):
        with pytest.raises(EvidenceRefused, match="registration"):
            read_registration(key.registration(challenge), party=PARTY, officer="o", challenge=b"c" * 32)


def test_an_approval_of_one_document_is_none_of_another() -> None:
    key = Passkey("officer-1")
    swapped = replace(key.approve(D1, at=SEALED_AT), digests=(D2,))
    assert refusal(swapped, key.credential) == "signature"
    assert refusal(replace(key.approve(D1, at=SEALED_AT), act="withdraw"), key.credential) == "signature"


def test_an_approval_is_of_one_person_at_one_place_who_was_verified() -> None:
    key = Passkey("officer-1")
    good = key.approve(D1, at=SEALED_AT)
    assert refusal(replace(good, officer="officer-2"), key.credential) == "credential"
    assert refusal(good, Passkey("officer-1").credential) == "credential"
    assert refusal(good, key.credential, RelyingParty("evil.example", "https://evil.example")) == "signature"
    assert refusal(replace(good, signature=b""), key.credential) == "signature"
    unverified = Passkey("officer-1", is_verified=False)
    assert refusal(unverified.approve(D1, at=SEALED_AT), unverified.credential) == "signature"
    assert refusal(by_password(D1, at=SEALED_AT), key.credential) == "method"


def test_a_counter_that_goes_back_is_told_and_not_refused() -> None:
    key = Passkey("officer-1", count=6)
    approval = key.approve(D1, at=SEALED_AT)
    known = replace(key.credential, sign_count=9)
    assert verify_approval(approval, known, party=PARTY) == Verified(7, has_counter_gone_back=True)
    silent = Passkey("officer-1", count=-1)
    assert not verify_approval(silent.approve(D1, at=SEALED_AT), silent.credential, party=PARTY).has_counter_gone_back


def test_evidence_travels_without_loss() -> None:
    approval = Passkey("officer-1").approve(D1, at=SEALED_AT)
    assert Approval.from_plain(approval.plain()) == approval


@pytest.mark.parametrize(
    "change",
    [
        {"method": "fingerprint"},
        {"at": "today"},
        {"at": 10**20},
        {"digests": 5},
        {"digests": (5,)},
        {"officer": 5},
        {"act": "sell"},
        {"signature": None},
    ],
    ids=str,
)
def test_evidence_of_another_form_is_refused(change: dict[str, object]) -> None:
    good: dict[Any, Any] = dict(by_password(D1, at=SEALED_AT).plain())
    with pytest.raises(EvidenceRefused, match="form"):
        Approval.from_plain({**good, **change})
    good.pop("officer")
    for other in (good, None):
        with pytest.raises(EvidenceRefused, match="form"):
            Approval.from_plain(other)


def test_base64url_is_read_or_refused() -> None:
    assert decoded("AQID") == b"\x01\x02\x03"
    assert decoded(encoded(bytes(31))) == bytes(31)
    with pytest.raises(EvidenceRefused, match="form"):
        decoded("A")


def test_a_method_is_named_as_events_name_it() -> None:
    assert [str(each) for each in Method] == ["password", "webauthn"]
