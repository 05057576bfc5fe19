"""What staff see of a mail set aside cannot act on their screen."""

import pytest

from opensps.exchange.mail.preview import Preview, preview
from tests.factories import mail as mails

XML = b"<a/>"


def test_a_mail_is_shown_by_its_fields_and_its_parts() -> None:
    shown = preview(mails.certificate_mail(XML).data)
    assert dict(shown.fields)["subject"] == "SPS certificate XA-2026-014-0000318-4 issued"
    assert [part.kind for part in shown.parts] == ["text/plain", "application/xml", "application/pkcs7-signature"]
    assert shown.text == "A certificate."


@pytest.mark.parametrize(
    ("subject", "seen"),
    [
        ("=?utf-8?q?x=0D=0ABcc:_evil=40evil.example?=", "x Bcc: evil@evil.example"),
        ("=?utf-8?q?a=E2=80=AEb?=", "a\ufffdb"),
        ("=?no-such?q?a?= b", "=?no-such?q?a?= b"),
        ("=?utf-8?b?!!!?=", None),
        ("\x1b[31mred", "\ufffd[31mred"),
    ],
)
def test_encoded_words_are_decoded_and_steer_nothing(subject: str, seen: str | None) -> None:
    shown = dict(preview(mails.plain_mail(f"Subject: {subject}")).fields)["subject"]
    assert "\n" not in shown
    assert seen is None or shown == seen


@pytest.mark.parametrize("raw", [b"\0\x1b[2J", b"a\nb", b"\xff" * 50, mails.plain_mail("no colon")])
def test_what_cannot_be_taken_apart_is_shown_as_harmless_text(raw: bytes) -> None:
    shown = preview(raw)
    assert shown == Preview(text=shown.text)
    assert not any(sign in shown.text for sign in "\0\x1b\r")


def test_names_and_texts_are_cut() -> None:
    raw = mails.plain_mail(
        f'Content-Type: text/plain; name="{"n" * 400}"', "Content-Transfer-Encoding: base64", body="!!"
    )
    shown = preview(raw)
    assert (len(shown.parts[0].name), shown.text) == (200, "")
