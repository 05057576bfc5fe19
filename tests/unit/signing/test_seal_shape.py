"""Seals are read in exactly one shape (`trust.md` 7.2); every other one is refused before any cryptography."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from opensps.formats.xml_input import parse
from opensps.signing import SealError, Variant, read_enveloped, read_seal, seal
from opensps.signing.signer_certificate import read_signer_certificate
from tests.factories.signing import SEALED_AT, certificate, document, signer
from tests.vectors.attacks.seals import ENVELOPED, SHAPES, enveloped

GOOD = seal(document(), signer=signer(), at=SEALED_AT)


def test_a_good_seal_is_read() -> None:
    read = read_seal(GOOD)
    assert read.variant is Variant.DETACHED
    assert read.signing_time == SEALED_AT
    assert read.signer.name == "Untrusted test seal"
    assert read.signer.spki_der == signer().spki_der
    assert read.signer.may_sign


def test_a_seal_laid_out_by_hand_is_read_too() -> None:
    assert read_seal(b'<?xml version="1.0"?>\n' + GOOD.replace(b"><", b">\n  <")).signing_time == SEALED_AT


@pytest.mark.parametrize("name", SHAPES)
def test_a_seal_of_another_shape_is_refused(name: str) -> None:
    reason, bend = SHAPES[name]
    with pytest.raises(SealError) as caught:
        read_seal(bend(GOOD))
    assert (caught.value.aspect, caught.value.reason) == ("seal_shape", reason)


def test_an_enveloped_signature_is_read() -> None:
    read = read_enveloped(parse(enveloped(), sealed=True))
    assert read is not None
    assert read.variant is Variant.ENVELOPED
    assert read.signing_time is None


def test_a_document_without_a_signature_has_no_seal() -> None:
    assert read_enveloped(parse(document(), sealed=True)) is None


@pytest.mark.parametrize("name", ENVELOPED)
def test_an_enveloped_signature_of_another_shape_is_refused(name: str) -> None:
    reason, bend = ENVELOPED[name]
    with pytest.raises(SealError) as caught:
        read_enveloped(parse(bend(enveloped()), sealed=True))
    assert (caught.value.aspect, caught.value.reason) == ("seal_shape", reason)


def test_the_time_is_written_in_utc_whatever_its_zone() -> None:
    at = datetime.fromisoformat("2026-11-20T18:16:00+08:00")
    assert read_seal(seal(document(), signer=signer(), at=at)).signing_time == datetime(
        2026, 11, 20, 10, 16, tzinfo=UTC
    )


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_is_no_moment_in_utc_is_refused(time: str) -> None:
    written = SEALED_AT.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    assert written in GOOD
    with pytest.raises(SealError):
        read_seal(GOOD.replace(written, time.encode()))


def test_only_the_signature_value_differs_when_the_same_bytes_are_sealed_again() -> None:
    start, end = GOOD.index(b"<ds:SignatureValue>"), GOOD.index(b"</ds:SignatureValue>")
    again = seal(document(), signer=signer(), at=SEALED_AT)
    assert (again[:start], again[end:]) == (GOOD[:start], GOOD[end:])


def test_a_certificate_without_key_usage_may_sign() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    assert read_signer_certificate(certificate(key, may_sign=None)).may_sign


def test_an_rsa_key_is_known_by_its_algorithm() -> None:
    assert read_signer_certificate(certificate(rsa.generate_private_key(65537, 2048))).algorithm == "RS256"


def test_a_certificate_whose_extensions_cannot_be_read_is_refused() -> None:
    der = certificate(ec.generate_private_key(ec.SECP256R1()))
    broken = der.replace(bytes.fromhex("03020780"), bytes.fromhex("04020780"), 1)
    with pytest.raises(ValueError):  # noqa: PT011  the words are the library's
        read_signer_certificate(broken)


def test_a_certificate_of_a_version_that_does_not_exist_is_refused() -> None:
    der = certificate(ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(ValueError, match="not a valid X509 version"):
        read_signer_certificate(der.replace(bytes.fromhex("a003020102"), bytes.fromhex("a00302017a"), 1))


def test_a_certificate_for_an_unknown_kind_of_key_is_refused() -> None:
    der = certificate(ec.generate_private_key(ec.SECP256R1()))
    on_a_curve, unknown = bytes.fromhex("06072a8648ce3d0201"), bytes.fromhex("06072a8648ce3d0277")
    with pytest.raises(ValueError):  # noqa: PT011  the words are the library's
        read_signer_certificate(der.replace(on_a_curve, unknown))
