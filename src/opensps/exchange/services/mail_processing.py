"""One stored mail, processed: read, scanned, and handed to where its content belongs (`exchange.md` 4.7, 4.8).

A certificate goes through the door every channel uses (`envelope_receive`); an acknowledgement counts because the
partner signed it. Nothing is sent from here: what has to be answered is a row of the outbox, addressed to the partner's
listed address.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from django.db import transaction

from opensps.exchange.contracts.headers import EnvelopeHeader
from opensps.exchange.inbound_rules import found
from opensps.exchange.mail.errors import Reason
from opensps.exchange.mail.fields import Action, SpsFields
from opensps.exchange.mail.matching import addressed_elsewhere, mismatches
from opensps.exchange.mail.reading import Automatic, ExchangeMail, MailPartner, Quarantined, ReportMail, read_mail
from opensps.exchange.mail_terms import MailTerms
from opensps.exchange.models import Decision, Envelope, ReceivedMessage
from opensps.exchange.queries.mail import UNPROVEN, MailSender, earlier_mails, mail_delivery, mail_sender, was_handed_on
from opensps.exchange.services.mail_reports import report_apply
from opensps.exchange.services.outcomes import envelope_outcome
from opensps.exchange.services.receiving import envelope_receive
from opensps.exchange.services.setting_aside import message_decide, message_set_aside
from opensps.exchange.terms import Enclosed, InboundMessage, MessageRefused, ReceivingTerms
from opensps.formats import Reading, read_certificate
from opensps.lifecycle import WORD_OF_CODE, AcknowledgementCode

log = structlog.get_logger("opensps.exchange.mail")

COLLECT = "COLLECT"
"""Reason under which a notice waits for a person: something is too large for mail."""

_PAYLOADS = frozenset({"SPSCertificate", "SPSAcknowledgement"})
_SEALED = frozenset({"", "70"})
"""Statuses whose XML carries the seal of the authority; every other is said by the channel alone."""

_MAX_NUMBER = 9
_DELIVERY = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""A delivery number, ours or theirs; anything else is none."""


@dataclass(frozen=True, slots=True)
class MailProcessor:
    """Processes mail; registered as the processor of the channel."""

    terms_of: Callable[[], MailTerms]
    """Asked for each mail, so that an installation without mail needs no settings of it."""

    def __call__(self, message: ReceivedMessage, *, terms: ReceivingTerms, at: datetime) -> None:
        """Read a stored mail and write the decision; raise for what may go better later."""
        _Processing(message, terms, self.terms_of(), at).run()


@dataclass(slots=True)
class _Processing:
    """One mail on its way through the steps."""

    message: ReceivedMessage
    terms: ReceivingTerms
    mail: MailTerms
    at: datetime
    sender: MailSender | None = None

    def run(self) -> None:
        raw = bytes(self.message.raw or b"")
        got = self._read(raw)
        match got:
            case Quarantined():
                self._known()
                self._aside(got.reason, got.detail)
            case Automatic():
                message_decide(self.message, Decision.IGNORED, at=self.at, reason="automatic")
            case ReportMail():
                report_apply(self.message, got, mail=self.mail, at=self.at)
            case ExchangeMail():
                self._known()
                self._exchange(got)

    def _read(self, raw: bytes) -> Quarantined | Automatic | ReportMail | ExchangeMail:
        """Read a mail as of the moment it was received: a key that was valid then stays valid for it."""
        return read_mail(
            raw,
            mail_from=str(self.message.facts.get("mail_from", "")),
            partner_of=self._partner_of,
            keys=self.mail.keys,
            at=self.message.received_at,
        )

    def _partner_of(self, address: str) -> MailPartner | None:
        received_at = self.message.received_at
        self.sender = mail_sender(authority=self.message.authority, address=address, at=received_at)
        return self.sender.profile if self.sender is not None else None

    def _known(self) -> None:
        if self.sender is not None:
            self.message.connection = self.sender.connection
            self.message.save(update_fields=["connection"])

    def _aside(self, reason: str, text: str) -> None:
        message_set_aside(self.message, reason=reason, at=self.at, text=text)

    def _exchange(self, got: ExchangeMail) -> None:
        problem = self._scanned(got) or self._replayed(got)
        if problem is not None:
            self._aside(*problem)
        elif got.xml is None:
            self._letter(got)
        else:
            self._document(got, read_certificate(got.xml, extra_countries=self.terms.extra_countries))

    def _scanned(self, got: ExchangeMail) -> tuple[str, str] | None:
        """Return what the scan of the parts found; a scan that fails has found something."""
        if self.mail.scan is None:
            return None
        parts = [(got.xml or b"", "application/xml"), *((each.data, each.kind) for each in got.attached)]
        try:
            is_clean = all(self.mail.scan(data, kind) for data, kind in parts)
        except Exception as error:  # noqa: BLE001  the scan is somebody else's program: whatever it raises is no
            log.warning("mail_scan_failed", message=self.message.pk, kind=type(error).__name__)
            return Reason.MALWARE, "the scan could not be done"
        return None if is_clean else (Reason.MALWARE, "the scan found something")

    def _replayed(self, got: ExchangeMail) -> tuple[str, str] | None:
        for raw in earlier_mails(self.message, partner=self._sender().partner):
            before = self._read(raw)
            if isinstance(before, ExchangeMail) and (before.mic, before.xml) != (got.mic, got.xml):
                return Reason.REPLAY, "this Message-ID came before with other content"
        return None

    def _sender(self) -> MailSender:
        if self.sender is None:
            raise LookupError("an exchange message without its partner")
        return self.sender

    def _letter(self, got: ExchangeMail) -> None:
        """Pass on what holds no XML: an inquiry, or the notice that something waits to be collected."""
        said = got.fields or SpsFields()
        if said.action == Action.COLLECT:
            self._aside(COLLECT, "a certificate too large for mail waits to be collected")
            return
        if said.action == Action.ACKNOWLEDGE:
            self._acknowledged(said, "")
            return
        used, partner = self._sender().connection, self._sender().partner
        wrong = addressed_elsewhere(said, own_code=used.own_code, partner_code=used.connection_code)
        if wrong:
            self._aside(Reason.CONTENT, " ".join(wrong))
        elif was_handed_on(authority=self.message.authority, partner=partner, mic=got.mic):
            message_decide(self.message, Decision.IGNORED, at=self.at, reason="repeat")
        else:
            self._offered(got, said)

    def _offered(self, got: ExchangeMail, said: SpsFields) -> None:
        """Offer a letter to the handlers; what one of them does not believe is set aside."""
        message = InboundMessage(
            authority=self.message.authority,
            partner=got.partner,
            delivery_number=said.delivery,
            number=said.certificate,
            type_code=said.type_code,
            status_code=said.status_code,
            content=got.text.encode("utf-8"),
            at=self.at,
            enclosed=tuple(Enclosed(each.kind, each.data) for each in got.attached),
            is_signed=bool(got.signer),
        )
        try:
            with transaction.atomic():
                is_taken = any(handler(message) for handler in self.terms.handlers)
                if is_taken:
                    taken_by = {"partner": self._sender().partner, "reason_text": got.mic}
                    message_decide(self.message, Decision.HANDED_ON, at=self.at, **taken_by)
        except MessageRefused as refused:
            self._aside(refused.reason, refused.detail)
            return
        if not is_taken:
            self._aside(Reason.CONTENT, "an inquiry that nothing here takes")

    def _document(self, got: ExchangeMail, reading: Reading) -> None:
        if reading.payload not in _PAYLOADS:
            self._aside(Reason.CONTENT, "the XML part is neither certificate nor acknowledgement")
        elif reading.payload == "SPSAcknowledgement" and not got.signer:
            message_decide(self.message, Decision.IGNORED, at=self.at, reason=UNPROVEN)
        elif got.fields is not None and got.fields.action == Action.ACKNOWLEDGE and got.fields.result:
            self._answer_to_ours(got, reading)
        elif not got.signer and _status(reading) not in _SEALED:
            self._aside(Reason.SIGNATURE, "a status that carries no seal came in a mail without a signature")
        elif got.facts.is_automatic:
            self._aside(Reason.CONTENT, "an automatic reply that carries a certificate")
        else:
            self._take(got, reading)

    def _answer_to_ours(self, got: ExchangeMail, reading: Reading) -> None:
        wrong = self._wrong(got, reading)
        if wrong:
            self._aside(Reason.CONTENT, " ".join(wrong))
            return
        answer = reading.acknowledgement
        text = " ".join(each.value for each in answer.reasons) if answer is not None else ""
        self._acknowledged(got.fields or SpsFields(), text)

    def _acknowledged(self, said: SpsFields, text: str) -> None:
        """Apply an acknowledgement of this partner, signed, to the delivery it names."""
        named = said.answers_delivery if _DELIVERY.fullmatch(said.answers_delivery) else ""
        envelope = mail_delivery(authority=self.message.authority, delivery_number=named)
        code = next((each for each in AcknowledgementCode if each == said.result), None)
        if envelope is None or envelope.partner_id != self._sender().partner.pk or code is None:
            self._aside(Reason.CONTENT, "an acknowledgement that answers nothing of ours")
            return
        envelope_outcome(
            authority=self.message.authority,
            delivery_number=envelope.delivery_number,
            word=WORD_OF_CODE[code],
            text=text.removeprefix(f"{code}: ").removeprefix(code),
            at=self.at,
        )
        self._reported(envelope)

    def _reported(self, envelope: Envelope) -> None:
        message_decide(self.message, Decision.REPORT, at=self.at, partner=envelope.partner, envelope=envelope)

    def _wrong(self, got: ExchangeMail, reading: Reading) -> tuple[str, ...]:
        used = self._sender().connection
        return mismatches(got, reading, own_code=used.own_code, partner_code=used.connection_code)

    def _take(self, got: ExchangeMail, reading: Reading) -> None:
        """Take a certificate, or an answer about one, through the door of all channels."""
        sender, said = self._sender(), got.fields or SpsFields()
        wrong = self._wrong(got, reading)
        delivery = said.delivery if _DELIVERY.fullmatch(said.delivery) else ""
        if said.delivery and not delivery:
            wrong = (*wrong, "SPS-Delivery is no delivery number.")
        answer = envelope_receive(
            authority=self.message.authority,
            partner=sender.partner,
            connection=sender.connection,
            channel=self.message.channel,
            header=_header(replace(said, delivery=delivery), reading, sender),
            content=got.xml or b"",
            remote_number=delivery,
            version=_number(said.version) or None,
            detached_signature=_signature(got),
            requires_seal=not got.signer,
            beforehand=(found("EXCHANGE-SAID", what=" ".join(wrong)),) if wrong else (),
            message=self.message,
            terms=self.terms,
            at=self.at,
        )
        if got.facts.wants_receipt and sender.connection.options.get("gives_receipts"):
            rows = Envelope.objects.filter(authority=self.message.authority, delivery_number=answer.delivery_number)
            rows.update(message_mic=got.mic)


def _header(said: SpsFields, reading: Reading, sender: MailSender) -> EnvelopeHeader:
    """Return the header of an envelope: as signed, else as the certificate and the record of the partner say."""
    document = reading.certificate.exchanged_document if reading.certificate is not None else None
    return EnvelopeHeader(
        from_code=said.sender or sender.connection.connection_code,
        to_code=said.recipient or sender.connection.own_code,
        type_code=_number(said.type_code or (document.type_code if document else "")),
        status_code=_number(said.status_code or (document.status_code if document else "")),
        number=said.certificate or next(_numbers(reading), ""),
        delivery_number=said.delivery,
    )


def _status(reading: Reading) -> str:
    return reading.certificate.exchanged_document.status_code if reading.certificate is not None else ""


def _numbers(reading: Reading) -> Iterator[str]:
    if reading.certificate is not None:
        yield reading.certificate.exchanged_document.number or ""
    if reading.acknowledgement is not None:
        yield from (each.id for each in reading.acknowledgement.references if each.id)


def _number(text: str) -> int:
    """Return a code as a number; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_NUMBER else 0


def _signature(got: ExchangeMail) -> bytes | None:
    """Return the one XML among the attached files: the detached seal, whatever its file is called."""
    given = [each.data for each in got.attached if each.data.lstrip()[:1] == b"<" and "octet-stream" in each.kind]
    return given[0] if len(given) == 1 else None
