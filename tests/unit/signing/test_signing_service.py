"""The signing service judges for itself: what it is asked, by whom it was approved, how often (K8, trust.md 4.4, 9)."""

import hashlib
import io
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest

from opensps.formats import cbor, cose
from opensps.formats.digest import content_digest
from opensps.formats.xml_input import parse
from opensps.signing import (
    Approval,
    DeviceUnavailable,
    KeyFileError,
    ServiceRefused,
    ServiceUnavailable,
    Signer,
    check_integrity,
    read_seal,
    seal_approved,
    signer_from,
)
from opensps.signing.passkeys import Credential
from opensps.signing.service_claims import INQUIRY_REPLY, STATUS_LIST
from opensps.signing.service_desk import SigningDesk
from opensps.signing.service_journal import Entry, Journal
from opensps.signing.service_policy import ServicePolicy
from opensps.signing.service_protocol import Message, framed, read_frame
from opensps.signing.service_signer import ServiceSigner, ask
from opensps.signing.service_socket import open_door, serve
from tests.factories.passkeys import Passkey, by_password
from tests.factories.pdfs import attached
from tests.factories.signing import SEALED_AT, document, signer

POLICY = """
authority = "XA"
types = ["851", "657"]
evidence = ["password", "webauthn"]
two_officers = ["657"]
signs = ["seal", "qr", "status", "pdf", "reply"]
host = "cert.example"
origin = "https://cert.example"
[per_hour]
type = 3
country = 5
[per_hour.countries]
XC = 1
"""
XML = document()
D = content_digest(parse(XML, sealed=True))


def digest_of(xml: bytes) -> bytes:
    return content_digest(parse(xml, sealed=True))


def test_an_envelope_that_is_not_that_of_claims_is_not_signed(tmp_path: Path) -> None:
    for other in (("Signature1", b"", b""), ("Signature1", b"\xa0", b"aad", b"\xa0"), ("Signature1", 1, b"", 2)):
        with pytest.raises(ServiceRefused, match="not_a_document"):
            through(desk(tmp_path)).sign(cbor.dumps(other))


class Broken:
    """A signer whose device has gone."""

    kid, certificate_der, chain_der = signer().kid, signer().certificate_der, ()

    def sign(self, data: bytes) -> bytes:
        raise DeviceUnavailable(f"asked to sign {len(data)} bytes")


def desk(
    folder: Path,
    *,
    policy: str = POLICY,
    who: Signer | None = None,
    credentials: tuple[Credential, ...] = (),
    at: datetime = SEALED_AT,
    alarm: Callable[[str, str], None] = lambda _kind, _officer: None,
) -> SigningDesk:
    return SigningDesk(
        signer=who or signer(),
        policy=ServicePolicy.load(policy),
        journal=Journal.open(folder / "journal"),
        credentials={each.id: each for each in credentials},
        clock=lambda: at,
        alarm=alarm,
    )


def through(at: SigningDesk) -> ServiceSigner:
    """Return the application's signer, on a line without a socket."""

    return ServiceSigner.connect(lambda question: at.answer(question[4:])[4:])


def refusal(where: SigningDesk, xml: bytes, *approvals: Approval) -> str:
    with pytest.raises(ServiceRefused) as caught:
        through(where).seal(xml, approvals)
    return caught.value.reason


def test_an_approved_document_is_sealed_by_the_service_and_its_own_clock(tmp_path: Path) -> None:
    service = through(desk(tmp_path))
    assert service.kid == signer().kid
    xades = seal_approved(XML, signer=service, approvals=(by_password(D, at=SEALED_AT),), at=datetime.now(UTC))
    read = read_seal(xades)
    check_integrity(read, digest=D)
    assert read.signing_time == SEALED_AT
    assert Journal.open(tmp_path / "journal").has(D)


def test_a_local_key_seals_without_being_told_more() -> None:
    check_integrity(read_seal(seal_approved(XML, signer=signer(), approvals=(), at=SEALED_AT)), digest=D)


@pytest.mark.parametrize("data", [D, b"", b"bytes", hashlib.sha256(XML).digest(), XML], ids=range(5))
def test_K8_a_digest_or_anything_else_that_says_not_what_it_is_is_not_signed(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ServiceRefused, match="not_a_document"):
        through(desk(tmp_path)).sign(data)


@pytest.mark.parametrize(
    "question",
    [
        {"ask": "sign", "digest": D},
        {"ask": "seal", "digest": D},
        {"ask": "seal", "xml": XML},
        {"ask": "seal", "xml": XML, "approvals": (), "more": 1},
        {"ask": "certificates", "digest": D},
        {},
    ],
    ids=range(6),
)
def test_there_is_no_question_with_a_digest_in_it(tmp_path: Path, question: Message) -> None:
    with pytest.raises(ServiceRefused, match="request"):
        ask(through(desk(tmp_path)).channel, question)


def test_what_is_approved_is_what_is_sealed(tmp_path: Path) -> None:
    here = desk(tmp_path)
    assert refusal(here, XML) == "missing"
    assert refusal(here, document(goods="Ginger"), by_password(D, at=SEALED_AT)) == "digests"
    assert refusal(here, XML, by_password(D, at=SEALED_AT, act="withdraw")) == "digests"
    assert refusal(here, XML, by_password(D, at=SEALED_AT, officer="")) == "digests"
    assert refusal(here, XML.replace(b"Garlic", b"<!-- -->"), by_password(D, at=SEALED_AT)) == "not_a_document:comment"


@pytest.mark.parametrize("hours", [-169, 1])
def test_an_approval_is_fresh_and_not_of_tomorrow(tmp_path: Path, hours: int) -> None:
    assert refusal(desk(tmp_path), XML, by_password(D, at=SEALED_AT + timedelta(hours=hours))) == "age"


def test_the_service_seals_for_its_authority_and_its_types_only(tmp_path: Path) -> None:
    here = desk(tmp_path)
    for xml, reason in ((document(country="XB"), "authority"), (document(type_code="853"), "type")):
        assert refusal(here, xml, by_password(digest_of(xml), at=SEALED_AT)) == reason


def test_a_risky_type_needs_two_different_officers(tmp_path: Path) -> None:
    here, xml = desk(tmp_path), document(type_code="657")
    once = by_password(digest_of(xml), at=SEALED_AT)
    assert refusal(here, xml, once) == "second_officer"
    assert refusal(here, xml, once, once) == "second_officer"
    through(here).seal(xml, (once, replace(once, officer="officer-2")))


def test_no_more_than_the_limit_of_an_hour(tmp_path: Path) -> None:
    here = desk(tmp_path)
    papers = [document(number=f"XA-2026-014-000{n}") for n in range(4)]
    for xml in papers[:3]:
        through(here).seal(xml, (by_password(digest_of(xml), at=SEALED_AT),))
    assert refusal(here, papers[3], by_password(digest_of(papers[3]), at=SEALED_AT)) == "limit"
    through(here).seal(papers[0], (by_password(digest_of(papers[0]), at=SEALED_AT),))
    later = SEALED_AT + timedelta(hours=1, minutes=1)
    after = desk(tmp_path, at=later)
    through(after).seal(papers[3], (by_password(digest_of(papers[3]), at=later),))
    assert after.journal.count(at=later) == 1


def test_a_country_has_a_limit_of_its_own(tmp_path: Path) -> None:
    here = desk(tmp_path)
    papers = [document(number=f"N{n}").replace(b"<ram:ID>XB</ram:ID>", b"<ram:ID>XC</ram:ID>") for n in range(2)]
    through(here).seal(papers[0], (by_password(digest_of(papers[0]), at=SEALED_AT),))
    assert refusal(here, papers[1], by_password(digest_of(papers[1]), at=SEALED_AT)) == "limit"


def test_a_passkey_is_checked_against_the_services_own_table(tmp_path: Path) -> None:
    key, alarms = Passkey("officer-1"), []
    here = desk(tmp_path, credentials=(key.credential,), alarm=lambda kind, who: alarms.append((kind, who)))
    assert refusal(here, XML, Passkey("officer-1").approve(D, at=SEALED_AT)) == "credential"
    forged = replace(key.approve(D, at=SEALED_AT), signature=b"0")
    assert refusal(here, XML, forged) == "signature"
    through(here).seal(XML, (key.approve(D, at=SEALED_AT),))
    assert not alarms
    key.count = 0
    through(here).seal(XML, (key.approve(D, at=SEALED_AT),))
    assert alarms == [("counter", "officer-1")]


def test_a_password_does_where_the_authority_allows_it(tmp_path: Path) -> None:
    strict = POLICY.replace('"password", ', "")
    assert refusal(desk(tmp_path, policy=strict), XML, by_password(D, at=SEALED_AT)) == "method"


def test_claims_are_signed_for_what_was_sealed_and_nothing_else(tmp_path: Path) -> None:
    service = through(desk(tmp_path))
    claims = cbor.dumps({1: "XA", 2: "N", -70001: {1: D}})
    with pytest.raises(ServiceRefused, match="not_sealed"):
        cose.write_sign1(claims, kid=service.kid, sign=service.sign)
    service.seal(XML, (by_password(D, at=SEALED_AT),))
    message = cose.read_sign1(cose.write_sign1(claims, kid=service.kid, sign=service.sign))
    cose.check_signature(message, spki_der=signer().spki_der)
    for other in (cbor.dumps({1: "XA"}), cbor.dumps({-70001: {1: b"short"}}), cbor.dumps((1,))):
        with pytest.raises(ServiceRefused, match="not_a_document"):
            cose.write_sign1(other, kid=service.kid, sign=service.sign)


def test_a_status_list_is_signed_where_the_policy_says_so(tmp_path: Path) -> None:
    def made_by(service: ServiceSigner) -> bytes:
        claims = cbor.dumps({2: "uri"})
        return cose.write_sign1(claims, kid=service.kid, sign=service.sign, content_type=STATUS_LIST)

    assert made_by(through(desk(tmp_path)))
    with pytest.raises(ServiceRefused, match="use"):
        made_by(through(desk(tmp_path, policy=POLICY.replace('"status", ', ""))))


def test_a_reply_is_signed_for_our_own_authority_where_the_policy_says_so(tmp_path: Path) -> None:
    def made_by(service: ServiceSigner, authority: str = "XA") -> bytes:
        claims = cbor.dumps({"authority": authority, "finding": "genuine"})
        return cose.write_sign1(claims, kid=service.kid, sign=service.sign, content_type=INQUIRY_REPLY)

    assert made_by(through(desk(tmp_path)))
    with pytest.raises(ServiceRefused, match="authority"):
        made_by(through(desk(tmp_path)), "XB")
    with pytest.raises(ServiceRefused, match="use"):
        made_by(through(desk(tmp_path, policy=POLICY.replace(', "reply"', ""))))


def paper(xml: bytes | None) -> bytes:
    """Return a PDF with a certificate inside, or with something else."""
    made = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        name = "certificate.xml" if xml else "note.txt"
        pdf.attachments[name] = attached(pdf, xml or b"note")
        pdf.save(made)
    return made.getvalue()


def test_a_paper_is_signed_for_a_certificate_that_was_sealed(tmp_path: Path) -> None:
    here = desk(tmp_path)
    here.sign_pdf = lambda pdf, _signer, at: pdf + at.isoformat().encode()
    for other in (paper(XML), paper(None)):
        with pytest.raises(ServiceRefused, match="not_sealed"):
            through(here).seal_pdf(other)
    through(here).seal(XML, (by_password(D, at=SEALED_AT),))
    assert through(here).seal_pdf(paper(XML)).endswith(SEALED_AT.isoformat().encode())
    here.sign_pdf = None
    with pytest.raises(ServiceRefused, match="use"):
        through(here).seal_pdf(paper(XML))


def test_a_broken_device_means_later_and_leaves_no_line(tmp_path: Path) -> None:
    here = desk(tmp_path, who=Broken())
    with pytest.raises(ServiceUnavailable, match="DeviceUnavailable"):
        through(here).seal(XML, (by_password(D, at=SEALED_AT),))
    assert not Journal.open(tmp_path / "journal").has(D)


def test_a_wrong_pin_of_the_service_is_its_own_affair(tmp_path: Path) -> None:
    class Locked(Broken):
        def sign(self, data: bytes) -> bytes:
            raise KeyFileError("pin", f"{len(data)} bytes")

    with pytest.raises(ServiceUnavailable, match="KeyFileError:pin"):
        through(desk(tmp_path, who=Locked())).seal(XML, (by_password(D, at=SEALED_AT),))


@pytest.mark.parametrize("answer", [{"done": 5}, {"maybe": 1}, {"later": "X"}])
def test_an_answer_that_is_none_means_later(answer: Message) -> None:
    service = ServiceSigner(lambda _question: framed(answer)[4:], signer().certificate_der)
    with pytest.raises(ServiceUnavailable):
        service.seal(XML, ())


@pytest.mark.parametrize("answer", [{"done": 5}, {"done": (b"", (1,))}, {"done": (b"",)}])
def test_a_service_shows_its_certificates_first(answer: Message) -> None:
    with pytest.raises(ServiceUnavailable):
        ServiceSigner.connect(lambda _question: framed(answer)[4:])


@pytest.mark.parametrize("body", [b"", b"\x01", b"\xff"])
def test_a_question_that_cannot_be_read_is_refused(tmp_path: Path, body: bytes) -> None:
    assert desk(tmp_path).answer(body) == framed({"refused": "request"})


@pytest.mark.parametrize("frame", [b"", b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\0\0\x05ab"])
def test_a_message_is_as_long_as_it_says_and_not_too_long(frame: bytes) -> None:
    rest = bytearray(frame)

    def take(count: int) -> bytes:
        part, rest[:count] = bytes(rest[:count]), b""
        return part

    with pytest.raises(ServiceRefused, match="request"):
        read_frame(take)


def test_a_line_that_a_crash_cut_short_is_taken_away(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    entry = Entry(SEALED_AT, "851", "XB", D, ("officer-1",))
    path.write_bytes(entry.line().encode() + b"2026-11-20T10:1")
    journal = Journal.open(path)
    journal.add(replace(entry, digest=bytes(32)))
    again = Journal.open(path)
    assert again.has(D)
    assert again.has(bytes(32))
    path.write_bytes(b"cut")
    assert not Journal.open(path).has(D)
    path.write_bytes(b"no entry\n")
    with pytest.raises(KeyFileError, match="line 1"):
        Journal.open(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('authority = "XA"', ""),
        ('authority = "XA"', "authority = 5"),
        ('types = ["851", "657"]', 'types = "851"'),
        ("[per_hour]", "surprise = 1\n[per_hour]"),
        ("[per_hour]\ntype = 3\ncountry = 5\n[per_hour.countries]\nXC = 1", "per_hour = 3"),
        ("type = 3", "type = -3"),
        ("type = 3", "type = true"),
        ('"password"', '"fingerprint"'),
        ('"pdf"', '"digest"'),
        ("type = 3", "type = "),
    ],
    ids=range(10),
)
def test_a_policy_that_is_not_understood_is_no_policy(old: str, new: str) -> None:
    with pytest.raises(KeyFileError, match="policy"):
        ServicePolicy.load(POLICY.replace(old, new))


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Path]:
    """A service on its socket, until the test ends."""
    path, here = tmp_path / "sign.sock", desk(tmp_path)
    door = open_door(path)
    is_over = threading.Event()
    thread = threading.Thread(target=serve, args=(door, here.answer), kwargs={"until": is_over.is_set})
    thread.start()
    yield path
    is_over.set()
    thread.join(10)
    door.close()
    serve(door, here.answer)


def test_the_application_reaches_the_service_by_its_socket(running: Path) -> None:
    service = signer_from(f"service:{running}")
    assert isinstance(service, ServiceSigner)
    check_integrity(read_seal(service.seal(XML, (by_password(D, at=SEALED_AT),))), digest=D)
    assert running.stat().st_mode & 0o777 == 0o660
    with pytest.raises(ServiceRefused, match="request"):
        ask(service.channel, {"ask": "nothing"})
    raw = service.channel(b"\xff\xff\xff\xff")
    assert raw == framed({"refused": "request"})[4:]
    with pytest.raises(KeyFileError, match="exists"):
        open_door(running)


def test_whoever_connects_and_leaves_harms_nobody(running: Path) -> None:
    for _ in range(3):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.connect(str(running))
    assert signer_from(f"service:{running}").kid == signer().kid


def test_a_service_that_is_not_there_means_later(tmp_path: Path) -> None:
    with pytest.raises(ServiceUnavailable):
        signer_from(f"service:{tmp_path / 'nobody.sock'}")
    with pytest.raises(KeyFileError, match="uri"):
        signer_from("service:relative.sock")


def test_a_socket_that_a_crash_left_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "sign.sock"
    open_door(path).close()
    open_door(path).close()
