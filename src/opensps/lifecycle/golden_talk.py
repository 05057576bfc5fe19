"""How a conversation of golden messages goes, in one direction over one connection. Source: `exchange.md` 7.3. Pure."""

from enum import StrEnum
from types import MappingProxyType

from opensps.lifecycle.machine import Table, row
from opensps.lifecycle.onboarding import PARTNER_STAFF
from opensps.lifecycle.roles import Role


class TalkState(StrEnum):
    """Where a conversation stands."""

    ASKED = "asked"
    """A person wants it; our own messages are made and sealed by the worker."""

    RUNNING = "running"
    ENDED = "ended"
    """Its results are kept, whatever they are."""

    STOPPED = "stopped"
    """Without results."""


class TalkAct(StrEnum):
    """What can be done to a conversation."""

    ASK = "ask"
    LISTEN = "listen"
    """Wait for their messages; nothing has to be made first."""

    BEGIN = "begin"
    FAIL = "fail"
    FINISH = "finish"
    STOP = "stop"


_STAFF = PARTNER_STAFF | {Role.SYSTEM}
_State, _Act = TalkState, TalkAct

GOLDEN_TALK: Table[TalkState, TalkAct] = MappingProxyType(
    {
        (None, _Act.ASK): row(_STAFF, _State.ASKED, "no_other_open"),
        (None, _Act.LISTEN): row(_STAFF, _State.RUNNING, "no_other_open"),
        (_State.ASKED, _Act.BEGIN): row(Role.SYSTEM, _State.RUNNING),
        (_State.ASKED, _Act.FAIL): row(Role.SYSTEM, _State.STOPPED),
        (_State.ASKED, _Act.STOP): row(_STAFF, _State.STOPPED),
        (_State.RUNNING, _Act.FINISH): row(Role.SYSTEM, _State.ENDED),
        (_State.RUNNING, _Act.STOP): row(_STAFF, _State.ENDED),
    }
)
"""(state, act) -> who, guards by name, target. What was begun keeps its results, also when a person ends it early."""

OPEN_TALKS = (TalkState.ASKED, TalkState.RUNNING)
