"""The words of inquiries and questions: subjects, findings, measures, acts, refusals. States: `lifecycle`."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opensps.lifecycle.inquiry import InquiryAct

Words = Mapping[str, str | Promise]

SUBJECTS: Final[Words] = {
    "genuineness": _("Is it genuine?"),
    "content": _("Details differ"),
    "status": _("Is it still in force?"),
    "missing_certificate": _("A certificate is missing"),
    "other": _("Something else"),
}
PRIORITIES: Final[Words] = {
    "perishable": _("Perishable goods are waiting: answer wanted within 4 hours"),
    "held_at_port": _("Goods are held at the port: answer within 5 working days"),
    "routine": _("No goods are waiting: answer within 5 working days"),
}
SHORT_PRIORITIES: Final[Words] = {
    "perishable": _("Perishable"),
    "held_at_port": _("Held at port"),
    "routine": _("Routine"),
}
MACHINE: Final[Words] = {
    "": _("In our register and in force; no fields to compare"),
    "never_issued": _("Not in our register"),
    "fields_match": _("In force, the fields agree"),
    "fields_differ": _("The fields differ"),
    "replaced": _("Replaced"),
    "withdrawn": _("Withdrawn"),
    "on_hold": _("On hold"),
    "already_accepted": _("Accepted before"),
    "signature_bad": _("The signature does not verify"),
    "cannot_tell": _("Cannot be told by the register alone"),
}
FINDINGS: Final[Words] = {
    "genuine": _("Genuine"),
    "genuine_with_correction": _("Genuine, with a correction"),
    "altered": _("Altered"),
    "counterfeit": _("Counterfeit"),
    "duplicate_use": _("Used twice"),
    "issued_in_error": _("Issued in error"),
    "unresolved": _("Not resolved"),
}
MEASURES: Final[Words] = {
    "release_advised": _("Release is advised"),
    "replace": _("The certificate is being replaced"),
    "withdraw": _("The certificate is being withdrawn"),
    "seize_advised": _("Seizure is advised"),
    "return": _("Return of the goods is advised"),
    "investigate": _("We are investigating"),
    "exporter_suspended": _("The exporter is suspended"),
    "none": _("No measure"),
}
PROCEDURES: Final[Words] = {
    "control": _("Control"),
    "assessment": _("Assessment"),
    "inspection": _("Inspection"),
    "approval": _("Approval"),
}
ACTIONS: Final[Words] = {
    "released": _("Goods released"),
    "held": _("Goods still held"),
    "refused": _("Goods refused"),
    "destroyed": _("Goods destroyed or seized"),
    "returned": _("Goods sent back"),
    "other": _("Something else"),
}
FLAGS: Final[Words] = {
    "step_late": _("Step is late"),
    "asked_again": _("Asked again"),
}
ESCALATED: Final[Words] = {
    "coordinator": _("Escalated to the coordinator"),
    "embassy": _("Escalated to the embassy"),
}
PARTIES: Final[Words] = {
    "caller": _("Asker"),
    "authority": _("Answering authority"),
    "system": _("Our register, by itself"),
}
SAID: Final[Words] = {
    "open": _("Question"),
    "machine_finding": _("First finding"),
    "acknowledge": _("Acknowledged"),
    "route": _("Passed to the office"),
    "ask_back": _("Asked back"),
    "supply": _("Information supplied"),
    "draft_reply": _("Draft of the reply"),
    "rework": _("Draft sent back"),
    "send": _("Reply"),
    "record_answer": _("Answer of the partner"),
    "estimate": _("Day of the answer"),
    "report_action": _("Action reported"),
    "contest": _("Reply contested"),
    "withdraw_inquiry": _("Inquiry withdrawn"),
    "measure_done": _("Measure carried out"),
    "withdrawal_not_proposed": _("Withdrawal not proposed by itself"),
}
BUTTONS: Final[Mapping[InquiryAct, str | Promise]] = {
    InquiryAct.ACKNOWLEDGE: _("Acknowledge"),
    InquiryAct.ROUTE: _("Pass to the office"),
    InquiryAct.ASK_BACK: _("Ask for more information"),
    InquiryAct.SUPPLY: _("Supply the information"),
    InquiryAct.DRAFT_REPLY: _("Write the reply"),
    InquiryAct.REWORK: _("Send the draft back"),
    InquiryAct.SEND: _("Sign and send the reply"),
    InquiryAct.RECORD_ANSWER: _("Record the partner's answer"),
    InquiryAct.ESTIMATE: _("Name a day for the answer"),
    InquiryAct.REPORT_ACTION: _("Report what you did"),
    InquiryAct.CONTEST: _("Contest the reply"),
    InquiryAct.WITHDRAW_INQUIRY: _("Withdraw the inquiry"),
    InquiryAct.MEASURE_DONE: _("Record that the measure was carried out"),
}
TEXTS: Final[Mapping[InquiryAct, str | Promise]] = {
    InquiryAct.ROUTE: _("The office that issued the certificate looks into it. The asker sees where it lies."),
    InquiryAct.ASK_BACK: _("Our clock stands still until the asker answers. After ten working days it is closed."),
    InquiryAct.SUPPLY: _("The other side goes on with your answer."),
    InquiryAct.DRAFT_REPLY: _(
        "The asker sees nothing of it before it is sent. Altered, counterfeit or withdrawn: a second person sends it."
    ),
    InquiryAct.REWORK: _("The draft goes back to the office. The asker sees nothing of it."),
    InquiryAct.SEND: _("The reply is signed with the key of the authority and goes to the asker."),
    InquiryAct.RECORD_ANSWER: _("Write down what the partner answered, with what it sent."),
    InquiryAct.ESTIMATE: _("The asker sees the day. The question stays open until it is answered."),
    InquiryAct.REPORT_ACTION: _("It is recorded beside the reply, and the inquiry is closed."),
    InquiryAct.CONTEST: _("Bring something new: a document, a picture, a fact. It goes back to the issuing office."),
    InquiryAct.WITHDRAW_INQUIRY: _("Nobody answers it any more. It stays on record."),
    InquiryAct.MEASURE_DONE: _(
        "Write what was done: the new certificate, the finding of the investigation, the decision."
    ),
}
WHY: Final[Words] = {
    "state": _("Somebody was quicker, or this step is not possible now."),
    "changed": _("Somebody else changed it meanwhile. Look at it again."),
    "text_missing": _("Say something in words."),
    "office_missing": _("Choose the office."),
    "reply_missing": _("Give a finding and a measure."),
    "other_person": _("Somebody else than who wrote it must send this reply."),
    "request_reused": _("This form was sent before with other content."),
    "number_missing": _("Name the partner and the number of its certificate."),
    "too_many": _("You opened many inquiries within an hour. Try again later."),
    "not_signed": _("The key that signs replies is not set up. Tell the administrator."),
}
