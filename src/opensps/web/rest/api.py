"""The API itself: its operations, how failures are answered, and its description at ``/api/v1/openapi.json``."""

from typing import Any

import structlog
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from opensps.exchange.errors import EnvelopeNotFound, PartnerNotFound
from opensps.web.html.access import public
from opensps.web.rest.bodies import StrictParser
from opensps.web.rest.description import described
from opensps.web.rest.endpoints import ROUTERS
from opensps.web.rest.problems import BY_STATUS, Fault, Problem, problem_response

log = structlog.get_logger("opensps.api")

api = NinjaAPI(
    title="OpenSPS exchange",
    version="1",
    description="Certificates, envelopes, checks and notices for partners' programs.",
    docs_url=None,
    openapi_url=None,
    parser=StrictParser(),
    urls_namespace="api-v1",
)
for router in ROUTERS:
    api.add_router("", router)


@api.exception_handler(Problem)
def _problem(request: HttpRequest, exc: Problem) -> HttpResponse:
    return problem_response(request, exc)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, exc: ValidationError) -> HttpResponse:
    return problem_response(request, Problem("SCHEMA_INVALID", faults=[_fault(each) for each in exc.errors[:50]]))


def _fault(error: dict[str, Any]) -> Fault:
    source, *place = error["loc"]
    code, detail = str(error["type"]).upper(), str(error["msg"])
    if source == "body":
        return Fault(code, detail, pointer="/" + "/".join(_escaped(part) for part in place[1:]))
    return Fault(code, detail, parameter=str(place[-1]) if place else str(source))


def _escaped(part: object) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


@api.exception_handler(HttpError)
def _refused(request: HttpRequest, exc: HttpError) -> HttpResponse:
    cause = exc.__cause__
    problem = cause if isinstance(cause, Problem) else Problem(BY_STATUS.get(exc.status_code, "REQUEST_MALFORMED"))
    return problem_response(request, problem)


@api.exception_handler(AuthenticationError)
def _stranger(request: HttpRequest, _: AuthenticationError) -> HttpResponse:
    return problem_response(request, Problem("CREDENTIAL_MISSING", headers={"WWW-Authenticate": "Bearer"}))


@api.exception_handler(Http404)
@api.exception_handler(EnvelopeNotFound)
@api.exception_handler(PartnerNotFound)
def _nothing(request: HttpRequest, _: Exception) -> HttpResponse:
    return problem_response(request, Problem("NOT_FOUND"))


@api.exception_handler(Exception)
def _broken(request: HttpRequest, exc: Exception) -> HttpResponse:
    log.error("api_broken", kind=type(exc).__name__, exc_info=exc)
    return problem_response(request, Problem("INTERNAL_ERROR"))


@public
def openapi(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 every view gets it
    """Return the description of the API."""
    response = JsonResponse(described(api))
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
