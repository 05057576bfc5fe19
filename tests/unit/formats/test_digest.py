"""The content digest D (`trust.md` 6.1)."""

import hashlib
from collections.abc import Callable

import pytest
from lxml import etree

from opensps.formats.digest import SIGNATURE, canonical, content_digest, inclusive_digest
from opensps.formats.errors import FormatError
from opensps.formats.xml_input import parse

DS = b'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'
PLAIN = b'<r:C xmlns:r="urn:r"><r:a b="1" a="2"/>\n<r:b/>\n</r:C>'


def test_the_digest_is_over_exclusive_canonical_form() -> None:
    same = (
        b'<?xml version="1.0"?><r:C xmlns:r="urn:r" xmlns:x="urn:unused"><r:a a=\'2\' b="1"></r:a>&#10;<r:b/>\n</r:C>\n'
    )
    expected = hashlib.sha256(b'<r:C xmlns:r="urn:r"><r:a a="2" b="1"></r:a>\n<r:b></r:b>\n</r:C>').digest()
    assert content_digest(parse(PLAIN, sealed=True)) == expected
    assert content_digest(parse(same, sealed=True)) == expected


@pytest.mark.parametrize(
    "signed",
    [
        b'<r:C xmlns:r="urn:r"><r:a b="1" a="2"/>\n<r:b/><ds:Signature ' + DS + b"><x/></ds:Signature>\n</r:C>",
        b'<r:C xmlns:r="urn:r"><ds:Signature ' + DS + b'/><r:a b="1" a="2"/>\n<r:b/>\n</r:C>',
        b'<r:C xmlns:r="urn:r"><r:a b="1" a="2"/><ds:Signature ' + DS + b"/>\n<r:b/>\n</r:C>",
    ],
)
def test_a_signature_child_does_not_count_but_the_text_after_it_does(signed: bytes) -> None:
    root = parse(signed, sealed=True)
    assert content_digest(root) == content_digest(parse(PLAIN, sealed=True))
    assert root.find(SIGNATURE) is not None


def test_the_first_child_may_be_the_signature_and_be_followed_by_text() -> None:
    signed = parse(b"<C>one<ds:Signature " + DS + b"/>two</C>", sealed=True)
    assert content_digest(signed) == content_digest(parse(b"<C>onetwo</C>", sealed=True))
    bare = parse(b"<C><ds:Signature " + DS + b"/>two</C>", sealed=True)
    assert content_digest(bare) == content_digest(parse(b"<C>two</C>", sealed=True))


def test_a_signature_deeper_down_is_content() -> None:
    inner = parse(b"<C><a><ds:Signature " + DS + b"/></a></C>", sealed=True)
    assert content_digest(inner) != content_digest(parse(b"<C><a/></C>", sealed=True))


def test_what_stands_around_the_element_does_not_count() -> None:
    wrapped = parse(b'<e:E xmlns:e="urn:e">' + PLAIN + b"tail</e:E>", sealed=True)[0]
    signed = b'<r:C xmlns:r="urn:r">x<ds:Signature ' + DS + b"/></r:C>"
    wrapped_signed = parse(b'<e:E xmlns:e="urn:e">' + signed + b"tail</e:E>", sealed=True)[0]
    assert content_digest(wrapped) == content_digest(parse(PLAIN, sealed=True))
    assert content_digest(wrapped_signed) == content_digest(parse(signed, sealed=True))


@pytest.mark.parametrize("form", [canonical, content_digest, inclusive_digest])
def test_what_cannot_be_canonicalised_is_an_error_and_never_empty(form: Callable[[etree._Element], bytes]) -> None:
    relative = etree.fromstring(b'<a xmlns="relative/name"/>')
    with pytest.raises(FormatError) as refused:
        form(relative)
    assert refused.value.code == "relative_namespace"
