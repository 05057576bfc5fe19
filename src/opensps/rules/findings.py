"""What a rule found: the Hub's validation result, with the rule's permanent id.

Source: `domain.md` 8.1; the first three areas and the levels are the Hub's. A finding is plain data: English as a
template with parameters, so that `web` can say the same sentence in another language from the same template.
"""

import dataclasses
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

NO_PARAMS: Mapping[str, str] = MappingProxyType({})


class Level(StrEnum):
    """How much a finding weighs."""

    SEVERE = "SEVERE"
    """Issuing and sending are refused; what was received is stored and shown."""

    WARNING = "WARNING"
    """The officer confirms it, and the confirmation is recorded."""

    INFO = "INFO"
    """Shown."""


class Area(StrEnum):
    """What a finding is about; all but the first three are MAPPING on the Hub's wire."""

    MANDATORY_ELEMENTS = "MANDATORY_ELEMENTS"
    MAPPING = "MAPPING"
    SCHEMA = "SCHEMA"
    CODES = "CODES"
    CONSISTENCY = "CONSISTENCY"
    SIGNATURE = "SIGNATURE"
    ENVELOPE = "ENVELOPE"


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule, the reader or the writer found."""

    area: Area
    level: Level
    field: str
    """Path in the value model, `consignment.items[0].trade_line_items[1].packages`; for SCHEMA the XPath."""

    template: str
    """English sentence with `%(name)s` for each parameter; also the key of its translations."""

    rule: str
    """Permanent id: ISPM12-..., CORE-..., HUB-..., EPHYTO-..., READ-..."""

    params: Mapping[str, str] = dataclasses.field(default_factory=lambda: NO_PARAMS, hash=False)

    @property
    def message(self) -> str:
        """The English sentence with its parameters filled in."""
        return self.template % self.params
