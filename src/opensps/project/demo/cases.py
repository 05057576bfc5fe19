"""Counterfeit cases of the demonstration: one to take, one confirmed and listed, one dismissed; and a concern.

Each goes through the same services as anybody's.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from opensps.accounts.queries import Actor
from opensps.border.case_terms import NewPaper
from opensps.border.services.case_parts import case_conclude, case_say
from opensps.border.services.cases import case_act, case_open
from opensps.border.services.concerns import Report, concern_receive
from opensps.lifecycle.case import CaseAct, CaseFinding

_RAISED = NewPaper(
    number="XC-2026-SPS-004471",
    type_code="851",
    issuer="XC",
    presented_where="Port Alma, berth 4",
    presented_by="Quayside Forwarding",
    result="fields_differ",
    differences=(("net_weight", "26 500 kg", "20 500 kg"), ("seals", "WM 77120", "WM 77012")),
    features={"sheet": "C 0091772", "qr_address": "check.westrnark.example"},
)
_INVENTED = NewPaper(
    number="XB-2026-000-0991823-4",
    type_code="851",
    issuer="XB",
    presented_where="Port Alma, berth 2",
    result="not_recorded",
    features={"sheet": "N 551", "qr_address": "check.westrnark.example"},
)
_BLURRED = NewPaper(number="XB-2026-000-0004410-2", issuer="XB", presented_where="Eastgate airport")


def cases_told(*, authority: str, actors: Mapping[str, Actor], at: datetime) -> None:
    """Open the cases in the days before `at`, and take a concern."""
    border, first, second = actors["border"], actors["cases"], actors["cases2"]

    def opened(paper: NewPaper, days: int, **goods: str) -> dict[str, Any]:
        when = at - timedelta(days=days)
        case = case_open(authority=authority, actor=border, papers=(paper,), opened_from="desk", goods=goods, at=when)
        return {"authority": authority, "case_number": case.case_number, "at": when + timedelta(hours=4)}

    case = opened(_RAISED, 9, product="Frozen beef", quantity="26 500 kg", container="CSQU3054383")
    case_act(**case, actor=first, act=CaseAct.TAKE)
    told = {
        "whom": "exporter",
        "name": "Westmark Meats",
        "told_at": f"{at - timedelta(days=8):%Y-%m-%d}",
        "note": "Mail",
    }
    case_say(**case, actor=first, what="harm", said=told)
    case_conclude(
        **case,
        actor=first,
        finding=CaseFinding.ALTERED,
        grounds="Weight and seal were raised on a certificate that exists.",
        issuer_answer="Westmark, by signed mail: 20 500 kg and seal WM 77012 were certified.",
    )
    case_act(**case, actor=second, act=CaseAct.CONFIRM)
    blurred = opened(_BLURRED, 6)
    case_act(**blurred, actor=first, act=CaseAct.TAKE)
    case_act(**blurred, actor=second, act=CaseAct.DISMISS, text="A bad photograph of a genuine certificate.")
    opened(_INVENTED, 1, product="Fresh pears", quantity="18 000 kg")
    report = Report(
        text="The page behind the code on this paper looks like the ministry's, but its address has an extra letter.",
        number="XB-2026-000-0991823-4",
        place="Port Alma, yesterday",
    )
    concern_receive(authority=authority, report=report, network="192.0.2.77", at=at - timedelta(hours=3))
