"""The terms under which this installation takes what partners send, from its settings: one place for every face."""

from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from opensps.codes import DEMO_COUNTRIES
from opensps.exchange.terms import InboundHandler, ReceivingTerms
from opensps.web.html import keys


@lru_cache(maxsize=4)
def _handlers(names: tuple[str, ...]) -> tuple[InboundHandler, ...]:
    return tuple(import_string(name) for name in names)


def receiving_terms() -> ReceivingTerms:
    """Return whom this installation believes, what is its own, and who takes other messages."""
    is_demo = settings.OPENSPS_DEMO
    return ReceivingTerms(
        trust=keys.trust_list(),
        accepts_training=is_demo,
        own_countries=frozenset(settings.OPENSPS_OWN_COUNTRIES),
        extra_countries=DEMO_COUNTRIES if is_demo else frozenset(),
        handlers=_handlers(tuple(settings.OPENSPS_INBOUND_HANDLERS)),
    )
