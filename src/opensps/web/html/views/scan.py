"""The page that scans: the camera where a browser reads codes itself, else a photo our server reads (`ux.md` 5.6).

Works without a script as a form for one photo or the files of one certificate. Photos are read in memory, for their
code alone, and not kept.
"""

from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from opensps.border.services import check_file, check_picture
from opensps.formats.errors import FormatError
from opensps.formats.picture import is_picture
from opensps.web.html import keys
from opensps.web.html.access import public
from opensps.web.html.forms.check import MOST_FILES, MOST_OCTETS, ScanForm
from opensps.web.html.installation import installation
from opensps.web.html.uploads import TooMuch, limit
from opensps.web.html.views.check import circumstances, is_ours, private, see_other
from opensps.web.html.views.errors import error_page
from opensps.web.html.views.offline import CAMERA_HERE, TONES

NO_CODE: Final = _("No code was found in this picture. Take it closer, straight and in good light.")
REFUSED: Final[dict[str, Promise]] = {
    "too_large": _("This picture is too large: at most 10 MB and 50 million pixels."),
    "picture": _("This picture cannot be read. Save it as JPEG, PNG or WebP."),
}


@public
@never_cache
@require_safe
def scan(request: HttpRequest) -> HttpResponse:
    """Show the page."""
    return _page(request, ScanForm())


@public
@never_cache
@csrf_exempt
@require_http_methods(["POST"])
def photo(request: HttpRequest) -> HttpResponse:
    """Check the code in a photo, or the files of a certificate; lead to the page of the result."""
    if not is_ours(request):
        return error_page(request, HTTPStatus.FORBIDDEN)
    try:
        handler = limit(request, most_octets=MOST_FILES * MOST_OCTETS)
    except TooMuch:
        return error_page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    form = ScanForm(request.POST, request.FILES)
    if handler.was_stopped:
        return error_page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if not form.is_valid():
        return _page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    files = tuple((file.name, file.read()) for file in form.cleaned_data["upload"])
    pictures = [data for _name, data in files if is_picture(data)]
    if not pictures:
        return see_other(request, check_file(files=files, **circumstances(request)))
    return _answered(request, form, pictures[0])


def _answered(request: HttpRequest, form: ScanForm, picture: bytes) -> HttpResponse:
    """Lead to the result, or say on the page why there is none."""
    why: Any = NO_CODE
    try:
        found = check_picture(picture=picture, **circumstances(request))
        if found is not None:
            return see_other(request, found)
    except FormatError as error:
        why = REFUSED[error.code]
    form.add_error("upload", why)
    return _page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _page(request: HttpRequest, form: ScanForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
    listed = keys.trust_list().authority(installation().authority)
    hosts = " ".join(listed.hosts) if listed is not None else ""
    context = {"form": form, "has_errors": status != HTTPStatus.OK, "tones": TONES, "hosts": hosts}
    response = private(render(request, "public/scan.html", context, status=status))
    response.headers["Permissions-Policy"] = CAMERA_HERE
    return response
