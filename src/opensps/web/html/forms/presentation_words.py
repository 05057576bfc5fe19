"""Words of the ledger of use: why an act is refused, what looks like a second use, what each act is called."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opensps.lifecycle.balance import Replay, Use
from opensps.lifecycle.presentation import PresentationAct as Act

PRESENTATION_REFUSALS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "no_office": _("Enter the place where the goods are."),
        "no_requirement": _("Say what the goods are and why they need a certificate."),
        "no_measure": _("Choose what is ordered for the goods."),
        "not_in_force": _("The certificate is not in force at this moment, so nothing can be accepted by it."),
        "verdict_red": _("The check says not to accept this paper. It can be held or refused."),
        "verdict_grey": _("The certificate could not be checked. Hold the goods until its issuer answers."),
        "unknown_reason_code": _("Choose a reason."),
        "not_enough_left": _("Not enough of the certificate is left: part of it was accepted or is claimed elsewhere."),
        "not_less": _("That is all that was presented, or nothing of it. Use “Accept” or “Refuse”."),
        "second_person": _("Goods are released on another ground by a second person, not by who presented them."),
        "no_next_office": _("Enter another place where the goods go."),
        "checked_already": _("It has been checked."),
        "no_reservation": _("Nothing of the certificate is reserved for these goods."),
        "other_office": _("This belongs to another office."),
        "same_person": _("Somebody else than who decided has to do this."),
        "request_reused": _("This form was sent before with other answers. Open it again."),
        "place": _("Enter a place in your own country, as a UN/LOCODE such as XBPRT."),
        "quantity": _("Enter quantities of the lines shown, not less than nothing."),
    }
)
"""Code -> why it was not done."""

REPLAYS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        Replay.USED_UP: _("Everything on this certificate was accepted before."),
        Replay.BALANCE_EXCEEDED: _("More was presented than is left on the certificate."),
        Replay.OPEN_ELSEWHERE: _("Another office has this certificate before it and has not decided."),
        Replay.SAME_COPY: _("The same copy was presented before."),
        Replay.OTHER_COUNTRY: _("It was presented in another country too."),
        Replay.OTHER_PORT: _("The certificate names another point of entry."),
    }
)
POINTS_IN_WORDS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "certificate_missing": _("The goods came without a certificate."),
        "balance_exceeded": _("More was presented than is left on the certificate."),
        "open_elsewhere": _("Another office has this certificate before it and has not decided."),
        "plausibility": _("A rule that watches checks fired; look at it before you decide."),
        "list_lag": _("The establishment was listed later than the certificate was issued."),
        "paper_not_compared": _(
            "What was shown first could not be held against the certificate. Check the paper again."
        ),
        "template_not_valid": _("The form of the paper was not in use on that day."),
        "capacity": _("The quantity is above what the establishment declared."),
        "route": _("The route or the time under way is not plausible."),
        "snapshot_old": _("The list of the issuer is old."),
    }
)
"""Reasons of a verdict beyond the results of a check."""

ACTS: Final[Mapping[Act, Promise]] = MappingProxyType(
    {
        Act.ACCEPT: _("Accept"),
        Act.ACCEPT_PARTLY: _("Accept a part"),
        Act.HOLD: _("Hold"),
        Act.REJECT: _("Refuse"),
        Act.FORWARD: _("Send on to another office"),
        Act.ANNUL: _("Annul: recorded in error"),
        Act.CORRECT_OUTCOME: _("Correct the quantity"),
    }
)
"""Act of a desk -> its words, in the order they are offered."""

DONE: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        Act.PRESENT: _("Presented"),
        Act.PRESENT_WITHOUT: _("Came without a certificate"),
        Act.HOLD: _("Held"),
        Act.ACCEPT: _("Accepted"),
        Act.ACCEPT_PARTLY: _("Accepted in part"),
        Act.REJECT: _("Refused"),
        Act.FORWARD: _("Sent on"),
        Act.ARRIVE: _("Taken over by the next office"),
        Act.ANNUL: _("Annulled"),
        Act.CORRECT_OUTCOME: _("Quantity corrected"),
        Act.REPORT: _("Reported by the partner; nothing was written off"),
        Act.RECHECK: _("Checked again: the issuer has answered"),
        Act.REMIND: _("Reminder: no outcome after a day"),
        Act.OUTCOME_CLOCK_ENDS: _("Overdue: no outcome in time"),
    }
)
"""Entry -> its words in a history."""

USES: Final[Mapping[str, tuple[str, Promise]]] = MappingProxyType(
    {
        Use.NOT_PRESENTED: ("none", _("Not yet presented")),
        Use.AT_BORDER: ("info", _("Being checked at the border")),
        Use.PARTLY_USED: ("info", _("Partly used")),
        Use.USED_UP: ("none", _("Used up")),
        Use.TURNED_AWAY: ("bad", _("Turned away")),
    }
)
"""Use of a certificate -> tone and words."""

EXPLAINED: Final[Mapping[Act, Promise]] = MappingProxyType(
    {
        Act.ACCEPT: _("All that was presented is written off from the certificate, and its issuer is told."),
        Act.ACCEPT_PARTLY: _("What you enter is written off; the rest of what was presented is free again."),
        Act.HOLD: _("The goods stay here. The quantity stays reserved; decide within 15 days."),
        Act.REJECT: _("The certificate is not used. Its issuer is told the reason and what is ordered for the goods."),
        Act.FORWARD: _("The quantity stays reserved and goes with the goods. The next office has 72 hours."),
        Act.ANNUL: _("For what was recorded in error. It stays in the ledger, marked as annulled."),
        Act.CORRECT_OUTCOME: _("Enter how much was really accepted. What was written first stays readable."),
    }
)
"""What an act does, before it is done."""
