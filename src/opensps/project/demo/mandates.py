"""The mandates of the demonstration: one that holds, and one that waits for the agent's answer."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from opensps.accounts.queries import Actor
from opensps.accounts.services import MandateTerms, mandate_accept, mandate_offer
from opensps.certificate import CertificateKind
from opensps.lifecycle.mandate import MandateScope

TERM = timedelta(days=365)
KINDS = (CertificateKind.PHYTOSANITARY.value, CertificateKind.PHYTOSANITARY_REEXPORT.value)


def mandates_made(*, authority: str, actors: Mapping[str, Actor], at: datetime) -> None:
    """Let the first exporter's agent act for it, and offer the agent the second exporter's mandate."""
    broker = actors["agent"]
    terms = MandateTerms(
        agent=broker.organisation or "", scopes=tuple(MandateScope), kinds=KINDS, last_day=(at + TERM).date()
    )
    held = mandate_offer(authority=authority, terms=terms, actor=actors["exporter"], at=at)
    mandate_accept(authority=authority, mandate_id=held.opaque_id, actor=broker, at=at)
    mandate_offer(authority=authority, terms=terms, actor=actors["exporter2"], at=at)
