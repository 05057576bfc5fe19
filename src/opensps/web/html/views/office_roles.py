"""A role changed for everybody in an office, as one act of an administrator. Source: row B04 of the catalogue."""

from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from opensps.accounts.services import office_roles_change
from opensps.lifecycle import Role
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import who
from opensps.web.html.deciding import Given, asked
from opensps.web.html.forms.people import OfficeRolesForm


@role_required(Role.ADMINISTRATOR)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedInRequest) -> HttpResponse:
    """Ask for office and roles, change them, and show who is in the office now."""
    form = OfficeRolesForm(request.POST if request.method == "POST" else None, authority=request.actor.authority)

    def do(at: datetime, given: Given) -> str:
        office_roles_change(change=form.change(), **who(request, at))
        return f"{reverse('people')}?{urlencode({'office': given['office']})}"

    return asked(
        request,
        form,
        "office.roles",
        do,
        back_url=reverse("people"),
        heading=_("Change a role in a whole office"),
        texts=[_("Everybody in the office who holds the first role is changed at once, or nobody.")],
        button=_("Change the role"),
        danger=True,
    )
