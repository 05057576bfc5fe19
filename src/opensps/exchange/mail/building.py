"""Messages of ours, built as bytes once: certificate, notice, acknowledgement, receipt, inquiry.

Source: `exchange.md` 4.1, 4.2, 4.8.

    multipart/signed
      the signed part, with the SPS-* fields on it
      application/pkcs7-signature

The signed part and the Message-ID follow from the values alone, so a retry says the same under the same number; the
signature is made anew. Words for people come in; nothing is ever read from them.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from types import MappingProxyType

from opensps.exchange.mail import smime, writing
from opensps.exchange.mail.errors import MailNotBuilt
from opensps.exchange.mail.fields import SpsFields, written
from opensps.exchange.mail.smime import ExchangeKey
from opensps.exchange.mail.words import address_of

_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9./_-]{2,63}")
_IN_FILE_NAME = re.compile(r"[^A-Za-z0-9-]")
_MAX_FILE_STEM = 80
_ID = re.compile(r"[!-;=?-~]{3,250}")

AUTO_GENERATED, AUTO_REPLIED = "auto-generated", "auto-replied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Who writes to whom under which number."""

    sender: str
    """Our exchange address."""

    sender_name: str
    recipient: str
    """The partner's listed address; never one that only a message names."""

    message_id: str
    """Without brackets."""

    subject: str
    dated_at: datetime
    references: tuple[str, ...] = ()
    in_reply_to: str = ""
    submitted: str = AUTO_GENERATED
    asks_receipt: bool = False


@dataclass(frozen=True, slots=True)
class Built:
    """A message ready to be sent."""

    data: bytes
    message_id: str
    mic: str
    """Base64 of the SHA-256 of the signed part: what a receipt of theirs must name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """How messages to a partner are signed and sealed."""

    key: ExchangeKey
    encryption: str = "none"
    recipient_der: bytes | None = None


def message_id(delivery_number: str, *, domain: str, resent: int = 0) -> str:
    """Return the Message-ID of a delivery, without brackets; `resent` counts what a person sent again."""
    again = f".r{resent}" if resent else ""
    return f"{delivery_number.lower()}.sps{again}@{domain.lower()}"


def delivery_of_message(found: str, *, domain: str) -> str | None:
    """Return the delivery number (upper case) in a Message-ID of ours, ``None`` for any other."""
    match = re.fullmatch(r"([0-9a-z]{26})\.sps(?:\.r\d{1,3})?@(.+)", found.lower())
    return match[1].upper() if match and match[2] == domain.lower() else None


def subject(number: str, act: str) -> str:
    """Return the subject: reference and act, no goods, no trader; a number of unusual form stays out of it."""
    return f"SPS certificate {number} {act}" if _NUMBER.fullmatch(number) else f"SPS certificate {act}"


def file_stem(number: str, status_code: str, version: str) -> str:
    """Return the name of the files about a certificate, without their ending."""
    return "_".join(_IN_FILE_NAME.sub("_", each)[:_MAX_FILE_STEM] for each in (number, status_code, version) if each)


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What travels with a certificate; the content is the signed bytes, never rendered again."""

    content: bytes
    detached_signature: bytes | None = None
    proof_bundle: bytes | None = None
    pdf: bytes | None = None


_FILE_ENDINGS = MappingProxyType({"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"})


@dataclass(frozen=True, slots=True)
class InquiryParts:
    """A message of an inquiry as it travels by mail."""

    document: bytes
    """JSON; names each file by its digest, without its bytes."""

    files: tuple[tuple[str, bytes], ...]
    """Media type and bytes; the names stand in the document alone."""


def inquiry_parts(kept: bytes) -> InquiryParts:
    """Take a kept document apart: the bytes of its files travel as parts. Raises `MailNotBuilt` (field)."""
    try:
        said = json.loads(kept)
        files = tuple(
            (str(each["media_type"]), base64.b64decode(each.pop("content"))) for each in said.get("files", ())
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise MailNotBuilt("field", "inquiry") from None
    return InquiryParts(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode(), files)


def certificate_mail(letter: Letter, fields: SpsFields, files: Files, *, text: str, protection: Protection) -> Built:
    """Return the message of 4.1 with one certificate; raise `MailNotBuilt`."""
    stem = file_stem(fields.certificate, fields.status_code, fields.version)
    given = (
        ("application/xml; charset=utf-8", "xml", files.content),
        ("application/octet-stream", "xades", files.detached_signature),
        ("application/octet-stream", "tlog-proof", files.proof_bundle),
        ("application/pdf", "pdf", files.pdf),
    )
    parts = [writing.file_part(kind, f"{stem}.{ending}", data) for kind, ending, data in given if data is not None]
    return _signed(letter, fields, [writing.text_part(text), *parts], protection)


def notice_mail(letter: Letter, fields: SpsFields, *, text: str, protection: Protection) -> Built:
    """Return a message without XML: what waits to be collected (`exchange.md` 4.8), or what a person should read."""
    return _signed(letter, fields, [writing.text_part(text)], protection)


def acknowledgement_mail(
    letter: Letter, fields: SpsFields, document: bytes, *, text: str, protection: Protection
) -> Built:
    """Return the acknowledgement of 4.8 around its SPSAcknowledgement; raise `MailNotBuilt`."""
    stem = file_stem(fields.certificate, "acknowledgement", "")
    part = writing.file_part("application/xml; charset=utf-8", f"{stem}.xml", document)
    return _signed(letter, fields, [writing.text_part(text), part], protection)


def inquiry_mail(
    letter: Letter, fields: SpsFields, message: InquiryParts, *, text: str, protection: Protection
) -> Built:
    """Return one message of an inquiry: its document and the files it names; raise `MailNotBuilt`."""
    parts = [writing.file_part("application/json", "inquiry.json", message.document)]
    for place, (kind, data) in enumerate(message.files, start=1):
        if kind not in _FILE_ENDINGS:
            raise MailNotBuilt("field", "media type")
        parts.append(writing.file_part(kind, f"file-{place}.{_FILE_ENDINGS[kind]}", data))
    return _signed(letter, fields, [writing.text_part(text), *parts], protection)


def receipt_mail(
    letter: Letter, *, original_message_id: str, disposition: str, mic: str, text: str, protection: Protection
) -> Built:
    """Return a signed disposition notification (RFC 8098) that names the digest of what we read."""
    fields = [
        ("Reporting-UA", f"{letter.sender.partition('@')[2]}; OpenSPS"),
        ("Final-Recipient", f"rfc822; {letter.sender}"),
        ("Original-Message-ID", f"<{_checked_id(original_message_id)}>"),
        ("Disposition", f"automatic-action/MDN-sent-automatically; {disposition}"),
    ]
    if mic:
        fields.append(("Received-Content-MIC", f"{mic}, sha-256"))
    report = writing.entity((("Content-Type", "message/disposition-notification"),), writing.header(fields))
    boundary = _boundary(letter, "report")
    kind = f'multipart/report; report-type=disposition-notification; boundary="{boundary}"'
    body = writing.multipart((writing.text_part(text), report), boundary)
    return _sealed(letter, (), writing.entity((("Content-Type", kind),), body), protection)


def mic_of(signed_part: bytes) -> str:
    """Return base64 of the SHA-256 of a signed part."""
    return base64.b64encode(hashlib.sha256(signed_part).digest()).decode("ascii")


def _signed(letter: Letter, fields: SpsFields, parts: Iterable[bytes], protection: Protection) -> Built:
    boundary = _boundary(letter, "mixed")
    said = written(fields)
    header = (("Content-Type", f'multipart/mixed; boundary="{boundary}"'), *said)
    return _sealed(letter, said, writing.entity(header, writing.multipart(parts, boundary)), protection)


def _sealed(letter: Letter, hints: tuple[tuple[str, str], ...], signed_part: bytes, protection: Protection) -> Built:
    """Return the message around the signed part; sealed messages show no hints on the outside."""
    boundary = _boundary(letter, "signed")
    signature = writing.entity(
        (
            ("Content-Type", 'application/pkcs7-signature; name="smime.p7s"'),
            ("Content-Transfer-Encoding", "base64"),
            ("Content-Disposition", 'attachment; filename="smime.p7s"'),
        ),
        writing.base64_lines(smime.detached(signed_part, protection.key)),
    )
    kind = f'multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary="{boundary}"'
    inner = writing.entity((("Content-Type", kind),), writing.multipart((signed_part, signature), boundary))
    if protection.encryption == "none":
        data = writing.header((*_outer(letter, letter.subject), *hints)) + inner
    else:
        data = writing.header(_outer(letter, "SPS exchange message")) + _enveloped(inner, protection)
    return Built(data, letter.message_id, mic_of(signed_part))


def _enveloped(inner: bytes, protection: Protection) -> bytes:
    if protection.recipient_der is None:
        raise MailNotBuilt("recipient", "no certificate to encrypt for")
    sealed = smime.enveloped(inner, recipient_der=protection.recipient_der, encryption=protection.encryption)
    fields = (
        ("Content-Type", 'application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"'),
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", 'attachment; filename="smime.p7m"'),
    )
    return writing.entity(fields, writing.base64_lines(sealed) + writing.CRLF)


def _outer(letter: Letter, shown_subject: str) -> tuple[tuple[str, str], ...]:
    for address in (letter.sender, letter.recipient):
        if address_of(address) is None:
            raise MailNotBuilt("field", "address")
    fields = [
        ("From", f'"{_name(letter.sender_name)}" <{letter.sender}>'),
        ("To", letter.recipient),
        ("Subject", shown_subject),
        ("Date", format_datetime(letter.dated_at)),
        ("Message-ID", f"<{_checked_id(letter.message_id)}>"),
        ("MIME-Version", "1.0"),
        ("Auto-Submitted", letter.submitted),
    ]
    if letter.in_reply_to:
        fields.append(("In-Reply-To", f"<{_checked_id(letter.in_reply_to)}>"))
    if letter.references:
        fields.append(("References", " ".join(f"<{_checked_id(each)}>" for each in letter.references)))
    if letter.asks_receipt:
        fields.append(("Disposition-Notification-To", letter.sender))
    return tuple(fields)


def _name(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9 .-]", " ", text)[:60].strip()


def _checked_id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise MailNotBuilt("field", "Message-ID")
    return text


def _boundary(letter: Letter, what: str) -> str:
    """Return a boundary that no base64 or quoted-printable line can be (RFC 2045 6.7: it holds "=_")."""
    return f"=_{what}-{hashlib.sha256(letter.message_id.encode('ascii', 'replace')).hexdigest()[:24]}"
