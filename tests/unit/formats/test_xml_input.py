"""The one safe parser refuses what `reliability.md` 3.1 lists, each by its code."""

import pytest
from lxml import etree

from opensps.formats.errors import FormatError
from opensps.formats.xml_input import MAX_BYTES, parse, parse_noting
from opensps.formats.xml_prepass import MAX_DEPTH, MAX_NODES, MAX_PER_ELEMENT, MISMATCHED_PREFIX, UNDECLARED_PREFIX

BOMB = b"<!DOCTYPE a [<!ENTITY x 'xxxx'><!ENTITY y '&x;&x;&x;'>]><a>&y;</a>"
DEEP = b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1)
DEEP_ENOUGH = b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH
WIDE = b"<a " + b" ".join(b'x%d="1"' % n for n in range(MAX_PER_ELEMENT + 1)) + b"/>"
CROWDED = b"<a " + b" ".join(b'xmlns:x%d="urn:x"' % n for n in range(MAX_PER_ELEMENT + 1)) + b"/>"
LONG = b"<a>" + b"<b/>" * MAX_NODES + b"</a>"

REFUSED_EVERYWHERE = {
    "dtd": [BOMB, b"<!DOCTYPE a><a/>", b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'],
    "limits": [DEEP, WIDE, CROWDED, LONG],
    "relative_namespace": [
        b'<a xmlns="here"/>',
        b'<a><b xmlns:x="here/and/there"/></a>',
        b"<a xmlns:x='./y'/>",
    ],
    "too_large": [b"<a>" + b" " * MAX_BYTES + b"</a>"],
    "encoding": [b'<?xml version="1.0" encoding="UTF-7"?><a/>', b'<?xml version="1.0" encoding="windows-1252"?><a/>'],
    "not_well_formed": [
        b"",
        b"   ",
        b"certificate",
        b"<a>",
        b"<a></b>",
        b"<a>&nbsp;</a>",
        b"<a>&#0;</a>",
        b"<p:a/>",
        b'<a b="1" b="2"/>',
        b"<a/><a/>",
        b'<?xml version="1.1"?><a/>',
        b'<?xml version="1.0"?><a>\x00</a>',
        b"%PDF-1.7",
    ],
}
CASES = [(code, data) for code, group in REFUSED_EVERYWHERE.items() for data in group]


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize(("code", "data"), CASES)
def test_what_no_document_may_hold_is_refused_by_its_code(code: str, data: bytes, sealed: bool) -> None:
    with pytest.raises(FormatError) as refused:
        parse(data, sealed=sealed)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("comment", b"<a>12<!-- -->34</a>"),
        ("cdata", b"<a><![CDATA[12]]></a>"),
        ("pi", b"<a><?x y?></a>"),
        ("pi", b'<?xml version="1.0"?><?xml-stylesheet href="x"?><a/>'),
        ("pi", b'<?xml-stylesheet href="x"?><a/>'),
        ("encoding", '<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16")),
        ("encoding", "<a/>".encode("utf-16-le")),
        ("encoding", b'<?xml version="1.0" encoding="ISO-8859-1"?><a/>'),
        ("encoding", b"<a>\xff</a>"),
        ("limits", b"<a>" + b"<b/>" * 100_001 + b"</a>"),
        ("not_well_formed", b"<?xml nonsense?><a/>"),
    ],
)
def test_a_sealed_document_may_not_hold_even_harmless_marks(code: str, data: bytes) -> None:
    with pytest.raises(FormatError) as refused:
        parse(data, sealed=True)
    assert refused.value.code == code


def test_an_unsealed_document_is_read_without_its_marks_and_they_are_reported_with_their_lines() -> None:
    data = b"<a>12<!-- no\nreally -->34\n<b><![CDATA[<5>]]></b><?x y?></a>"
    parsed = parse_noting(data)
    assert parsed.root.text == "1234\n"
    assert parsed.root[0].text == "<5>"
    assert [(one.code, one.line) for one in parsed.noticed] == [("comment", 1), ("cdata", 3), ("pi", 3)]
    assert parse(data, sealed=False).text == "1234\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_unsealed_documents_are_read_in_four_encodings(encoding: str) -> None:
    name = encoding.removesuffix("-sig")
    data = f'<?xml version="1.0" encoding="{name}"?><a>Öl</a>'.encode(encoding)
    assert parse(data, sealed=False).text == "Öl"


@pytest.mark.parametrize("sealed", [True, False])
def test_limits_are_reached_but_not_passed(sealed: bool) -> None:
    assert parse(DEEP_ENOUGH, sealed=sealed).tag == "a"
    many = b"<a " + b" ".join(b'x%d="1"' % n for n in range(MAX_PER_ELEMENT)) + b"/>"
    assert len(parse(many, sealed=sealed).attrib) == MAX_PER_ELEMENT
    spread = b"<a>" + b'<b xmlns:x="urn:x" xmlns:y="urn:y" y="=" x=""/>' * MAX_PER_ELEMENT + b"</a>"
    assert len(parse(spread, sealed=sealed)) == MAX_PER_ELEMENT
    tags = b"<a>" + b"<b/>" * (MAX_NODES - 1) + b"</a>"
    assert len(parse(tags, sealed=sealed)) == MAX_NODES - 1


def test_text_between_many_tags_counts_as_nodes() -> None:
    data = b"<a>" + b"<b/>x" * (MAX_NODES // 2 + 1) + b"</a>"
    for sealed in (True, False):
        with pytest.raises(FormatError) as refused:
            parse(data, sealed=sealed)
        assert refused.value.code == "limits"


def test_a_namespace_that_only_looks_doubtful_is_accepted() -> None:
    assert parse(b'<a xmlns="ur&#110;:x"/>', sealed=True).tag == "{urn:x}a"
    assert parse(b'<a xmlns="urn:x"><b xmlns=""/></a>', sealed=True)[0].tag == "b"
    assert parse(b"<a>xmlns='not one'</a>", sealed=True).text == "xmlns='not one'"


def test_a_byte_order_mark_before_a_sealed_document_does_no_harm() -> None:
    assert parse(b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?><a/>', sealed=True).tag == "a"


@pytest.mark.parametrize("root", ["{urn:x}b", ("{urn:x}b", "a")])
@pytest.mark.parametrize("sealed", [True, False])
def test_another_root_than_asked_for_is_refused(root: str | tuple[str, ...], sealed: bool) -> None:
    with pytest.raises(FormatError) as refused:
        parse(b'<a xmlns="urn:x"/>', sealed=sealed, root=root)
    assert (refused.value.code, refused.value.path, refused.value.line) == ("root", "/a", 1)
    assert parse(b'<b xmlns="urn:x"/>', sealed=sealed, root=root).tag == "{urn:x}b"


def test_a_prefix_to_blame_is_named() -> None:
    for data, words in [
        (b"<a><ram:b/></a>", UNDECLARED_PREFIX),
        (b'<p:a xmlns:p="urn:x" xmlns:q="urn:x"><p:b>\n</q:b></p:a>', MISMATCHED_PREFIX),
        (b'<a xmlns:q="urn:x"><b></q:c></a>', "mismatched tag"),
    ]:
        with pytest.raises(FormatError) as refused:
            parse(data, sealed=False)
        assert (refused.value.code, refused.value.detail) == ("not_well_formed", words)
    with pytest.raises(FormatError) as refused:
        parse(b"<a><ram:b/></a>", sealed=True)
    assert refused.value.detail == UNDECLARED_PREFIX


def test_no_entity_and_no_file_is_ever_followed() -> None:
    for data in (b"<a>&x;</a>", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'):
        with pytest.raises(FormatError):
            parse(data, sealed=False)


def test_the_error_says_where() -> None:
    with pytest.raises(FormatError) as refused:
        parse(b"<a>\n\n<!-- x --></a>", sealed=True)
    assert refused.value.line == 3
    assert str(refused.value) == "comment (line 3): not allowed in a sealed document"
    assert str(FormatError("json_type", "/a/b")) == "json_type at /a/b"


def test_a_name_beyond_the_limits_of_the_library_is_a_limit() -> None:
    with pytest.raises(FormatError) as refused:
        parse(b"<" + b"a" * 60_000 + b"/>", sealed=True)
    assert refused.value.code == "limits"
    assert isinstance(parse(b"<a/>", sealed=True), etree._Element)


def test_an_encoding_hidden_behind_blanks_is_refused_all_the_same() -> None:
    with pytest.raises(FormatError) as refused:
        parse(b'<?xml version="1.0"' + b" " * 5000 + b'encoding="gbk"?><a/>', sealed=False)
    assert refused.value.code == "encoding"
