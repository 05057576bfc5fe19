"""Customs declarations by a program of our own customs: declared, asked about, released (A09).

The program is written down as a partner whose only country is our own; for any other caller nothing is here.
"""

from django.http import HttpResponse
from ninja import Router

from opensps.accounts.queries import Actor, authority_profile
from opensps.border.errors import DeclarationRefused
from opensps.border.queries.clearance import Declaration, clearance_of, declaration_for
from opensps.border.services.declaring import declaration_act, declaration_declare
from opensps.lifecycle import ActNotAllowed, Role
from opensps.lifecycle.declaration import DeclarationAct
from opensps.web.rest.answering import answered
from opensps.web.rest.calling import ApiRequest, Count
from opensps.web.rest.forms.declarations import ClearanceForm, DeclarationMove, NewDeclaration
from opensps.web.rest.operations import operation
from opensps.web.rest.problems import Fault, Problem

router = Router(tags=["Declarations"])
SCOPE = "declarations:write"


def _customs(request: ApiRequest) -> Actor:
    """Return our customs as who acts. Raises `Problem` NOT_FOUND for everybody else."""
    partner = request.auth.caller.partner
    profile = authority_profile(partner.authority)
    country = profile.country if profile is not None else ""
    if partner.countries != [country]:
        raise Problem("NOT_FOUND")
    return Actor(id=f"partner:{partner.code}", authority=partner.authority, roles=frozenset({Role.CUSTOMS}))


@operation(
    router, "POST", "declarations", scope=SCOPE, response={201: ClearanceForm}, summary="Declare goods",
    count=Count.WRITES, creates=True,
)  # fmt: skip
def declare_goods(request: ApiRequest, declaration: NewDeclaration) -> HttpResponse:
    """Answers at once whether the goods are clear; a declaration that was not released yet may be sent anew."""
    actor = _customs(request)
    try:
        row = declaration_declare(
            authority=actor.authority,
            actor=actor,
            declaration_number=declaration.declaration_number,
            direction=declaration.direction.lower(),
            items=[each.claimed() for each in declaration.item],
            location=declaration.location or "",
            at=request.auth.at,
        )
    except DeclarationRefused as exc:
        detail = "a quantity needs a line, and an item a number or goods"
        raise Problem("SCHEMA_INVALID", faults=(Fault("ITEM", detail, pointer="/item"),)) from exc
    except ActNotAllowed as exc:
        raise Problem("STATE_CONFLICT") from exc
    here = f"/api/v1/declarations/{row.declaration_number}"
    return answered(_form(row), status=201, headers={"Location": here})


@operation(
    router, "GET", "declarations/{declaration_number}", scope=SCOPE, response=ClearanceForm,
    summary="Ask whether goods are clear",
)  # fmt: skip
def read_clearance(request: ApiRequest, declaration_number: str) -> HttpResponse:
    """Clear or not clear, with reasons, as register and ledger say now."""
    return answered(_form(_found(_customs(request), declaration_number)))


@operation(
    router, "POST", "declarations/{declaration_number}/acts", scope=SCOPE, response={201: ClearanceForm},
    summary="Release or cancel a declaration", count=Count.WRITES, creates=True,
)  # fmt: skip
def act_on_declaration(request: ApiRequest, declaration_number: str, move: DeclarationMove) -> HttpResponse:
    """Goods that are not clear are not released; a released declaration stays as it is."""
    actor = _customs(request)
    try:
        row = declaration_act(
            authority=actor.authority,
            actor=actor,
            declaration_number=declaration_number,
            act=DeclarationAct(move.act.lower()),
            reason=move.reason or "",
            at=request.auth.at,
        )
    except DeclarationRefused as exc:
        raise Problem("NOT_FOUND") from exc
    except ActNotAllowed as exc:
        raise Problem("STATE_CONFLICT", exc.detail or exc.reason) from exc
    return answered(_form(row), status=201)


def _found(actor: Actor, declaration_number: str) -> Declaration:
    try:
        return declaration_for(authority=actor.authority, actor=actor, declaration_number=declaration_number)
    except DeclarationRefused as exc:
        raise Problem("NOT_FOUND") from exc


def _form(row: Declaration) -> ClearanceForm:
    return ClearanceForm.of(row, clearance_of(row))
