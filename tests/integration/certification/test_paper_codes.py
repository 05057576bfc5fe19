"""The printed codes of a paper: signed, one for each page, and only where their key may sign them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from opensps.accounts.queries import authority_profile
from opensps.certification.models import Certificate
from opensps.certification.queries.certificates import certificate_value
from opensps.certification.queries.log import LogPlace
from opensps.certification.services import CodeSigner, certificate_pdf
from opensps.certification.services.paper_codes import PaperFacts, page_codes
from opensps.formats import carriers, cose, qr
from opensps.formats.pdf import Mark
from opensps.formats.qr_payload import Claims, read_claims
from opensps.formats.qr_text import read_code
from opensps.signing import DeviceUnavailable, TrustedKey, TrustList
from opensps.verification import check_code
from tests.factories.certification import Cast, certificate_in
from tests.factories.signing import FROM, UntrustedTestSigner, signer, trust_list, trusted

pytestmark = pytest.mark.django_db

HOST = "v.ecert.example"
BOTH = trusted(uses=("xml", "qr"))


def codes(*keys: TrustedKey, who: UntrustedTestSigner | None = None, at_days: int = 400) -> CodeSigner:
    return CodeSigner(who or signer(), trust_list(*(keys or (BOTH,))), FROM + timedelta(days=at_days))


def facts(certificate: Certificate, **changes: object) -> PaperFacts:
    profile = authority_profile(certificate.authority)
    assert profile is not None
    whole = PaperFacts(certificate, certificate_value(certificate), None, profile.offset_minutes, 0)
    return replace(whole, **changes)  # type: ignore[arg-type]  # as the test gives them


def said(text: str) -> Claims:
    message = read_code(text).message
    assert message is not None
    return read_claims(cose.read_sign1(message).payload)


def test_every_page_has_its_own_signed_code(people: Cast) -> None:
    certificate = certificate_in(people)
    code = page_codes(facts(certificate), host=HOST, codes=codes())
    assert code is not None
    first, second = said(code(1, 2)), said(code(2, 2))
    assert (first.number, first.digest, first.salt) == (
        certificate.number,
        bytes(certificate.digest),
        bytes(certificate.salt),
    )
    assert (first.page, second.page, first.copy) == ((1, 2), (2, 2), 0)
    assert first.goods
    assert (second.goods, second.marks) == ((), ())
    assert read_code(code(1, 2)).token == certificate.token
    assert len(qr.modules(code(1, 2), level="M")) <= 69
    assert code(1, 2) == code(1, 2)


def test_what_is_printed_is_believed(people: Cast) -> None:
    certificate = certificate_in(people)
    code = page_codes(facts(certificate), host=HOST, codes=codes())
    assert code is not None
    listed = trust_list(BOTH)
    named = TrustList((replace(listed.authorities[0], hosts=(HOST,)),), listed.keys)
    assert check_code(code(1, 1), trust=named, now=certificate.sealed_at).result == "offline_ok"


@pytest.mark.parametrize(
    "key",
    [
        trusted(uses=("xml",)),
        trusted(uses=("qr",), types=("852",)),
        trusted(uses=("qr",), authority="XB"),
        trusted(uses=("qr",), to_at=FROM + timedelta(days=1)),
        replace(BOTH, algorithm="RS256"),
    ],
    ids=["use", "type", "authority", "retired", "rsa"],
)
def test_a_code_that_nobody_would_believe_is_never_printed(people: Cast, key: TrustedKey) -> None:
    assert page_codes(facts(certificate_in(people)), host=HOST, codes=codes(key)) is None


def test_without_a_key_the_code_is_a_plain_link(people: Cast) -> None:
    assert page_codes(facts(certificate_in(people)), host=HOST, codes=None) is None


class Unplugged(UntrustedTestSigner):
    """A signer whose device does not answer."""

    def sign(self, data: bytes) -> bytes:
        """Do not answer."""
        del data
        raise DeviceUnavailable("unplugged")


def test_a_device_that_does_not_answer_leaves_a_plain_link(people: Cast) -> None:
    made = UntrustedTestSigner.make()
    away = Unplugged(made.key, made.certificate_der)
    certificate = certificate_in(people)
    code = page_codes(facts(certificate), host=HOST, codes=codes(trusted(made, uses=("qr",)), who=away))
    assert code is not None
    assert code(1, 1) == carriers.check_url(HOST, certificate.token)


def test_the_last_day_of_validity_is_one_of_the_authoritys_own_time(people: Cast) -> None:
    certificate = certificate_in(people)
    certificate.valid_until = date(2027, 1, 31)
    code = page_codes(facts(certificate, offset_minutes=480), host=HOST, codes=codes())
    assert code is not None
    until = said(code(1, 1)).valid_until
    assert until is not None
    assert until.isoformat() == "2027-01-31T15:59:59+00:00"


def test_a_place_that_no_tree_has_yet_is_not_signed(people: Cast) -> None:
    certificate = certificate_in(people)
    waiting = LogPlace("log.xa.example/xa/2026", 5, is_in_tree=False, witnessed_at=None)
    for place in (waiting, replace(waiting, is_in_tree=True)):
        code = page_codes(facts(certificate, place=place), host=HOST, codes=codes())
        assert code is not None
        assert said(code(1, 1)).position is None


def test_the_same_paper_is_made_twice_and_carries_its_proof(people: Cast) -> None:
    certificate = certificate_in(people)
    wanted = {"authority": "XA", "number": certificate.number, "codes": codes(), "bundle": b"proof"}
    paper = certificate_pdf(**wanted)  # type: ignore[arg-type]  # as certificate_pdf takes them
    assert paper == certificate_pdf(**wanted)  # type: ignore[arg-type]  # as above
    assert f"{certificate.number}.tlog-proof".encode() in paper
    assert certificate_pdf(**wanted, mark=Mark.COPY) != paper  # type: ignore[arg-type]  # as above
