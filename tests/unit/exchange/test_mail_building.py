"""A mail of ours is what the profile says, to the byte, and says the same when it is built again."""

import email
import email.policy

import pytest

from opensps.exchange.mail import building
from opensps.exchange.mail.errors import MailNotBuilt
from opensps.exchange.mail.fields import read_fields
from opensps.exchange.mail.reading import ExchangeMail
from opensps.exchange.mail.structure import read_parts
from tests.factories import mail as mails

XML = b'<?xml version="1.0" encoding="UTF-8"?>\n<a>' + b"x" * 500 + b"</a>\n"


def _lines(data: bytes) -> list[bytes]:
    return data.split(b"\r\n")


def test_every_line_ends_in_crlf_and_has_at_most_76_columns() -> None:
    made = mails.certificate_mail(XML).data
    assert b"\n" not in made.replace(b"\r\n", b"")
    assert max(map(len, _lines(made))) <= 76


def test_the_parts_are_those_of_the_profile_in_its_order() -> None:
    files = building.Files(content=XML, detached_signature=b"<s/>", proof_bundle=b"proof", pdf=b"%PDF-")
    made = building.certificate_mail(
        mails.letter(), mails.fields(XML), files, text="证书", protection=building.Protection(key=mails.exchange_key())
    )
    tree = read_parts(made.data)
    assert tree.kind.name == "multipart/signed"
    assert [leaf.kind.name for leaf in tree.parts[0].parts] == [
        "text/plain", "application/xml", "application/octet-stream", "application/octet-stream", "application/pdf",
    ]  # fmt: skip
    stem = "XA-2026-014-0000318-4_70_1"
    shown = [leaf.first("content-disposition") for leaf in tree.parts[0].parts[1:]]
    assert shown == [f'attachment; filename="{stem}.{end}"' for end in ("xml", "xades", "tlog-proof", "pdf")]
    assert tree.parts[0].parts[1].content() == XML
    assert tree.parts[0].parts[0].content().decode() == "证书"


def test_the_fields_stand_on_the_signed_part_and_as_hints_outside() -> None:
    tree = read_parts(mails.certificate_mail(XML).data)
    assert read_fields(tree.parts[0]) == mails.fields(XML) == read_fields(tree)


def test_the_standard_library_reads_the_same_mail() -> None:
    parsed = email.message_from_bytes(mails.certificate_mail(XML).data, policy=email.policy.SMTP)
    assert not parsed.defects
    assert parsed["From"].addresses[0].addr_spec == mails.XA
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in parsed.walk()][-1] == "application/pkcs7-signature"


def test_a_retry_says_the_same_under_the_same_message_id() -> None:
    """The signature is made anew; what it covers and the number of the message are not."""
    one, other = mails.certificate_mail(XML), mails.certificate_mail(XML)
    assert one.message_id == other.message_id == "01jd0000000000000000000001.sps@ecert.xa.example"
    assert one.mic == other.mic
    assert read_parts(one.data).parts[0].raw == read_parts(other.data).parts[0].raw


def test_what_a_person_sends_again_has_a_number_of_its_own() -> None:
    """Mail servers drop a repeated Message-ID, and a wanted re-send must arrive."""
    again = building.message_id(mails.DELIVERY, domain="ecert.xa.example", resent=2)
    assert again == "01jd0000000000000000000001.sps.r2@ecert.xa.example"
    assert building.delivery_of_message(again, domain="ecert.xa.example") == mails.DELIVERY
    assert building.delivery_of_message(again, domain="other.example") is None
    assert building.delivery_of_message("x@ecert.xa.example", domain="ecert.xa.example") is None


@pytest.mark.parametrize("number", ["证书 7", "x\r\nBcc: a@b", "a", "", "A" * 65])
def test_a_number_of_unusual_form_stays_out_of_the_subject(number: str) -> None:
    assert building.subject(number, "issued") == "SPS certificate issued"


def test_a_number_of_unusual_form_is_percent_encoded_in_the_fields() -> None:
    said = mails.fields(XML, certificate="证书 7/100%\r\nBcc: x@y")
    made = building.certificate_mail(
        mails.letter(),
        said,
        building.Files(content=XML),
        text="",
        protection=building.Protection(key=mails.exchange_key()),
    )
    got = mails.read(made.data)
    assert isinstance(got, ExchangeMail)
    assert got.fields == said
    assert b"Bcc: " not in made.data


@pytest.mark.parametrize(
    "changes",
    [
        {"recipient": "a@b.example, c@d.example"},
        {"recipient": "a@b.example\r\nBcc: c@d.example"},
        {"sender": "nobody"},
        {"message_id": "a b@c"},
        {"in_reply_to": "<x>"},
        {"subject": "a\r\nBcc: x@y.example"},
        {"references": ("x>\r\n<",)},
    ],
)
def test_nothing_from_outside_can_become_a_header_line(changes: dict[str, object]) -> None:
    with pytest.raises(MailNotBuilt):
        building.notice_mail(
            mails.letter(**changes),
            mails.fields(XML),
            text="",
            protection=building.Protection(key=mails.exchange_key()),
        )


def test_long_values_are_folded_and_read_back_whole() -> None:
    letter = mails.letter(references=tuple(f"{each:026}.sps@ecert.xa.example" for each in range(9)))
    made = building.notice_mail(
        letter, mails.fields(XML, action="collect"), text="", protection=building.Protection(key=mails.exchange_key())
    )
    tree = read_parts(made.data)
    assert tree.first("references").split() == [f"<{each}>" for each in letter.references]
    assert max(map(len, _lines(made.data))) <= 76


def test_a_sealed_mail_shows_nothing_of_the_certificate_outside() -> None:
    held = mails.exchange_key(mails.XB, "rsa")
    made = mails.certificate_mail(XML, encryption="aes256-cbc", recipient_der=held.certificate_der)
    assert b"0000318" not in made.data
    got = mails.read(made.data, keys=(held,))
    assert isinstance(got, ExchangeMail)
    assert got.xml == XML


@pytest.mark.parametrize(
    ("encryption", "recipient", "code"),
    [("aes256-gcm", "rsa", "encryption"), ("aes256-cbc", "ec", "recipient"), ("aes256-cbc", None, "recipient")],
)
def test_what_cannot_be_sealed_as_agreed_is_not_sent_in_another_way(
    encryption: str, recipient: str | None, code: str
) -> None:
    der = mails.exchange_key(mails.XB, recipient).certificate_der if recipient else None
    with pytest.raises(MailNotBuilt) as refused:
        mails.certificate_mail(XML, encryption=encryption, recipient_der=der)
    assert refused.value.code == code


def test_lines_that_mail_servers_alter_are_written_so_that_they_do_not() -> None:
    text = ".\nFrom here\n" + "a" * 200 + " \n" + ".b" + "é" * 60 + "\ttab\t"
    made = building.notice_mail(
        mails.letter(),
        mails.fields(XML, action="collect"),
        text=text,
        protection=building.Protection(key=mails.exchange_key()),
    )
    tree = read_parts(made.data)
    assert tree.parts[0].parts[0].content().decode().replace("\r\n", "\n") == text
    assert not any(line.startswith((b"From ", b".")) or line.endswith((b" ", b"\t")) for line in _lines(made.data))
