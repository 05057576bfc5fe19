"""Westmark (XC): receives certificates by mail, checks signature and content, and answers by a signed mail.

A real SMTP server with STARTTLS; what it answers with follows its mood. The conversation on the wire is `aiosmtpd`'s,
the mails are read and built by `exchange.mail`, as any OpenSPS would. It keeps the last mails as files, nothing else.
"""

import asyncio
import hashlib
import secrets
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from opensps.border.inquiry_documents import DocumentUnreadable, InquiryDocument, read_document, write_document
from opensps.certificate import Acknowledgement, Code, CountryCode, OfficialTime, ReferencedDocument, Text
from opensps.exchange.mail import building
from opensps.exchange.mail.building import Built, Letter, Protection
from opensps.exchange.mail.certificates import read_pinned
from opensps.exchange.mail.fields import Action, SpsFields, sha256_hex
from opensps.exchange.mail.reading import ExchangeMail, MailPartner, read_mail
from opensps.formats import FormatError, write_acknowledgement
from opensps.lifecycle import AcknowledgementCode
from opensps.lifecycle.inquiry import InquiryAct
from opensps.project.abroad.judging import judged
from opensps.project.abroad.keys import OUR_ADDRESS, THEIR_ADDRESS, WESTMARK, exchange_key
from opensps.project.abroad.moods import Mood, mood_of

log = structlog.get_logger("opensps.demo.westmark")

KEPT = 200
"""Mails kept as files."""

DOMAIN = THEIR_ADDRESS.partition("@")[2]
_ANSWERS = {
    Mood.WELL: (AcknowledgementCode.RECEIVED, ""),
    Mood.REMARK: (AcknowledgementCode.RECEIVED_REMARKS, "WARNING Mapping: the importer is not registered with us"),
    Mood.UNREADABLE: (AcknowledgementCode.UNREADABLE, "SEVERE Schema: we could not read the document"),
    Mood.REFUSE: (AcknowledgementCode.REJECTED, "SEVERE Mapping: invalid HS code 0703.2"),
}


@dataclass(slots=True)
class Westmark:
    """The program of an authority that is reached by mail."""

    directory: Path
    examplia: Path
    """Certificate of XA's exchange key (PEM), as it was confirmed."""

    answer: Callable[[Built], None]
    clock: Callable[[], datetime]
    _waiting: set[asyncio.Task[None]] = field(default_factory=set)

    async def handle_DATA(  # noqa: N802  aiosmtpd asks for the name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep the mail as a file, answer it beside the conversation."""
        mood = mood_of(self.directory.parent, WESTMARK)
        if mood is Mood.AWAY:
            return "451 4.3.2 Westmark is away, try again later"
        raw, sender = envelope.original_content or b"", envelope.mail_from or ""
        self._keep(raw)
        task = asyncio.get_running_loop().create_task(asyncio.to_thread(self._answered, raw, sender, mood))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)
        return "250 2.0.0 Kept"

    def _keep(self, raw: bytes) -> None:
        folder = self.directory / "mail"
        folder.mkdir(exist_ok=True, mode=0o700)
        (folder / f"{self.clock():%Y%m%dT%H%M%S%f}.eml").write_bytes(raw)
        for old in sorted(folder.glob("*.eml"))[:-KEPT]:
            old.unlink(missing_ok=True)

    def _answered(self, raw: bytes, sender: str, mood: Mood) -> None:
        try:
            built = self.acknowledgement(raw, mail_from=sender, mood=mood)
            if built is not None:
                self.answer(built)
        except (OSError, smtplib.SMTPException, FormatError) as exc:
            log.warning("westmark_answer_failed", kind=type(exc).__name__)

    def acknowledgement(self, raw: bytes, *, mail_from: str, mood: Mood) -> Built | None:
        """Return the answer to a mail; ``None`` for what is none of XA's certificates, or where nothing is said."""
        read = read_mail(raw, mail_from=mail_from, partner_of=self._partner, keys=(), at=self.clock())
        if isinstance(read, ExchangeMail) and read.fields is not None and read.fields.action == Action.INQUIRY:
            return self._heard(read) if mood is Mood.WELL else None
        if not isinstance(read, ExchangeMail) or read.fields is None or read.xml is None or mood is Mood.SILENT:
            return None
        if read.fields.action not in {Action.ISSUE, Action.REPLACE, Action.WITHDRAW, Action.STATUS}:
            return None
        result, text = _ANSWERS[mood]
        if mood is Mood.WELL:
            found, text = judged(read.xml, country="XC", at=self.clock(), seal=_seal_in(read))
            result = _ANSWERS[found][0]
        return self._built(read, read.fields, result, text)

    def _heard(self, read: ExchangeMail) -> Built | None:
        """Say that a question of XA is looked into; the answer a person gives."""
        said = _question_in(read)
        if said is None or said.act is not InquiryAct.OPEN:
            return None
        delivery = secrets.token_hex(13).upper()
        document = InquiryDocument(
            sender="XC",
            inquiry=said.inquiry,
            theirs=f"XC-Q-{delivery[:10]}",
            act=InquiryAct.ACKNOWLEDGE,
            sequence=1,
            sent_at=self.clock(),
            certificate=said.certificate,
            texts=(("en", "We look into it."), ("zh", "我方正在核查。")),
        )
        parts = building.inquiry_parts(write_document(document))
        fields = SpsFields(
            action=Action.INQUIRY,
            delivery=delivery,
            sender="XC",
            recipient="XA",
            certificate=said.certificate,
            content_digest=sha256_hex(parts.document),
        )
        letter = Letter(
            sender=THEIR_ADDRESS,
            sender_name="SPS exchange XC",
            recipient=OUR_ADDRESS,
            message_id=building.message_id(delivery, domain=DOMAIN),
            subject=building.subject(said.certificate, "inquiry"),
            dated_at=self.clock(),
        )
        protection = Protection(key=exchange_key(self.directory))
        return building.inquiry_mail(letter, fields, parts, text="We look into it.", protection=protection)

    def _partner(self, address: str) -> MailPartner | None:
        pinned = read_pinned(self.examplia.read_bytes())
        if address != OUR_ADDRESS or pinned is None:
            return None
        return MailPartner(code="XA", addresses=(OUR_ADDRESS,), pinned=(pinned,))

    def _built(self, read: ExchangeMail, said: SpsFields, result: AcknowledgementCode, text: str) -> Built:
        at = self.clock()
        document = write_acknowledgement(_document(said, result, text, at))
        fields = SpsFields(
            action=Action.ACKNOWLEDGE,
            delivery=secrets.token_hex(13).upper(),
            sender="XC",
            recipient="XA",
            certificate=said.certificate,
            type_code=said.type_code,
            status_code=said.status_code,
            content_digest=sha256_hex(document),
            result=result,
            answers_delivery=said.delivery,
        )
        letter = Letter(
            sender=THEIR_ADDRESS,
            sender_name="SPS exchange XC",
            recipient=OUR_ADDRESS,
            message_id=building.message_id(fields.delivery, domain=DOMAIN),
            subject=building.subject(said.certificate, "acknowledged"),
            dated_at=at,
            references=(read.facts.message_id,) if read.facts.message_id else (),
            in_reply_to=read.facts.message_id,
            submitted=building.AUTO_REPLIED,
        )
        words = text or "Received."
        protection = Protection(key=exchange_key(self.directory))
        return building.acknowledgement_mail(letter, fields, document, text=words, protection=protection)


def _question_in(read: ExchangeMail) -> InquiryDocument | None:
    files = {hashlib.sha256(each.data).hexdigest(): each.data for each in read.attached}
    try:
        found = [read_document(each.data, files=files) for each in read.attached if each.kind == "application/json"]
    except DocumentUnreadable:
        return None
    return found[0] if found else None


def _seal_in(read: ExchangeMail) -> bytes:
    """Return the detached seal that came with a certificate, nothing without one."""
    return next((each.data for each in read.attached if each.name.endswith(".xades")), b"")


def _document(said: SpsFields, result: AcknowledgementCode, text: str, at: datetime) -> Acknowledgement:
    reference = ReferencedDocument(
        relationship=Code("CAW", "un_1153"),
        id=said.certificate,
        type_code=Code(said.type_code, "un_1001"),
        issuing_country=CountryCode("XA"),
    )
    return Acknowledgement(
        issued=OfficialTime.moment(at, offset_minutes=0),
        status_code=said.status_code,
        reasons=(Text(f"{result}: {text}" if text else str(result), "en"),),
        references=(reference,),
    )


def sent_to(port: int) -> Callable[[Built], None]:
    """Return what hands a mail to XA's listener on this machine, over STARTTLS where it is offered."""

    def hand_over(built: Built) -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=30) as talk:
            talk.sendmail(f"bounce@{DOMAIN}", [OUR_ADDRESS], built.data)

    return hand_over


def run(directory: Path, *, examplia: Path, certificate: Path, key: Path, port: int, answers_to: int) -> None:
    """Work until stopped."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    westmark = Westmark(directory, examplia, sent_to(answers_to), lambda: datetime.now(UTC))

    def door() -> SMTP:
        options: dict[str, Any] = {"require_starttls": True, "tls_context": context, "hostname": "mx.ecert.xc.example"}
        return SMTP(westmark, data_size_limit=26_214_400, enable_SMTPUTF8=False, **options)

    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(door, "127.0.0.1", port)
        async with server:
            await server.serve_forever()

    asyncio.run(serve())
