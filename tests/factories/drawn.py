"""A certificate for every layout of paper."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from opensps.certificate import Certificate
from tests.factories import kinds, papers
from tests.factories.certificates import phytosanitary, reexport

DRAWN_IN: Mapping[str, Callable[[], Certificate]] = MappingProxyType(
    {
        "codex-generic": papers.sanitary,
        "eu-official": papers.veterinary,
        "generic": kinds.health,
        "phyto-export": phytosanitary,
        "phyto-reexport": reexport,
        "zh-en-animal-health": papers.live_animals,
        "zh-en-phytosanitary": phytosanitary,
        "zh-en-sanitary": papers.sanitary,
        "zh-en-veterinary": papers.veterinary,
    }
)
"""Layout -> what is printed in it; the tests of scanned papers see that none is missing."""
