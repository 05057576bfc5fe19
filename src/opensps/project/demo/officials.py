"""Officials of other countries in the demonstration: let in through their embassies, and requests that wait.

Each comes by the same services as anybody: request with a letter, endorsement, review, approval, enrolment.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from opensps.accounts.one_time_codes import code_at, step_at
from opensps.accounts.queries import SYSTEM, Actor, OrganisationKind, actor_for, organisations
from opensps.accounts.services import (
    Chosen,
    Letter,
    Wish,
    access_agreement_set,
    access_apply,
    access_approve,
    access_endorse,
    access_enrol,
    access_hand_over,
    access_letter_add,
    access_review,
    access_send,
    new_secret,
    sign_in_demo,
)
from opensps.lifecycle.access import AccessScope
from opensps.project.demo.world import DOMAIN, PASSWORD, AbroadSeed, PersonSeed

_SCOPES = (AccessScope.VIEW, AccessScope.VERIFY, AccessScope.INQUIRE, AccessScope.RECEIVE)
_KINDS = ("PHYTOSANITARY", "VETERINARY_HEALTH")


def agreements_set(*, authority: str, at: datetime) -> None:
    """Write down what was agreed with Northland and Westmark."""
    for country, domain, inherits in (
        ("XB", "gov.northland.example", True),
        ("XC", "porthealth.westmark.example", False),
    ):
        access_agreement_set(
            authority=authority,
            country=country,
            mail_domains=(domain, DOMAIN),
            scopes=tuple(AccessScope),
            allows_inheritance=inherits,
            actor=SYSTEM,
            at=at,
        )


def official_let_in(
    seed: PersonSeed, abroad: AbroadSeed, *, authority: str, actors: Mapping[str, Actor], at: datetime
) -> Actor:
    """Take an official from the request to the account; the demonstration signs him in with one click."""
    wish = _wish(seed.name, seed.email, abroad.name, "Checks what comes from Examplia.")
    embassy = actors["embassy" if abroad.country == "XB" else "embassy2"]
    reference = _in_review(wish, abroad.country, authority=authority, actors=actors, at=at)
    access_approve(authority=authority, reference=reference, actor=actors["approver"], at=at)
    link = access_hand_over(authority=authority, reference=reference, has_second_factor=True, actor=embassy, at=at)
    secret = new_secret()
    made = access_enrol(
        authority=authority,
        link=link.text,
        password=PASSWORD,
        chosen=Chosen(secret, code_at(secret, step_at(at))),
        accepts_terms=True,
        at=at,
    )
    return actor_for(made.person, at)


def officials_signed_in(*, authority: str, mailboxes: tuple[str, ...], at: datetime) -> None:
    """Let the officials have signed in lately, so that nobody's account counts as unused."""
    for mailbox in mailboxes:
        sign_in_demo(authority=authority, email=f"{mailbox}@{DOMAIN}", is_demo=True, at=at)


def requests_waiting(*, authority: str, actors: Mapping[str, Actor], at: datetime) -> None:
    """Leave one request with the embassy, one confirmed, one for the approver; two are finished."""
    office = "Northland Border Inspection"
    rows = (
        ("Greta Holm", "g.holm@gov.northland.example", "Checks animals at Northport.", _sent, timedelta(days=3)),
        (
            "Ivar Dahl",
            "i.dahl@gov.northland.example",
            "Checks food at Northport airport.",
            _endorsed,
            timedelta(days=5),
        ),
        ("Maja Lind", "m.lind@gov.northland.example", "Looks after our officials.", _in_review, timedelta(days=8)),
    )
    for name, mail, reason, take, ago in rows:
        wish = _wish(name, mail, office, reason)
        take(wish, "XB", authority=authority, actors=actors, at=at - ago)


def _wish(name: str, mail: str, authority_name: str, reason: str) -> Wish:
    return Wish(
        name=name,
        email=mail,
        post="Inspector",
        office="Northport" if "northland" in authority_name.lower() else "Westhaven",
        nominating_authority=authority_name,
        ports="Northport" if "northland" in authority_name.lower() else "Westhaven",
        kinds=_KINDS,
        scopes=_SCOPES,
        reason=reason,
    )


def _sent(wish: Wish, country: str, *, authority: str, at: datetime, **_unused: object) -> str:
    embassies = organisations(authority=authority, kind=OrganisationKind.EMBASSY)
    embassy = next(each for each in embassies if each.country == country)
    request, key = access_apply(authority=authority, embassy_id=embassy.id.hex, wish=wish, at=at)
    letter = Letter("letter-of-nomination.pdf", "application/pdf", letter_pdf(f"{wish.name} is nominated."))
    access_letter_add(authority=authority, key=key.text, letter=letter, at=at)
    access_send(authority=authority, key=key.text, at=at)
    return request.reference


def _endorsed(wish: Wish, country: str, *, authority: str, actors: Mapping[str, Actor], at: datetime) -> str:
    reference = _sent(wish, country, authority=authority, at=at)
    access_endorse(
        authority=authority,
        reference=reference,
        note_reference=f"Note verbale 12/{at:%Y}",
        has_second_factor=True,
        actor=actors["embassy" if country == "XB" else "embassy2"],
        at=at + timedelta(hours=5),
    )
    return reference


def _in_review(wish: Wish, country: str, *, authority: str, actors: Mapping[str, Actor], at: datetime) -> str:
    reference = _endorsed(wish, country, authority=authority, actors=actors, at=at)
    access_review(authority=authority, reference=reference, actor=actors["access"], at=at + timedelta(hours=8))
    return reference


def letter_pdf(sentence: str) -> bytes:
    """Return a page with one line of plain letters and digits, as small as a PDF can be."""
    text = f"BT /F1 14 Tf 72 720 Td ({sentence}) Tj ET".encode("ascii", "replace")
    fonts = b"<< /Font << /F1 5 0 R >> >>"
    bodies = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %s >>" % fonts,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(bodies) + 1, rows)
    return out + table + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, len(out))
