"""Seals inside the certificate: one fixed shape each, no byte of the document touched, read under its own name only."""

from datetime import timedelta
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from opensps.formats import FormatError
from opensps.formats.digest import content_digest
from opensps.formats.xml_input import parse
from opensps.signing import (
    EnvelopedVariant,
    FileSigner,
    KeyFileError,
    SealError,
    Signer,
    Variant,
    check_integrity,
    document_digest,
    read_enveloped,
    seal_enveloped,
)
from opensps.signing.xmldsig import SIGNATURE
from tests.factories.signing import SEALED_AT, UntrustedTestSigner, certificate, document, signer

XML = document()
VARIANTS: tuple[EnvelopedVariant, ...] = ("enveloped", "enveloped-no-uri")
each_variant = pytest.mark.parametrize("variant", VARIANTS)


@cache
def with_rsa() -> FileSigner:
    key = rsa.generate_private_key(65537, 3072)
    return FileSigner(key, certificate(key))


@each_variant
@pytest.mark.parametrize("who", [signer, with_rsa], ids=["ecdsa", "rsa"])
def test_what_we_write_we_read_under_its_own_name(variant: EnvelopedVariant, who: "object") -> None:
    by: Signer = with_rsa() if who is with_rsa else signer()
    sealed = seal_enveloped(XML, signer=by, at=SEALED_AT, variant=variant)
    root = parse(sealed, sealed=True)
    read = read_enveloped(root, variant=Variant(variant))
    assert read is not None
    assert read.algorithm == ("RS256" if who is with_rsa else "ES256")
    check_integrity(read, digest=document_digest(root, read.variant))
    assert content_digest(root) == content_digest(parse(XML, sealed=True))


@each_variant
def test_no_byte_of_the_document_changes(variant: EnvelopedVariant) -> None:
    xml = b'<?xml version="1.0" encoding="UTF-8"?>\n' + XML + b"\n"
    sealed = seal_enveloped(xml, signer=signer(), at=SEALED_AT, variant=variant)
    start, end = sealed.index(b"<ds:Signature"), sealed.index(b"</ds:Signature>") + len(b"</ds:Signature>")
    assert sealed[:start] + sealed[end:] == xml
    assert parse(sealed, sealed=True)[-1].tag == SIGNATURE


@each_variant
def test_a_changed_document_does_not_hold(variant: EnvelopedVariant) -> None:
    sealed = seal_enveloped(XML, signer=signer(), at=SEALED_AT, variant=variant).replace(b"Garlic", b"Ginger")
    root = parse(sealed, sealed=True)
    read = read_enveloped(root, variant=Variant(variant))
    assert read is not None
    with pytest.raises(SealError, match="digest"):
        check_integrity(read, digest=document_digest(root, read.variant))


def test_one_variant_is_never_taken_for_the_other() -> None:
    for written, asked in (VARIANTS, VARIANTS[::-1]):
        root = parse(seal_enveloped(XML, signer=signer(), at=SEALED_AT, variant=written), sealed=True)
        with pytest.raises(SealError, match="references"):
            read_enveloped(root, variant=Variant(asked))


def test_a_namespace_that_only_inclusive_form_sees_is_sealed_too() -> None:
    xml = XML.replace(b"<ram:Name/>", b'<ram:Name xmlns:u="urn:unused"/>', 1)
    root = parse(seal_enveloped(xml, signer=signer(), at=SEALED_AT, variant="enveloped-no-uri"), sealed=True)
    read = read_enveloped(root, variant=Variant.ENVELOPED_NO_URI)
    assert read is not None
    check_integrity(read, digest=document_digest(root, read.variant))
    bare = parse(etree.tostring(root).replace(b' xmlns:u="urn:unused"', b""), sealed=True)
    assert content_digest(bare) == content_digest(root)
    assert document_digest(bare, read.variant) != document_digest(root, read.variant)


def test_a_document_that_is_sealed_inside_is_not_sealed_again() -> None:
    once = seal_enveloped(XML, signer=signer(), at=SEALED_AT)
    with pytest.raises(SealError, match="placement"):
        seal_enveloped(once, signer=signer(), at=SEALED_AT)


def test_an_empty_root_has_no_place_for_a_seal() -> None:
    empty = b'<rsm:SPSCertificate xmlns:rsm="urn:un:unece:uncefact:data:standard:SPSCertificate:17"/>'
    with pytest.raises(SealError, match="placement"):
        seal_enveloped(empty, signer=signer(), at=SEALED_AT)


def test_what_may_not_be_sealed_is_refused() -> None:
    with pytest.raises(FormatError, match="comment"):
        seal_enveloped(XML.replace(b"Garlic", b"Gar<!-- -->lic"), signer=signer(), at=SEALED_AT)


@pytest.mark.parametrize("days", [-400, 400])
def test_outside_the_dates_of_its_certificate_a_key_makes_no_seal_of_this_form(days: int) -> None:
    with pytest.raises(SealError, match=r"signer\.retired"):
        seal_enveloped(XML, signer=signer(), at=SEALED_AT + timedelta(days=days))


def test_a_signer_whose_certificate_holds_another_kind_of_key_signs_nothing() -> None:
    small = rsa.generate_private_key(65537, 1024)  # noqa: S505  weak on purpose: it must be refused
    broken = UntrustedTestSigner(signer().key, certificate(small))
    with pytest.raises(KeyFileError, match="certificate"):
        seal_enveloped(XML, signer=broken, at=SEALED_AT)
