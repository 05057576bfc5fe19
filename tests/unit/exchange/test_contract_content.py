"""Content is decoded once, to the same bytes whatever form it travelled in (S11 to S15)."""

import base64

import pytest

from opensps.exchange.contracts.content import as_content, content_bytes

CERTIFICATE = '<?xml version="1.0" encoding="UTF-8"?>\n<a>Grüße &amp; 大蒜</a>\n'
BYTES = CERTIFICATE.encode()


@pytest.mark.parametrize(
    "text",
    [
        CERTIFICATE,
        CERTIFICATE.encode(),
        f"\ufeff{CERTIFICATE}",
        b"\xef\xbb\xbf" + BYTES,
        f" \r\n\t\ufeff {CERTIFICATE}",
        f"{CERTIFICATE}\n \n",
        base64.b64encode(BYTES).decode(),
        base64.encodebytes(BYTES).decode(),
        f"\n  {base64.b64encode(BYTES).decode()}  \n",
        CERTIFICATE.replace("UTF-8", "UTF-16"),
        CERTIFICATE.replace("UTF-8", "ISO-8859-1"),
    ],
)
def test_every_form_of_one_certificate_gives_the_same_bytes(text: str | bytes) -> None:
    assert content_bytes(text) == BYTES


def test_a_certificate_without_a_last_line_end_gets_none() -> None:
    assert content_bytes("<a/>") == b"<a/>"
    assert content_bytes("<a/>  ") == b"<a/>"


def test_a_declaration_that_says_utf_8_is_left_as_it_was_written() -> None:
    text = "<?xml version='1.0' encoding='utf-8' standalone='yes'?><a/>"
    assert content_bytes(text) == text.encode()


def test_text_is_decoded_once_and_never_twice() -> None:
    twice = "&lt;a/&gt;"
    assert content_bytes(twice) == twice.encode()
    inner = base64.b64encode(base64.b64encode(b"<a/>"))
    assert content_bytes(inner) == inner


@pytest.mark.parametrize("text", ["", "  \n", "not XML", "bm90IFhNTA==", "=", "aGVsbG8", "\ud800", b"\xff\xfe"])
def test_what_is_no_certificate_stays_as_it_came(text: str | bytes) -> None:
    blank = text.strip() if isinstance(text, bytes) else text.strip().encode("utf-8", "replace")
    assert content_bytes(text) == blank


def test_base64_of_utf_16_keeps_its_bytes() -> None:
    inside = "\ufeff<a/>".encode("utf-16-le")
    assert content_bytes(base64.b64encode(inside)) == inside


@pytest.mark.parametrize(
    "document",
    [
        BYTES,
        BYTES.rstrip(),
        BYTES + b"\n",
        BYTES.replace(b"\n", b"\r\n"),
        CERTIFICATE.replace("UTF-8", "ISO-8859-1").replace("大蒜", "").encode("iso-8859-1"),
        "\ufeff<a/>".encode("utf-16-le"),
        b"\xef\xbb\xbf<a/>",
        b"<a>\x0b</a>",
        b"<a>\xef\xbf\xbe</a>",
        b"<a>\xff</a>",
    ],
)
def test_what_is_sent_arrives_as_the_same_bytes(document: bytes) -> None:
    assert content_bytes(as_content(document)) == document


def test_what_is_good_text_is_sent_as_text() -> None:
    assert as_content(BYTES) is BYTES
