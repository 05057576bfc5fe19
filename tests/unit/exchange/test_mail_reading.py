"""Who may speak by mail, and what is read of it: steps 1 to 6, in their order, each with its reason."""

from datetime import timedelta

import pytest

from opensps.exchange.mail import building
from opensps.exchange.mail.errors import Reason
from opensps.exchange.mail.matching import mismatches
from opensps.exchange.mail.reading import Automatic, ExchangeMail, Quarantined, Reading, ReportMail
from opensps.exchange.mail.words import sole_address
from opensps.formats import read_certificate, write_certificate
from tests.factories import mail as mails
from tests.factories.certificates import phytosanitary

XML = write_certificate(phytosanitary())
PROTECTION = building.Protection(key=mails.exchange_key())


def reason(got: Reading) -> Reason:
    """Return why a mail is in quarantine."""
    assert isinstance(got, Quarantined), got
    return got.reason


def test_a_mail_of_the_partner_is_read_whole() -> None:
    made = mails.certificate_mail(XML)
    got = mails.read(made.data)
    assert isinstance(got, ExchangeMail)
    assert (got.partner, got.xml, got.fields, got.mic) == ("XA", XML, mails.fields(XML), made.mic)
    assert got.signer == mails.pinned(mails.exchange_key()).fingerprint
    assert got.facts.message_id == made.message_id
    assert not got.facts.is_automatic


@pytest.mark.parametrize(
    ("field", "address"),
    [
        ("a@b.example", "a@b.example"),
        ("A@B.Example", "a@b.example"),
        ('"Name, with comma" <a@b.example>', "a@b.example"),
        ("=?utf-8?q?x?= <a@b.example>", "a@b.example"),
        ("Name (of (an) office) <a@b.example> (really)", "a@b.example"),
        ('"x@y.example" <a@b.example>', "a@b.example"),
        (r'"a\"b" <a@b.example>', "a@b.example"),
        ("a@b.example, c@d.example", None),
        ("a@b.example <c@d.example>", None),
        ("<a@b.example> <c@d.example>", None),
        ("a@b.example(x) <c@d.example>", None),
        ("Group: a@b.example;", None),
        ("<@c.example:a@b.example>", None),
        ('"a"@b.example', None),
        ("a@[127.0.0.1]", None),
        ("a@b.example (", None),
        ("a@b.example )", None),
        ('"a@b.example', None),
        ("a@b\ufffd.example", None),
        ("a..b@b.example", None),
        ("", None),
        ("x" * 2000 + "@b.example", None),
    ],
)
def test_the_sender_is_the_one_address_that_every_reader_sees(field: str, address: str | None) -> None:
    assert sole_address((field,)) == address


def test_two_from_fields_are_no_sender() -> None:
    assert sole_address(("a@b.example", "a@b.example")) is None
    assert sole_address(()) is None


@pytest.mark.parametrize(
    "raw",
    [
        mails.plain_mail(sender="evil@evil.example"),
        mails.plain_mail(f"From: {mails.XA}"),
        mails.plain_mail(sender=f'"{mails.XA}" <evil@evil.example>'),
    ],
    ids=["stranger", "twice", "display name"],
)
def test_a_stranger_is_kept_apart(raw: bytes) -> None:
    assert reason(mails.read(raw)) is Reason.UNKNOWN_SENDER


@pytest.mark.parametrize(
    "raw",
    [
        b"x" * (10 * 1024 * 1024 + 1),
        mails.plain_mail("X: \0"),
        mails.plain_mail(body="a\nb"),
        mails.plain_mail(body="a\rb"),
        mails.plain_mail(body="x" * 999),
        mails.plain_mail(*(f"X-{each}: y" for each in range(200))),
        mails.plain_mail(*("X: " + "y" * 900 for _ in range(80))),
        mails.plain_mail("no colon"),
        mails.plain_mail(": no name"),
        mails.plain_mail("Content-Type: multipart/mixed; boundary=B", body="--B\r\n\r\nx"),
        mails.plain_mail("Content-Type: multipart/mixed", body="x"),
        mails.plain_mail("Content-Type: multipart/mixed; boundary=B", body="--B\r\n\r\nx\r\n" * 51 + "--B--"),
        mails.plain_mail("Content-Type: text/plain", "Content-Type: text/plain"),
        mails.plain_mail("Content-Type: text/plain; a=1; a=2"),
        mails.plain_mail("Content-Type: nothing"),
        mails.plain_mail("Content-Transfer-Encoding: x-own"),
        mails.plain_mail("Content-Type: multipart/mixed; boundary=B", "Content-Transfer-Encoding: base64", body="-"),
    ],
    ids=[
        "size", "nul", "bare lf", "bare cr", "long line", "many fields", "big header", "no colon", "no name", "no end",
        "no boundary", "many parts", "two types", "parameter twice", "no type", "encoding", "encoded multipart",
    ],
)  # fmt: skip
def test_what_is_not_built_as_a_mail_is_not_read(raw: bytes) -> None:
    assert reason(mails.read(raw)) is Reason.STRUCTURE


def nested(depth: int) -> bytes:
    """Return a mail of so many multiparts, one in the other."""
    body = "Content-Type: text/plain\r\n\r\nx"
    for level in range(depth):
        body = f"Content-Type: multipart/mixed; boundary=B{level}\r\n\r\n--B{level}\r\n{body}\r\n--B{level}--\r\n"
    return f"From: {mails.XA}\r\n{body}".encode()


@pytest.mark.parametrize(
    ("depth", "expected"), [(4, Reason.SIGNATURE), (5, Reason.STRUCTURE), (2000, Reason.STRUCTURE)]
)
def test_nesting_ends_at_five(depth: int, expected: Reason) -> None:
    assert reason(mails.read(nested(depth))) is expected


@pytest.mark.parametrize("change", [(b"SPS-Status: 70", b"SPS-Status: 40"), (b"=5F", b"=5f"), (b"PD94", b"PD95")])
def test_one_changed_byte_of_the_signed_part_ends_it(change: tuple[bytes, bytes]) -> None:
    made = mails.certificate_mail(XML).data
    head, signed = made.split(b"\r\n\r\n", 1)
    altered = head + b"\r\n\r\n" + signed.replace(*change)
    if altered != made:
        assert reason(mails.read(altered)) is Reason.SIGNATURE


def test_the_hints_outside_count_for_nothing() -> None:
    made = mails.certificate_mail(XML).data
    head, signed = made.split(b"\r\n\r\n", 1)
    got = mails.read(head.replace(b"SPS-Status: 70", b"SPS-Status: 40") + b"\r\n\r\n" + signed)
    assert isinstance(got, ExchangeMail)
    assert got.fields is not None
    assert got.fields.status_code == "70"


def test_another_key_an_old_certificate_and_another_address_are_no_signature_of_theirs() -> None:
    made = mails.certificate_mail(XML).data
    stranger = mails.exchange_key(mails.XA, "rsa")
    elsewhere = mails.exchange_key("other@xa.example")
    assert reason(mails.read(made, by=mails.partner(stranger))) is Reason.SIGNATURE
    assert reason(mails.read(made, at=mails.NOW + timedelta(days=4000))) is Reason.SIGNATURE
    assert reason(mails.read(made, at=mails.NOW - timedelta(days=2))) is Reason.SIGNATURE
    by_other = mails.certificate_mail(XML, key=elsewhere).data
    assert reason(mails.read(by_other, by=mails.partner(elsewhere))) is Reason.SIGNATURE


def test_a_certificate_without_an_address_and_the_next_one_of_a_change_are_taken() -> None:
    nameless, following = mails.exchange_key(""), mails.exchange_key(mails.XA, "rsa")
    known = mails.partner(mails.exchange_key(), nameless, following)
    for key in (mails.exchange_key(), nameless, following):
        assert isinstance(mails.read(mails.certificate_mail(XML, key=key).data, by=known), ExchangeMail)


def test_unsigned_mail_is_taken_only_of_a_partner_whose_seal_is_relied_on() -> None:
    raw = mails.plain_mail("Content-Type: application/xml", "SPS-Profile: 1", "SPS-Status: 40", body="<a/>")
    assert reason(mails.read(raw)) is Reason.SIGNATURE
    got = mails.read(raw, by=mails.partner(must_sign=False))
    assert isinstance(got, ExchangeMail)
    assert (got.fields, got.signer, got.xml) == (None, "", b"<a/>\r\n")


def test_what_is_sealed_must_be_signed_inside_and_for_us() -> None:
    ours, other = mails.exchange_key(mails.XB, "rsa"), mails.exchange_key("x@y.example", "rsa")
    made = mails.certificate_mail(XML, encryption="aes256-cbc", recipient_der=ours.certificate_der).data
    assert isinstance(mails.read(made, keys=(other, mails.exchange_key(), ours)), ExchangeMail)
    assert reason(mails.read(made, keys=(other,))) is Reason.SIGNATURE
    from opensps.exchange.mail import smime, writing  # noqa: PLC0415  only here a mail is sealed without a signature

    der = smime.enveloped(mails.plain_mail(), recipient_der=ours.certificate_der, encryption="aes256-cbc")
    kind = ("Content-Type: application/pkcs7-mime; smime-type=enveloped-data", "Content-Transfer-Encoding: base64")
    unsigned = mails.plain_mail(*kind, body=writing.base64_lines(der).decode())
    for known in (mails.partner(), mails.partner(must_sign=False)):
        assert reason(mails.read(unsigned, by=known, keys=(ours,))) is Reason.SIGNATURE


def _signed(*parts: tuple[str, str, bytes], **said: str) -> bytes:
    from opensps.exchange.mail import writing  # noqa: PLC0415  as above

    made = [writing.file_part(kind, name, data) for kind, name, data in parts]
    return building._signed(mails.letter(), mails.fields(XML, **said), made, PROTECTION).data


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (("application/xml", "a.xml", XML), ("application/xml", "b.xml", XML)),
        (("application/zip", "a.zip", b"PK"),),
        (("text/html", "a.html", XML),),
    ],
    ids=["none", "two", "archive", "labelled as a page"],
)
def test_exactly_one_document_is_taken(parts: tuple[tuple[str, str, bytes], ...]) -> None:
    assert reason(mails.read(_signed(*parts))) is Reason.CONTENT


def test_archives_beside_the_document_stay_closed() -> None:
    got = mails.read(_signed(("application/xml", "a.xml", XML), ("application/zip", "x.zip", b"PK\3\4")))
    assert isinstance(got, ExchangeMail)
    assert [(each.name, each.data) for each in got.attached] == [("x.zip", b"PK\3\4")]


@pytest.mark.parametrize(
    ("said", "sentences"),
    [
        ({}, 0),
        ({"sender": "XC"}, 1),
        ({"recipient": "XC"}, 1),
        ({"content_digest": "0" * 64}, 1),
        ({"certificate": "XA-2026-014-0000319-3"}, 1),
        ({"type_code": "657"}, 1),
        ({"status_code": "41"}, 1),
        ({"status_code": "40", "action": "withdraw"}, 1),
    ],
)
def test_what_a_message_says_of_itself_is_what_it_holds(said: dict[str, str], sentences: int) -> None:
    reading = read_certificate(XML)
    assert reading.certificate is not None
    document = reading.certificate.exchanged_document
    base = {"certificate": document.number or "", "type_code": document.type_code, "status_code": document.status_code}
    got = mails.read(_signed(("application/xml", "a.xml", XML), **(base | said)))
    assert isinstance(got, ExchangeMail)
    assert len(mismatches(got, reading, own_code="XB", partner_code="XA")) == sentences


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (("Auto-Submitted: auto-replied",), Automatic),
        (("Auto-Submitted: auto-notified; x=y",), Automatic),
        (("Precedence: bulk",), Automatic),
        (("X-Autoreply: yes",), Automatic),
        (("Content-Type: multipart/report; report-type=delivery-status; boundary=B",), ReportMail),
        (("Auto-Submitted: auto-generated",), Quarantined),
        (("Auto-Submitted: no",), Quarantined),
    ],
)
def test_automatic_mail_and_reports_are_told_apart(lines: tuple[str, ...], kind: type) -> None:
    body = "--B\r\n\r\nx\r\n--B--" if "boundary" in lines[0] else "x"
    assert isinstance(mails.read(mails.plain_mail(*lines, body=body)), kind)


def test_an_acknowledgement_that_calls_itself_automatic_is_still_read() -> None:
    made = building.acknowledgement_mail(
        mails.letter(submitted=building.AUTO_REPLIED),
        mails.fields(XML, action="acknowledge"),
        b"<a/>",
        text="",
        protection=PROTECTION,
    )
    got = mails.read(made.data)
    assert isinstance(got, ExchangeMail)
    assert got.facts.is_automatic
