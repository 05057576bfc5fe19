"""What Northland (XB), its people and our own desks have here, one of each thing an address can name.

`THINGS` says which parameter of which address names which thing; an address that is missing there fails a test, so a
new page has to say what it may be asked for.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.urls import URLPattern, URLResolver, get_resolver

from opensps.accounts.models import OfficialAccount, Person
from opensps.accounts.queries import Actor, OrganisationKind, person_by_id
from opensps.border.case_terms import NewPaper
from opensps.border.desk import Desk
from opensps.border.inquiry_values import Question, Saying
from opensps.border.models import Concern
from opensps.border.records import record_of
from opensps.border.services.alerts import alert_raise
from opensps.border.services.case_parts import case_file_add
from opensps.border.services.cases import case_open
from opensps.border.services.coordinating import Matter, coordination_open
from opensps.border.services.declaring import Claimed, declaration_declare
from opensps.border.services.desk import desk_number
from opensps.border.services.desk_many import desk_many
from opensps.border.services.inquiry_people import inquiry_ask
from opensps.border.watch_tables import WatchTable
from opensps.certificate import CertificateKind
from opensps.certificate.numbers import IssuedNumber
from opensps.certification.models import Certificate
from opensps.certification.services.templates import TemplateTold, template_publish
from opensps.exchange.models import Envelope, IncomingCertificate
from opensps.lifecycle import ApplicationState, Role
from opensps.lifecycle.inquiry import InquiryPriority, InquirySubject
from opensps.lifecycle.question import Procedure
from opensps.rules.limit_tables import LIMIT_TABLES
from tests.factories import access, certification
from tests.factories.accounts import grant, make_organisation, make_person
from tests.factories.certificates import SMALL_PDF
from tests.factories.desk import arrived
from tests.factories.mandates import broker, offered
from tests.factories.presenting import presented
from tests.factories.rest import partner_of, waiting_envelope

SINCE = datetime.now(UTC) - timedelta(days=2)
MISSING_NUMBER = str(IssuedNumber("XA", 2026, "014", 7_654_321))
HEX, FAR = "f" * 32, "987654"
SUBJECT = "Measures against a pest of northern garlic"


@dataclass(frozen=True, slots=True)
class Northland:
    """The name of a thing -> how it is called, and a name of the same shape that nobody has."""

    owner: Person
    things: Mapping[str, tuple[str, str]]
    secrets: tuple[str, ...]
    """Words of all of it that nobody else may read."""

    others: Mapping[Role, Person]
    """Who has no business with any of it."""


THINGS: Mapping[str, Mapping[str, str]] = {
    "check/many/": {"list_id": "list"},
    "check/result/": {"result_id": "verdict"},
    "access/agreements/": {"country": "country"},
    "access/accounts/": {"account_id": "account"},
    "access/requests/": {"reference": "request"},
    "people/": {"person_id": "person"},
    "applications/": {"reference": "application"},
    "examine/": {"reference": "application"},
    "queue/": {"reference": "application"},
    "inspections/": {"reference": "inspection"},
    "inspect/": {"reference": "inspection"},
    "certificates/": {"number": "certificate"},
    "deliveries/": {"delivery_number": "delivery"},
    "incoming/": {"incoming_id": "incoming", "message_id": "incoming"},
    "partners/": {"code": "country"},
    "desk/list/": {"list_id": "list"},
    "desk/checks/": {"verdict_id": "verdict"},
    "desk/": {"number": "certificate"},
    "present/": {"number": "certificate"},
    "presentations/": {"presentation_number": "presentation"},
    "coordination/": {"number": "coordination"},
    "cases/": {"number": "case"},
    "alerts/limits/": {"name": "limit"},
    "alerts/": {"number": "alert"},
    "concerns/": {"reference": "concern"},
    "inquiries/": {"inquiry_number": "inquiry"},
    "declarations/": {"number": "declaration"},
    "certificate-forms/": {"template_id": "form"},
    "mandates/": {"mandate_id": "mandate"},
}
"""Beginning of an address -> the parameter that is asked about -> the thing; the first beginning that fits counts."""

OPEN = frozenset(
    {
        *("check-proof", "check-link", "check-bundle", "concern-sent", "developers-code-list", "stylesheet"),
        *("access-own", "access-own-change", "access-own-send", "enrol", "join"),
        # the same answer as `check-result`, which is in the matrix
        "check-result-json",
    }
)
"""Whoever holds the secret in the address may see what it opens, and what is public."""

FILLED = {
    "issuer": "XA",
    "form": "pdf",
    "what": "paper",
    "name": "start",
    "act": "accept",
    "digest": "0" * 64,
    "endpoint_id": "00000000-0000-0000-0000-000000000000",
}
"""What stands for the other parameters of an address."""


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    """Give every address of pages; programs have a matrix of their own."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry)
        elif not entry.callback.__module__.startswith(("ninja.", "opensps.web.soap.", "opensps.web.rest.")):
            yield entry


def thing_of(pattern: URLPattern) -> tuple[str, str] | None:
    """Return the parameter an address is asked about, and the thing it names; None where nothing is named."""
    text = str(pattern.pattern)
    named = re.findall(r"<(?:\w+:)?(\w+)>", text)
    table = next((row for head, row in THINGS.items() if text.startswith(head)), {})
    return next(((name, table[name]) for name in named if name in table), None)


def addresses(pattern: URLPattern, things: Mapping[str, tuple[str, str]]) -> tuple[str, str, tuple[str, str]] | None:
    """Return the address of a thing, that of the missing one, and both names; None where nothing is named."""
    found = thing_of(pattern)
    if found is None or pattern.name in OPEN:
        return None
    asked, thing = found
    known, missing = things[thing]
    return _filled(str(pattern.pattern), asked, known), _filled(str(pattern.pattern), asked, missing), (known, missing)


def _filled(text: str, asked: str, value: str) -> str:
    def fill(found: re.Match[str]) -> str:
        kind, name = found[1] or "str", found[2]
        return value if name == asked else "1" if kind == "int" else FILLED.get(name, "abc")

    return "/" + re.sub(r"<(?:(\w+):)?(\w+)>", fill, text)


def foreigner(country: str, role: Role, name: str) -> tuple[Person, Actor]:
    """Return an official of another country who can sign in."""
    kind = OrganisationKind.EMBASSY if role is Role.EMBASSY else OrganisationKind.FOREIGN_AUTHORITY
    organisation = make_organisation(f"{name} of {country}", kind=kind, country=country)
    person = make_person(f"{name}@{country.lower()}.example")
    actor = grant(person, role, organisation_id=organisation.pk.hex)
    return person, replace(actor, country=country)


def made() -> Northland:
    """Make all of it; the caller rolls it back."""
    people = certification.cast(at=SINCE)
    issued = certification.certificate_in(people, at=SINCE)
    owner, actor = foreigner("XB", Role.FOREIGN_OFFICER, "nora")
    others = {role: foreigner("XD", role, role.value)[0] for role in ABROAD}
    stranger = person_by_id(authority="XA", person_id=people.stranger.id)
    assert stranger is not None
    things = {**_checked(issued, actor), **_at_home(people, issued), **_agreed(people, issued), **_access(owner)}
    return Northland(owner, things, _secrets(issued, things), {**others, Role.EXPORTER: stranger})


ABROAD = (Role.FOREIGN_OFFICER, Role.COUNTRY_ADMIN, Role.EMBASSY)


def _checked(issued: Certificate, actor: Actor) -> dict[str, tuple[str, str]]:
    """Return what the official of XB did at the desk."""
    desk = Desk(authority="XA", actor=actor, at=datetime.now(UTC), trust=certification.keys().trust)
    verdict = desk_number(desk, number=issued.number)
    listed = desk_many(desk, lines=issued.number)
    paper = record_of(authority="XA", issuer="XA", number=issued.number)
    shown = presented(paper, by=actor, at=desk.at)
    asked = Question(number=issued.number, subject=InquirySubject.GENUINENESS, priority=InquiryPriority.ROUTINE)
    saying = Saying(texts=(("en", "Is it genuine?"),))
    inquiry = inquiry_ask(authority="XA", actor=actor, question=asked, saying=saying, machinery=None, at=desk.at)
    return {
        "certificate": (issued.number, MISSING_NUMBER),
        "verdict": (str(verdict.pk), HEX),
        "list": (str(listed.pk), HEX),
        "presentation": _named(shown.presentation_number),
        "inquiry": _named(inquiry.inquiry_number),
    }


def _at_home(people: certification.Cast, issued: Certificate) -> dict[str, tuple[str, str]]:
    """Return what our own desks have: cases, alerts, concerns, coordination, deliveries, what a partner sent."""
    at, given = datetime.now(UTC), {"authority": "XA"}
    desk = certification.person("Boris", Role.BORDER_OFFICER, office="014", at=SINCE)
    cases = certification.person("Cleo", Role.CASE_OFFICER, office="014", at=SINCE)
    head = certification.person("Cora", Role.COORDINATOR, at=SINCE)
    paper = NewPaper(number=issued.number, presented_where="Northport", features={"sheet": "NQ 4711"})
    case = case_open(**given, actor=desk, papers=(paper,), opened_from="desk", at=at)
    case_file_add(**given, actor=cases, case_number=case.case_number, name="a.pdf", data=SMALL_PDF, at=at)
    alert = alert_raise(
        **given, rule="S01", level="amber", subject=issued.number, period="1", limit={}, rows=[{"n": 1}], at=at
    )
    concern = Concern.objects.create(
        **given, reference="NQ47NQ47", at=at, number=issued.number, text="A strange seal.", state="received"
    )
    matter = Matter(procedure=Procedure.APPROVAL, subject=SUBJECT, details="Two ministries.")
    coordination = coordination_open(**given, actor=head, matter=matter, at=at)
    sent = waiting_envelope(partner_of("XC"), number=issued.number, content=bytes(issued.xml or b""))
    incoming = IncomingCertificate.objects.get(number=arrived())
    assert alert is not None
    application = certification.application_in(people, ApplicationState.IN_INSPECTION, at=SINCE)
    return {
        "case": _named(case.case_number),
        "alert": _named(alert.alert_number),
        "concern": (concern.reference, "00000000"),
        "coordination": _named(coordination.case_number),
        "delivery": (sent.delivery_number, _other(sent)),
        "incoming": (str(incoming.pk), FAR),
        "application": _named(application.reference),
        "inspection": _named(application.inspections.latest("id").reference),
    }


def _agreed(people: certification.Cast, issued: Certificate) -> dict[str, tuple[str, str]]:
    """Return what was agreed with partners, agents and customs: a form, a mandate, a declaration, limits."""
    at, given = datetime.now(UTC), {"authority": "XA"}
    manager = certification.person("Mona", Role.MANAGER, at=SINCE)
    told = TemplateTold(
        kind=CertificateKind.SANITARY,
        name="XB-NQ",
        version="1",
        valid_from=at.date() + timedelta(days=9),
        country="XB",
    )
    form = template_publish(**given, told=told, actor=manager, at=at)
    mandate = offered(people.exporter, broker(), at=at)
    customs = certification.person("Cus", Role.CUSTOMS, at=SINCE)
    claim = Claimed(issuer="XA", number=issued.number)
    declaration = declaration_declare(
        **given, actor=customs, declaration_number="26XA-4711-0001", direction="export", items=(claim,), at=at
    )
    name = min(LIMIT_TABLES)
    WatchTable.objects.create(**given, name=name, as_of=at.date(), source="Made up", loaded_at=at, loaded_by="x")
    return {
        "form": (str(form.pk), FAR),
        "mandate": (mandate.opaque_id, HEX),
        "declaration": _named(declaration.declaration_number),
        "limit": (name, "nothing"),
    }


def _access(owner: Person) -> dict[str, tuple[str, str]]:
    """Return who asked for access, and who has it."""
    request = access.sent(access.desk("XB"))
    account = OfficialAccount.objects.get(person=owner)
    return {
        "request": _named(request),
        "account": (account.pk.hex, HEX),
        "person": (owner.opaque_id, HEX),
        "country": ("XB", "XE"),
    }


def _other(sent: Envelope) -> str:
    return f"{sent.delivery_number[:-6]}000000"


def _named(number: str) -> tuple[str, str]:
    """Return a number with one of the same shape that nobody has."""
    return number, f"{number[:-6]}{'000000' if not number.endswith('000000') else '999999'}"


def _secrets(issued: Certificate, things: Mapping[str, tuple[str, str]]) -> tuple[str, ...]:
    of_people = (issued.consignor_name, issued.consignee_name, issued.token, issued.code, SUBJECT, "NQ 4711")
    numbers = (
        known for name, (known, _missing) in things.items() if name not in {"country", "incoming", "form", "limit"}
    )
    return tuple(each for each in (*of_people, *numbers) if each)
