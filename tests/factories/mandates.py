"""Mandates for tests, made through the services: an exporter, an agent, and what one lets the other do."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from opensps.accounts.mandates import Mandate
from opensps.accounts.models import Organisation, OrganisationKind
from opensps.accounts.queries import Actor
from opensps.accounts.services import MandateTerms, mandate_accept, mandate_offer
from opensps.certificate import CertificateKind
from opensps.lifecycle import Role
from opensps.lifecycle.mandate import MandateScope
from tests.factories.accounts import grant, make_organisation, make_person

PLANTS = CertificateKind.PHYTOSANITARY.value


@dataclass(frozen=True, slots=True)
class Parties:
    """An agent's person and the agent."""

    agent: Organisation
    broker: Actor


def broker(mark: str = "harbour") -> Parties:
    """Make an organisation of agents and one person in it."""
    agent = make_organisation(f"{mark.title()} Brokers", kind=OrganisationKind.AGENT)
    person = make_person(f"{mark}@brokers.example")
    return Parties(agent, grant(person, Role.TRADE_AGENT, organisation_id=agent.pk.hex))


def offered(
    exporter: Actor,
    parties: Parties,
    *,
    at: datetime,
    scopes: tuple[MandateScope, ...] = tuple(MandateScope),
    kinds: tuple[str, ...] = (PLANTS,),
    days: int = 300,
) -> Mandate:
    """Let the exporter offer a mandate for so many days."""
    terms = MandateTerms(
        agent=parties.agent.pk.hex, scopes=scopes, kinds=kinds, last_day=(at + timedelta(days=days)).date()
    )
    return mandate_offer(authority="XA", terms=terms, actor=exporter, at=at)


def held(
    exporter: Actor,
    parties: Parties,
    *,
    at: datetime,
    scopes: tuple[MandateScope, ...] = tuple(MandateScope),
    kinds: tuple[str, ...] = (PLANTS,),
    days: int = 300,
) -> Mandate:
    """Let the agent accept it too."""
    mandate = offered(exporter, parties, at=at, scopes=scopes, kinds=kinds, days=days)
    mandate_accept(authority="XA", mandate_id=mandate.opaque_id, actor=parties.broker, at=at)
    mandate.refresh_from_db()
    return mandate
