"""Timelines: the events of an application with its inspections, or of a certificate, in words and newest first."""

from collections.abc import Iterable

from opensps.accounts.queries import offices
from opensps.certification.models import Application
from opensps.certification.queries import agents_in, inspections_of, names_in, timeline_for
from opensps.events.queries import EventView
from opensps.lifecycle import OWN_STAFF
from opensps.web.html.access import SignedInRequest
from opensps.web.html.forms.fields import language
from opensps.web.html.records import Entry, entries


def _entries(request: SignedInRequest, events: Iterable[EventView]) -> list[Entry]:
    authority = request.actor.authority
    told = tuple(events)
    is_staff = bool(request.actor.roles & OWN_STAFF)
    chinese = language() == "zh"
    places = {office.code: office.name_zh if chinese else office.name_en for office in offices(authority=authority)}
    names = names_in(authority=authority, events=told) if is_staff else {}
    agents = agents_in(authority=authority, events=told)
    return entries(told, names, offices=places, with_people=is_staff, agents=agents)


def application_entries(request: SignedInRequest, application: Application) -> list[Entry]:
    """Return what happened to an application and its inspections."""
    authority = request.actor.authority
    own = timeline_for(authority=authority, object_kind="application", object_id=application.reference)
    visits = (
        event
        for inspection in inspections_of(application)
        for event in timeline_for(authority=authority, object_kind="inspection", object_id=inspection.reference)
    )
    return _entries(request, (*own, *visits))


def certificate_entries(request: SignedInRequest, number: str) -> list[Entry]:
    """Return what happened to a certificate."""
    return _entries(
        request, timeline_for(authority=request.actor.authority, object_kind="certificate", object_id=number)
    )
