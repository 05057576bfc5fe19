"""From an envelope on its way to the mail that carries it (`exchange.md` 4.1, 4.2, 4.8). Pure."""

from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from opensps.exchange.mail import building, sentences
from opensps.exchange.mail.building import AUTO_GENERATED, AUTO_REPLIED, Built, Files, Letter, Protection
from opensps.exchange.mail.certificates import read_pinned
from opensps.exchange.mail.errors import MailNotBuilt
from opensps.exchange.mail.fields import Action, SpsFields, sha256_hex
from opensps.exchange.transports.mail_account import MailAccount
from opensps.exchange.transports.transport import Connection, Kind, Outbound
from opensps.lifecycle import AcknowledgementCode

_ACTIONS = MappingProxyType({"70": Action.ISSUE, "40": Action.WITHDRAW, "44": Action.REPLACE})
_ACTS = MappingProxyType(
    {
        Action.ISSUE: ("issued", sentences.ISSUED),
        Action.WITHDRAW: ("withdrawn", sentences.WITHDRAWN),
        Action.REPLACE: ("replaced", sentences.REPLACED),
        Action.STATUS: ("status changed", sentences.STATUS),
    }
)
_RESULTS = MappingProxyType(
    {
        AcknowledgementCode.RECEIVED: ("received", sentences.RECEIVED),
        AcknowledgementCode.RECEIVED_REMARKS: ("received with remarks", sentences.RECEIVED_REMARKS),
        AcknowledgementCode.UNREADABLE: ("not readable", sentences.UNREADABLE),
        AcknowledgementCode.REJECTED: ("rejected", sentences.REJECTED),
    }
)
ON_HOLD = "on_hold"


def mail_of(outbound: Outbound, account: MailAccount, *, at: datetime) -> Built:
    """Return the mail of an envelope; raise `MailNotBuilt`."""
    if outbound.result is not None:
        return _acknowledgement(outbound, account, outbound.result, at)
    if outbound.kind is Kind.RESPONSE:
        return _decision(outbound, account, at)
    if outbound.kind is Kind.INQUIRY:
        return _inquiry(outbound, account, at)
    action = action_of(outbound)
    act, sentence = _ACTS[Action.ISSUE if outbound.replaces and action is Action.REPLACE else action]
    files = Files(
        content=outbound.content,
        detached_signature=outbound.detached_signature,
        proof_bundle=outbound.proof_bundle(),
        pdf=outbound.pdf(),
    )
    text = _text(outbound, account, sentence, sentences.SIGNED)
    said = _fields(outbound, action, outbound.sha256)
    return building.certificate_mail(
        _letter(outbound, account, act, at), said, files, text=text, protection=_protection(outbound, account)
    )


def notice_of(outbound: Outbound, account: MailAccount, *, at: datetime) -> Built:
    """Return the mail that says where to collect what is too large (`exchange.md` 4.8); raise `MailNotBuilt`."""
    return building.notice_mail(
        _letter(outbound, account, "waits to be collected", at),
        _fields(outbound, Action.COLLECT, outbound.sha256),
        text=_text(outbound, account, sentences.COLLECT, sentences.SIGNED),
        protection=_protection(outbound, account),
    )


_DISPOSITIONS = MappingProxyType(
    {
        AcknowledgementCode.RECEIVED: "processed",
        AcknowledgementCode.RECEIVED_REMARKS: "processed/warning",
        AcknowledgementCode.UNREADABLE: "processed/error",
        AcknowledgementCode.REJECTED: "processed/failure",
    }
)


def receipt_of(outbound: Outbound, account: MailAccount, *, at: datetime) -> Built | None:
    """Return the receipt that goes before an acknowledgement, where the sender asked for one; raise `MailNotBuilt`."""
    if outbound.result is None or not outbound.in_reply_to_mic or not outbound.in_reply_to_message:
        return None
    act, sentence = _RESULTS[outbound.result]
    letter = _letter(outbound, account, act, at)
    return building.receipt_mail(
        replace(letter, message_id=letter.message_id.replace(".sps", ".mdn.sps", 1)),
        original_message_id=outbound.in_reply_to_message,
        disposition=_DISPOSITIONS[outbound.result],
        mic=outbound.in_reply_to_mic,
        text=_text(outbound, account, sentence),
        protection=replace(_protection(outbound, account), encryption="none"),
    )


def action_of(outbound: Outbound) -> Action:
    """Return what a message does, from its status on the wire."""
    if outbound.certificate_state == ON_HOLD:
        return Action.STATUS
    found = _ACTIONS.get(outbound.status_code, Action.STATUS)
    return Action.REPLACE if found is Action.ISSUE and outbound.replaces else found


def _acknowledgement(outbound: Outbound, account: MailAccount, result: AcknowledgementCode, at: datetime) -> Built:
    act, sentence = _RESULTS[result]
    letter = _letter(outbound, account, act, at)
    said = _fields(outbound, Action.ACKNOWLEDGE, outbound.sha256 if outbound.content else "")
    text, protection = _text(outbound, account, sentence), _protection(outbound, account)
    if not outbound.content:  # a number or code that no document can carry
        return building.notice_mail(letter, said, text=text, protection=protection)
    return building.acknowledgement_mail(letter, said, outbound.content, text=text, protection=protection)


def _decision(outbound: Outbound, account: MailAccount, at: datetime) -> Built:
    """Return the mail with what our border decided about goods: an SPSAcknowledgement without a result of receipt."""
    return building.acknowledgement_mail(
        _letter(outbound, account, "decided at the border", at),
        _fields(outbound, Action.ACKNOWLEDGE, outbound.sha256),
        outbound.content,
        text=_text(outbound, account, sentences.DECIDED),
        protection=_protection(outbound, account),
    )


def _inquiry(outbound: Outbound, account: MailAccount, at: datetime) -> Built:
    parts = building.inquiry_parts(outbound.content)
    return building.inquiry_mail(
        _letter(outbound, account, "inquiry", at),
        _fields(outbound, Action.INQUIRY, sha256_hex(parts.document)),
        parts,
        text=_text(outbound, account, sentences.INQUIRY if outbound.number else sentences.INQUIRY_ALONE),
        protection=_protection(outbound, account),
    )


def _fields(outbound: Outbound, action: Action, sha256: str) -> SpsFields:
    is_answer = outbound.result is not None or outbound.kind is Kind.RESPONSE
    return SpsFields(
        action=action,
        delivery=outbound.delivery_number,
        sender=outbound.from_code,
        recipient=outbound.to_code,
        certificate=outbound.number,
        type_code=outbound.type_code,
        status_code=outbound.status_code,
        version="" if is_answer or outbound.kind is Kind.INQUIRY else str(outbound.version),
        content_digest=sha256,
        result=str(outbound.result or ""),
        answers_delivery=outbound.in_reply_to_remote if is_answer else "",
    )


def _letter(outbound: Outbound, account: MailAccount, act: str, at: datetime) -> Letter:
    own = building.message_id(outbound.delivery_number, domain=account.domain, resent=outbound.resent)
    answered = outbound.in_reply_to_message
    return Letter(
        sender=account.address,
        sender_name=account.name,
        recipient=outbound.connection.address,
        message_id=own,
        subject=building.subject(outbound.number, act),
        dated_at=outbound.queued_at or at,
        references=(answered,) if answered else tuple(each for each in outbound.references if each),
        in_reply_to=answered,
        submitted=AUTO_GENERATED if outbound.result is None else AUTO_REPLIED,
        asks_receipt=outbound.kind is Kind.CERTIFICATE and bool(outbound.connection.options.get("receipts")),
    )


def _text(outbound: Outbound, account: MailAccount, *templates: str) -> str:
    """Return the sentences in the partner's language and in English."""
    values = {
        "number": outbound.number,
        "digest": outbound.sha256,
        "text": outbound.text,
        "address": account.collect_address % {"delivery": outbound.delivery_number},
    }
    languages = dict.fromkeys((*outbound.connection.languages, "en"))
    said = ("\n".join(account.translated(each, language) for each in templates) for language in languages)
    return "\n\n".join(dict.fromkeys(each % values for each in said)) + "\n"


def _protection(outbound: Outbound, account: MailAccount) -> Protection:
    if not account.keys:
        raise MailNotBuilt("key", "no exchange key is set")
    encryption = str(outbound.connection.options.get("encryption") or "none")
    return Protection(key=account.keys[0], encryption=encryption, recipient_der=_recipient(outbound.connection))


def _recipient(connection: Connection) -> bytes | None:
    theirs = connection.credential("smime_encrypt", is_ours=False)
    found = read_pinned(theirs.material.encode("utf-8")) if theirs is not None else None
    return found.der if found is not None else None
