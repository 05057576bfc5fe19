"""XML read while it arrives: the same rules as everywhere, and a long text that never lies in memory."""

import contextlib
import time
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from opensps.formats import FormatError
from opensps.formats.xml_stream import LONG, Document, is_readable, read_stream, without_long_texts, written

MOST = 200_000_000


def read(data: bytes, *, step: int = 0, encoding: str | None = None, long_from: int = LONG) -> Document:
    pieces = [data] if not step else [data[at : at + step] for at in range(0, len(data), step)]
    return read_stream(pieces, most_bytes=MOST, encoding=encoding, long_from=long_from)


def refused(data: bytes, *, step: int = 0, encoding: str | None = None) -> str:
    with pytest.raises(FormatError) as caught:
        read(data, step=step, encoding=encoding).close()
    return caught.value.code


def test_elements_attributes_and_texts_are_read_with_their_names() -> None:
    with read(
        b'<a xmlns="urn:a" xmlns:b="urn:b" b:x="1" y="2">t<b:c/>u<c xmlns="">&lt;v<!--w--><![CDATA[&x]]></c></a>'
    ) as found:
        root = found.root
        assert (root.tag, root.local, root.text) == ("{urn:a}a", "a", "tu")
        assert root.attributes == {"{urn:b}x": "1", "y": "2"}
        assert [child.tag for child in root.children] == ["{urn:b}c", "c"]
        assert root.children[1].text == "<v&x"


def test_a_type_is_resolved_where_it_stands() -> None:
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    children = '<b xmlns:p="urn:2" xsi:type=" p:T"/><c xsi:type="p:T"/><d xsi:type="q:T"/><e xsi:nil="1"/>'
    body = f'<a {xsi} xmlns:p="urn:1">{children}</a>'
    with read(body.encode()) as found:
        assert [child.type for child in found.root.children] == ["{urn:2}T", "{urn:1}T", "{q}T", ""]
        assert [child.is_nil for child in found.root.children] == [False, False, False, True]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("<a>é大</a>".encode(), None),
        (b"\xef\xbb\xbf" + "<a>é大</a>".encode(), None),
        (b"\xef\xbb\xbf" + "<?xml version='1.0' encoding='iso-8859-1'?><a>é大</a>".encode(), "iso-8859-1"),
        ("<?xml version='1.0' encoding='utf-8'?><a>é大</a>".encode("utf-16"), None),
        ("<a>é大</a>".encode("utf-16-le"), "utf-16"),
        ("<a>é大</a>".encode("utf-16-be"), "utf-16be"),
        ("<?xml version='1.0' encoding='utf-16'?><a>é大</a>".encode(), "UTF-8"),
    ],
)
def test_a_mark_counts_more_than_the_transport_and_that_more_than_the_declaration(
    data: bytes, encoding: str | None
) -> None:
    for step in (0, 1, 2):
        with read(data, encoding=encoding, step=step) as found:
            assert found.root.text == "é大"


def test_latin_letters_are_read_by_declaration_or_transport() -> None:
    with read("<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>".encode("latin-1")) as found:
        assert found.root.text == "é"
    with read("<a>é</a>".encode("latin-1"), encoding="ISO-8859-1") as found:
        assert found.root.text == "é"
    assert is_readable(" UTF-8 ")
    assert not is_readable("gb18030")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_well_formed"),
        (b"x", "not_well_formed"),
        (b"<a>", "not_well_formed"),
        (b"<a/><b/>", "not_well_formed"),
        (b"<b:a/>", "not_well_formed"),
        (b"<a>\x00</a>", "not_well_formed"),
        (b"<a>&#0;</a>", "not_well_formed"),
        (b"<a>&x;</a>", "not_well_formed"),
        (b"<a>\xff</a>", "not_well_formed"),
        (b"<!DOCTYPE a><a/>", "dtd"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "dtd"),
        (b"<?xml version='1.0' encoding='cp037'?><a/>", "encoding"),
        (b"<?xml version='1.0' encoding='windows-1252'?><a/>", "encoding"),
        (b"<a>" * 65 + b"</a>" * 65, "limits"),
        (b"<a>" + b"<b/>" * 50_000 + b"</a>", "limits"),
        (b"<a " + b" ".join(b'x%d=""' % n for n in range(65)) + b"/>", "limits"),
        (b"<a " + b" ".join(b'xmlns:x%d="u"' % n for n in range(65)) + b"/>", "limits"),
    ],
)
def test_what_no_message_may_hold_is_refused_in_every_piece_size(data: bytes, code: str) -> None:
    assert refused(data) == code
    assert refused(data, step=max(len(data) // 20, 1)) == code


def test_one_endless_tag_is_given_up_before_it_ends() -> None:
    assert refused(b"<a " + b"x" * 1_200_000, step=65_536) == "limits"


def test_an_encoding_the_transport_names_must_be_one_we_read() -> None:
    assert refused(b"<a/>", encoding="gb18030") == "encoding"
    assert refused(b"\xff\xfe<\x00a", step=3) == "not_well_formed"


def test_a_message_above_the_limit_is_refused_before_the_rest_is_looked_at() -> None:
    seen: list[int] = []

    def pieces() -> Iterator[bytes]:
        for number in range(10):
            seen.append(number)
            yield b"<a>" + b"x" * 97

    with pytest.raises(FormatError, match="too_large"):
        read_stream(pieces(), most_bytes=250)
    assert len(seen) <= 4


def test_many_texts_below_the_length_that_counts_as_long_do_not_fill_the_memory() -> None:
    text = b"<b>" + b"x" * 1_000_000 + b"</b>"
    assert refused(b"<a>" + text * 17 + b"</a>", step=65_536) == "limits"


def test_a_long_text_lies_in_a_file_and_costs_no_memory() -> None:
    piece = "é&amp;".encode() * 8_192

    def pieces() -> Iterator[bytes]:
        yield b"<a><b>"
        for _ in range(400):
            yield piece
        yield b"</b></a>"

    tracemalloc.start()
    began = time.perf_counter()
    with read_stream(pieces(), most_bytes=MOST) as found:
        long = found.root.children[0].long
        assert long is not None
        assert (found.root.children[0].text, long.size) == ("", 400 * 8_192 * 3)
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
        tracemalloc.stop()
        assert next(long.pieces(6)) == "é&é&".encode()[:6]
        assert sum(map(len, long.pieces())) == long.size
        assert long.whole() == "é&".encode() * (400 * 8_192)
    assert time.perf_counter() - began < 10
    assert long.file.closed


def test_long_texts_are_removed_when_the_rest_cannot_be_read() -> None:
    assert refused(b"<a>" + b"x" * (2 * LONG) + b"</b>") == "not_well_formed"


def test_an_element_can_be_written_as_a_document_of_its_own() -> None:
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    body = f'<o><a xmlns="urn:a" {xsi} xsi:type="T" x="1"> <b>é&amp;</b><c/> </a></o>'
    with read(body.encode()) as found:
        out = written(found.root.children[0], prefixes={"p": "urn:a", "unused": "urn:u"})
    text = out.decode()
    assert (
        text == "<?xml version='1.0' encoding='UTF-8'?>\n<p:a xmlns:p=\"urn:a\" x=\"1\"><p:b>é&amp;</p:b><p:c/></p:a>\n"
    )


def test_a_document_can_be_read_without_its_long_texts() -> None:
    data = b"<a><b>short</b><c>" + b"QUJD" * 30_000 + b"</c></a>"
    with read(data, long_from=1_000) as found:
        assert b"QUJDQUJD" in written(found.root, prefixes={})
    slim = without_long_texts(data, most_bytes=MOST)
    assert slim == b"<?xml version='1.0' encoding='UTF-8'?>\n<a><b>short</b><c/></a>\n"


NAMES = st.sampled_from(["a", "b", "c:d", "c:a"])
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=20
)
TREES = st.recursive(
    st.tuples(NAMES, TEXTS), lambda inner: st.tuples(NAMES, st.lists(inner, max_size=4)), max_leaves=12
)


def built(tree: tuple[str, str | list[object]]) -> etree._Element:
    name, inside = tree
    element = etree.Element(name.replace("c:", "{urn:c}"))
    if isinstance(inside, str):
        element.text = inside
    else:
        element.extend(built(each) for each in inside)  # type: ignore[arg-type]  # the strategy makes trees
    return element


@settings(max_examples=60)
@given(TREES, st.integers(1, 40), st.sampled_from(["utf-8", "utf-16"]))
def test_it_reads_what_lxml_reads_however_the_pieces_fall(
    tree: tuple[str, str | list[object]], step: int, encoding: str
) -> None:
    element = built(tree)
    data = etree.tostring(element, encoding=encoding, xml_declaration=True)
    with read(data, step=step) as found:
        again = etree.fromstring(written(found.root, prefixes={}))
    assert [(one.tag, one.text) for one in again.iter()] == [(one.tag, one.text or None) for one in element.iter()]


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(FormatError):
        read(data, step=7).close()
