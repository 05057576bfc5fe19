"""Who takes part, and the caller's own profile as agreed with us. Source: `exchange.md` 5.2, 7."""

from datetime import datetime

from django.http import HttpResponse
from ninja import Router, Schema

from opensps.exchange.queries.profiles import PartnerProfile, partners_listed, profile_of
from opensps.web.html.installation import installation
from opensps.web.rest.answering import answered, tagged
from opensps.web.rest.calling import ApiRequest
from opensps.web.rest.forms.times import Time
from opensps.web.rest.operations import operation

router = Router(tags=["Partners"])
READ = "envelopes:read"


class PartnerForm(Schema):
    """A partner as every other partner may know it."""

    code: str
    name: str
    countries: list[str]
    is_exchanging: bool


class Directory(Schema):
    """All partners that exchange certificates with this authority."""

    authority: str
    data: list[PartnerForm]


class ConnectionForm(Schema):
    """One agreed way."""

    channel: str
    connection_code: str
    own_code: str
    """What we are called there."""

    direction: str
    delivery: str


class DocumentForm(Schema):
    """A pair of type and status that may be exchanged."""

    direction: str
    type_code: str
    status_code: str


class RuleForm(Schema):
    """Who receives in place of the partner, or gets a copy."""

    direction: str
    rule_type: str
    type_code: str
    status_code: str
    country: str
    target: str


class ModeForm(Schema):
    """How one type is exchanged in one direction."""

    type_code: str
    direction: str
    mode: str
    valid_from: Time
    valid_to: Time | None = None


class KeyForm(Schema):
    """A key in use."""

    use: str
    name: str
    is_ours: bool
    sha256: str
    status: str
    valid_from: Time
    valid_to: Time | None = None


class OwnProfile(Schema):
    """What was agreed with the caller."""

    code: str
    name: str
    countries: list[str]
    languages: list[str]
    state: str
    environment: str
    connections: list[ConnectionForm]
    allowed_documents: list[DocumentForm]
    channel_rules: list[RuleForm]
    modes: list[ModeForm]
    keys: list[KeyForm]


@operation(router, "GET", "partners", scope=READ, response=Directory, summary="List partners")
def list_partners(request: ApiRequest) -> HttpResponse:
    """Codes, names and countries; nothing of what was agreed with others."""
    place = installation()
    rows = [
        PartnerForm(code=row.code, name=row.name_en, countries=list(row.countries), is_exchanging=row.is_exchanging)
        for row in partners_listed(authority=place.authority)
    ]
    return tagged(request, answered(Directory(authority=place.authority, data=rows)))


@operation(router, "GET", "partners/me", scope=READ, response=OwnProfile, summary="Read your own profile")
def read_own_profile(request: ApiRequest) -> HttpResponse:
    """Modes, allowed documents, channel rules and keys."""
    partner = request.auth.caller.partner
    return tagged(request, answered(_own(profile_of(partner, at=request.auth.at), at=request.auth.at)))


def _own(profile: PartnerProfile, *, at: datetime) -> OwnProfile:
    partner = profile.partner
    return OwnProfile(
        code=partner.code,
        name=partner.name_en,
        countries=list(partner.countries),
        languages=list(partner.languages),
        state=partner.state,
        environment=partner.environment,
        connections=[ConnectionForm.from_orm(row) for row in profile.connections],
        allowed_documents=[DocumentForm.from_orm(row) for row in profile.documents],
        channel_rules=[RuleForm.from_orm(row) for row in profile.rules],
        modes=[ModeForm.from_orm(row) for row in profile.modes if row.valid_to is None or row.valid_to > at],
        keys=[
            KeyForm(
                use=row.use,
                name=row.name,
                is_ours=row.is_ours,
                sha256=row.fingerprint,
                status=row.status,
                valid_from=row.valid_from,
                valid_to=row.valid_to,
            )
            for row in profile.keys
        ],
    )
