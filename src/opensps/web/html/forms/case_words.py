"""The words of counterfeit cases, concerns and alerts beside their states: parts, acts, findings, features."""

from types import MappingProxyType
from typing import Final

from django.utils.translation import gettext_lazy as _

from opensps.lifecycle.case import CaseAct
from opensps.web.html.forms.words import Words

FROM: Final[Words] = MappingProxyType(
    {
        "inquiry": _("An inquiry"),
        "verdict": _("A check"),
        "concern": _("A concern somebody reported"),
        "alert": _("An alert"),
        "desk": _("The desk"),
    }
)
PRIORITIES: Final[Words] = MappingProxyType(
    {
        "perishable": _("Perishable goods wait"),
        "held_at_port": _("Goods are held at the port"),
        "routine": _("No goods wait"),
    }
)
FINDINGS: Final[Words] = MappingProxyType(
    {
        "altered": _("Altered: a real certificate was changed"),
        "counterfeit": _("Counterfeit: the authority never issued it"),
        "genuine": _("Genuine"),
        "unresolved": _("Could not be resolved"),
    }
)
FEATURES: Final[Words] = MappingProxyType(
    {
        "template": _("Version of the form"),
        "sheet": _("Number of the sheet of paper"),
        "stamp": _("Stamp and signature"),
        "qr_address": _("Address in the QR code"),
        "producer": _("Fonts and program of the PDF"),
        "traces": _("Traces of phone, scanner or printer"),
        "number": _("Certificate number"),
        "container": _("Container"),
        "party": _("Party"),
    }
)
GOODS: Final[Words] = MappingProxyType(
    {
        "product": _("Goods"),
        "quantity": _("Quantity"),
        "container": _("Container"),
        "place": _("Where they are"),
        "measure": _("Measure taken"),
    }
)
PARTS: Final[Words] = MappingProxyType(
    {
        "named": _("Named on the paper"),
        "bearer": _("Brought the paper"),
        "victim": _("Name was misused"),
    }
)
STANDINGS: Final[Words] = MappingProxyType(
    {"claimed": _("Claimed"), "confirmed": _("Confirmed"), "cleared": _("Cleared")}
)
HARMED: Final[Words] = MappingProxyType(
    {
        "authority": _("Authority"),
        "exporter": _("Exporter"),
        "importer": _("Importer"),
        "partner": _("Authority of another country"),
    }
)
ACTS: Final = MappingProxyType(
    {
        CaseAct.TAKE: (
            _("Take the case"),
            _("You become its owner. You write the finding; a colleague confirms it."),
            _("Remark"),
        ),
        CaseAct.CONFIRM: (
            _("Confirm the finding"),
            _("You are the second person. The papers are put on the list shared with partners."),
            _("Remark"),
        ),
        CaseAct.DISMISS: (
            _("Dismiss the case"),
            _("The papers leave the list shared with partners. Tell the parties that they are cleared."),
            _("Explanation"),
        ),
        CaseAct.REFER: (
            _("Refer the case"),
            _("Name the body that goes on with it, and hand over the sealed evidence."),
            _("Competent body"),
        ),
        CaseAct.CLOSE: (_("Close the case"), _("Say what was done."), _("Measure")),
        CaseAct.REOPEN: (_("Reopen the case"), _("Say what is new."), _("New evidence")),
    }
)
"""Act -> heading, what follows, what is asked."""

MAY_STAY_EMPTY: Final = frozenset({CaseAct.TAKE, CaseAct.CONFIRM})

LOG: Final[Words] = MappingProxyType(
    {
        "open": _("Case opened"),
        "take": _("Case taken"),
        "confirm": _("Finding confirmed"),
        "dismiss": _("Case dismissed"),
        "refer": _("Case referred"),
        "close": _("Case closed"),
        "reopen": _("Case reopened"),
        "paper": _("Paper added"),
        "file": _("File added"),
        "goods": _("Goods described"),
        "party": _("Party named"),
        "harm": _("Harm recorded"),
        "custody": _("Original handed over"),
        "link": _("Linked to another case"),
        "conclusion": _("Finding written"),
        "issuer_asked": _("Issuing authority asked"),
        "issuer_answered": _("Issuing authority answered"),
        "view": _("Case looked at"),
        "file_taken": _("File taken"),
        "bundle_taken": _("Evidence taken"),
    }
)
REFUSED: Final[Words] = MappingProxyType(
    {
        "paper_elsewhere": _("This paper belongs to another case already."),
        "nothing_given": _("Nothing was entered that could be kept."),
        "ended": _("The case does not take this in its present state."),
        "same_case": _("A case cannot be linked to itself."),
        "too_many": _("This case holds as many as it can. Open another case and link the two."),
        "too_many_tries": _("Too many reports came from your network. Please try again in an hour."),
    }
)
