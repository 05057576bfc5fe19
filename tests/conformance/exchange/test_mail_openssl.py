"""OpenSSL verifies and opens what we sign and seal; we verify and open what OpenSSL signs and seals."""

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from opensps.exchange.mail.errors import Reason
from opensps.exchange.mail.reading import ExchangeMail, Quarantined, Reading
from opensps.exchange.mail.smime import ExchangeKey
from opensps.exchange.mail.structure import read_parts
from opensps.formats import write_certificate
from tests.factories import mail as mails
from tests.factories.certificates import phytosanitary

pytestmark = pytest.mark.needs("openssl")
XML = write_certificate(phytosanitary())
KINDS = ("ec", "rsa")


def openssl(*arguments: str | Path, folder: Path) -> bytes:
    """Run OpenSSL and return what it wrote; its complaint is the failure."""
    done = subprocess.run(["openssl", *map(str, arguments)], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def keep(key: ExchangeKey, folder: Path) -> None:
    """Write a key and its certificate where OpenSSL finds them."""
    (folder / "cert.pem").write_bytes(mails.certificate_pem(key))
    (folder / "key.pem").write_bytes(key.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


@pytest.mark.parametrize("kind", KINDS)
def test_openssl_verifies_what_we_sign(kind: str, tmp_path: Path) -> None:
    key = mails.exchange_key(mails.XA, kind)
    keep(key, tmp_path)
    made = mails.certificate_mail(XML, key=key).data
    (tmp_path / "mail.eml").write_bytes(made)
    dated = ("-attime", str(int(mails.NOW.timestamp())))
    got = openssl(
        "cms", "-verify", "-in", "mail.eml", "-CAfile", "cert.pem", "-purpose", "any", *dated, folder=tmp_path
    )
    assert got == read_parts(made).parts[0].raw


def test_openssl_refuses_it_once_a_byte_is_changed(tmp_path: Path) -> None:
    key = mails.exchange_key()
    keep(key, tmp_path)
    head, signed = mails.certificate_mail(XML, key=key).data.split(b"\r\n\r\n", 1)
    (tmp_path / "mail.eml").write_bytes(head + b"\r\n\r\n" + signed.replace(b"SPS-Status: 70", b"SPS-Status: 40"))
    arguments = ["openssl", "cms", "-verify", "-in", "mail.eml", "-noverify", "-out", "x"]
    assert subprocess.run(arguments, cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_openssl_opens_what_we_seal_and_finds_the_signed_mail_inside(tmp_path: Path) -> None:
    recipient = mails.exchange_key(mails.XB, "rsa")
    keep(recipient, tmp_path)
    made = mails.certificate_mail(XML, encryption="aes256-cbc", recipient_der=recipient.certificate_der)
    (tmp_path / "mail.eml").write_bytes(made.data)
    plain = openssl("cms", "-decrypt", "-in", "mail.eml", "-recip", "cert.pem", "-inkey", "key.pem", folder=tmp_path)
    assert plain.startswith(b"Content-Type: multipart/signed")


def signed_part() -> bytes:
    """Return the signed part of a mail of ours, for another program to sign."""
    return read_parts(mails.certificate_mail(XML).data).parts[0].raw


def by_openssl(key: ExchangeKey, folder: Path, *options: str) -> bytes:
    """Return a mail of XA whose signed part OpenSSL signed."""
    keep(key, folder)
    (folder / "part.txt").write_bytes(signed_part())
    made = openssl(
        "cms", "-sign", "-binary", "-in", "part.txt", "-signer", "cert.pem", "-inkey", "key.pem", "-md", "sha256",
        "-outform", "SMIME", *options, folder=folder,
    )  # fmt: skip
    body = made.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return f"From: {mails.XA}\r\nTo: {mails.XB}\r\nMessage-ID: <o1@ecert.xa.example>\r\n".encode() + body


def reason(got: Reading) -> Reason:
    """Return why a mail is in quarantine."""
    assert isinstance(got, Quarantined), got
    return got.reason


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", [(), ("-nocerts",), ("-nosmimecap",)], ids=" ".join)
def test_we_verify_what_openssl_signs(kind: str, options: tuple[str, ...], tmp_path: Path) -> None:
    key = mails.exchange_key(mails.XA, kind)
    got = mails.read(by_openssl(key, tmp_path, *options), by=mails.partner(key))
    assert isinstance(got, ExchangeMail), got
    assert got.xml == XML
    assert got.fields == mails.fields(XML)


def test_we_verify_pss_too(tmp_path: Path) -> None:
    key = mails.exchange_key(mails.XA, "rsa")
    got = mails.read(by_openssl(key, tmp_path, "-keyopt", "rsa_padding_mode:pss"), by=mails.partner(key))
    assert isinstance(got, ExchangeMail), got


@pytest.mark.parametrize("options", [("-md", "sha1"), ("-noattr",), ("-nodetach",), ("-md", "sha512")], ids=" ".join)
def test_other_shapes_of_signature_are_refused(options: tuple[str, ...], tmp_path: Path) -> None:
    """SHA-1, signatures without attributes, and content inside the signature, which a reader could take instead."""
    key = mails.exchange_key(mails.XA, "rsa")
    assert reason(mails.read(by_openssl(key, tmp_path, *options), by=mails.partner(key))) is Reason.SIGNATURE


def test_two_signers_are_one_too_many(tmp_path: Path) -> None:
    key, other = mails.exchange_key(mails.XA, "rsa"), mails.exchange_key("other@xa.example", "rsa")
    keep(other, tmp_path)
    (tmp_path / "cert.pem").rename(tmp_path / "other.pem")
    (tmp_path / "key.pem").rename(tmp_path / "other.key")
    raw = by_openssl(key, tmp_path, "-signer", "other.pem", "-inkey", "other.key")
    assert reason(mails.read(raw, by=mails.partner(key))) is Reason.SIGNATURE


@pytest.mark.parametrize("cipher", ["-aes-256-cbc", "-aes-128-cbc"])
def test_we_open_what_openssl_seals(cipher: str, tmp_path: Path) -> None:
    ours = mails.exchange_key(mails.XB, "rsa")
    keep(ours, tmp_path)
    inner = mails.certificate_mail(XML).data
    (tmp_path / "inner.eml").write_bytes(inner[inner.index(b"Content-Type: multipart/signed") :])
    made = openssl("cms", "-encrypt", cipher, "-binary", "-in", "inner.eml", "cert.pem", folder=tmp_path)
    head = f"From: {mails.XA}\r\nTo: {mails.XB}\r\nMessage-ID: <o2@ecert.xa.example>\r\n".encode()
    got = mails.read(head + made.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), keys=(ours,))
    assert isinstance(got, ExchangeMail), got
    assert got.xml == XML
