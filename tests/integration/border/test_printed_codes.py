"""Printed codes and lists at our own desk: the register is asked after the signature, and every row counts."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opensps.border.models import CheckAttempt, StoredResult, WrongCodeCounter
from opensps.border.queries import list_by_id
from opensps.border.services import MOST_LINES, TooManyLines, check_code, check_many, check_number, list_kept
from opensps.certification.models import Certificate
from opensps.formats.carriers import check_url, verification_code
from opensps.formats.qr_payload import Claims, sign_claims
from opensps.formats.qr_text import write_code
from opensps.lifecycle import CertificateState
from opensps.signing import TrustList
from tests.factories import certification, signing
from tests.factories.certification import Cast, certificate_in
from tests.factories.signing import signer, stranger, trust_list, trusted

NOW = certification.START + timedelta(days=2)
HOST = "v.ecert.example"
WRONG_CODE = verification_code(b"\x07" * 16, "XA-2026-014-0000000-0")


@pytest.fixture
def people(db: None) -> Cast:
    return certification.cast()


@pytest.fixture
def certificate(people: Cast) -> Certificate:
    return certificate_in(people)


def trust() -> TrustList:
    listed = trust_list(trusted(uses=("xml", "qr")))
    return TrustList((replace(listed.authorities[0], hosts=(HOST,)),), listed.keys)


def code_of(certificate: Certificate, *, who: signing.UntrustedTestSigner | None = None, **changes: Any) -> str:
    said = Claims(
        issuer="XA",
        number=certificate.number,
        issued_at=certificate.issued_at,
        digest=bytes(certificate.digest),
        type_code=certificate.type_code,
        import_country=certificate.import_country,
        salt=bytes(certificate.salt),
        copy=0,
        page=(1, 1),
    )
    by = who or signer()
    message = sign_claims(replace(said, **changes), kid=signer().kid, sign=by.sign)
    return write_code(message, host=HOST, token=certificate.token)


def circumstances(**changes: Any) -> dict[str, Any]:
    return {"authority": "XA", "network": "192.0.2.17", "at": NOW, "trust": trust()} | changes


def test_a_signed_code_is_answered_from_our_own_record(certificate: Certificate) -> None:
    stored = check_code(text=f"\n{code_of(certificate)} ", **circumstances())
    assert (stored.result, stored.door) == ("in_force", "code")
    assert stored.answer("en")["number"] == certificate.number
    assert CheckAttempt.objects.get().number == certificate.number


@pytest.mark.parametrize("state", [CertificateState.ON_HOLD, CertificateState.WITHDRAWN])
def test_the_same_code_says_what_happened_since(people: Cast, state: CertificateState) -> None:
    assert check_code(text=code_of(certificate_in(people, state)), **circumstances()).result == str(state)


def test_a_plain_link_is_checked_and_counted_like_a_token(certificate: Certificate) -> None:
    link = check_url(HOST, certificate.token)
    assert check_code(text=link, **circumstances()).result == "in_force"
    assert check_code(text=check_url(HOST, "0" * 20), **circumstances()).result == "no_match"
    assert WrongCodeCounter.objects.count() == 1
    assert (
        check_code(text=check_url("evil.example", certificate.token), **circumstances()).result
        == "address_not_official"
    )


def test_the_register_is_not_asked_before_the_signature_holds(certificate: Certificate) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        stored = check_code(text=code_of(certificate, who=stranger()), **circumstances())
    assert stored.result == "file_altered"
    assert not any("certification_" in query["sql"] for query in asked.captured_queries)


def test_a_code_whose_certificate_we_hold_otherwise_is_refused(certificate: Certificate) -> None:
    other = code_of(certificate, number="XA-2026-014-0004513-6")
    assert check_code(text=other, **circumstances()).result == "fields_differ"


def test_an_issuer_with_a_log_shows_the_proof_of_its_own_records(certificate: Certificate) -> None:
    asked: list[str] = []

    def proofs(number: str) -> bytes | None:
        asked.append(number)
        return None

    logged = TrustList((replace(trust().authorities[0], profile=2),), trust().keys)
    terms = circumstances(trust=logged, proofs=proofs)
    assert check_number(number_typed=certificate.number, code_typed=certificate.code, **terms).result == "unavailable"
    assert asked == [certificate.number]


def rows(lines: str, **changes: Any) -> list[str]:
    found = check_many(lines, **circumstances(**changes))
    return [each.typing_error or ("left out" if each.is_left_out else _result(each.result)) for each in found]


def _result(stored: StoredResult | None) -> str:
    assert stored is not None
    return stored.result


def test_every_row_of_a_list_gets_its_own_answer(people: Cast, certificate: Certificate) -> None:
    gone = certificate_in(people, CertificateState.WITHDRAWN)
    lines = (
        f"\ufeffnumber,code\n{certificate.number},{certificate.code}\n\n{gone.number};{gone.code.lower()}\n"
        f"{certificate.number}\t{WRONG_CODE}\n{certificate.number},{certificate.code[:-1]}\nXA-2026-014-0004512-0\n"
        f"{code_of(certificate)}\nnonsense,{certificate.code}\n"
    )
    assert rows(lines) == ["in_force", "withdrawn", "no_match", "code", "row", "in_force", "number"]
    found = check_many(lines, **circumstances())
    assert [each.line for each in found] == [2, 4, 5, 6, 7, 8, 9]


def test_a_list_is_no_way_around_the_limit(certificate: Certificate) -> None:
    wrong = f"{certificate.number},{WRONG_CODE}\n"
    found = rows(wrong * 8 + f"{certificate.number},{certificate.code}\n")
    assert found[:5] == ["no_match"] * 5
    assert found[5] == "too_many_tries"
    assert found[6:] == ["left out"] * 3


def test_a_list_that_is_too_long_is_not_begun(certificate: Certificate) -> None:
    for lines in (f"{certificate.number},{certificate.code}\n" * (MOST_LINES + 1), "1" * 300_000):
        with pytest.raises(TooManyLines):
            check_many(lines, **circumstances())
    assert CheckAttempt.objects.count() == 0


def test_wrong_guesses_never_change_a_certificate(certificate: Certificate) -> None:
    before = Certificate.objects.values().get(pk=certificate.pk)
    for _ in range(70):
        check_number(number_typed=certificate.number, code_typed=WRONG_CODE, **circumstances())
    assert Certificate.objects.values().get(pk=certificate.pk) == before
    elsewhere = circumstances(network="203.0.113.9")
    assert check_number(number_typed=certificate.number, code_typed=certificate.code, **elsewhere).result == "in_force"
    assert check_code(text=code_of(certificate), **circumstances()).result == "in_force"


def test_a_list_made_for_an_official_is_shown_to_no_one_else(people: Cast, certificate: Certificate) -> None:
    lines = f"{certificate.number},{certificate.code}\nA-2026-0000318,\nnonsense,{certificate.code}\n"
    kept = list_kept(check_many(lines, **circumstances(checker=people.officer)), authority="XA", at=NOW)
    assert list_by_id(authority="XA", list_id=kept.id, at=NOW) is None
    shown = list_by_id(authority="XA", list_id=kept.id, at=NOW, viewer=people.officer.id)
    assert shown is not None
    assert [row.number for row in shown] == [certificate.number, "A-2026-0000318", ""]
