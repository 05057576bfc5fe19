"""One thing for the two verifiers to judge, with all that is at hand, in Python and as a browser takes it."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from opensps.signing import TrustError, TrustList
from opensps.verification import AtHand, Upload, Verdict, check_code, check_file
from tests.factories.proofs import code, proven, status_list, trust
from tests.factories.signing import NOW, root_keys, signed_list

FRESH = (status_list(),)
GOOD = proven()
GOOD_CODE = code()
ROOTS = "".join(f"{each}\n" for each in root_keys().keys)


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to be judged, with all that is at hand."""

    name: str
    code: str = ""
    """The text of a printed code; empty where files are judged."""

    upload: Upload = Upload()
    trust: bytes = b""
    """A signed list, or an unsigned local one."""

    lists: tuple[bytes, ...] = FRESH
    now: datetime = NOW
    fetched_at: datetime | None = None
    accepts_training: bool = False

    def judged(self) -> Verdict:
        """Return the verdict in Python."""
        terms: dict[str, Any] = {
            "trust": _believed(self.trust),
            "now": self.now,
            "accepts_training": self.accepts_training,
            "at_hand": AtHand(self.lists, self.fetched_at),
        }
        return check_code(self.code, **terms) if self.code else check_file(self.upload, **terms)

    def for_browser(self) -> dict[str, Any]:
        """Return the same for a program in JavaScript: bytes in base64, times in milliseconds."""
        parts = {"xml": self.upload.xml, "seal": self.upload.seal, "bundle": self.upload.bundle}
        return {
            "code": self.code,
            "files": {name: _text(data) for name, data in parts.items()},
            "trust": _text(self.trust),
            "lists": [_text(each) for each in self.lists],
            "now": _milliseconds(self.now),
            "fetched": _milliseconds(self.fetched_at) if self.fetched_at is not None else None,
            "training": self.accepts_training,
        }


def _believed(raw: bytes) -> TrustList:
    try:
        return TrustList.load_any(raw, roots=root_keys())
    except TrustError:
        return TrustList()


def _text(data: bytes | None) -> str | None:
    return b64encode(data).decode() if data is not None else None


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def listed(held: TrustList | None = None, **signing: Any) -> bytes:
    """Return a list as two roots sign it."""
    return signed_list((held or trust()).entries, **signing)
