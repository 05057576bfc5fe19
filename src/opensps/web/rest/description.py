"""The description of the API (OpenAPI 3.1): what the types say, completed by what every operation has in common."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from ninja import NinjaAPI

from opensps.web.rest.problems import KINDS, MEDIA_TYPE, PAGES
from opensps.web.rest.repeating import HEADER, PATTERN

BASE: Final = "/api/v1"
_ALWAYS: Final = (400, 401, 403, 404, 413, 415, 422, 429, 500, 503)
_OF_CREATION: Final = (409,)
_OF_CHANGE: Final = (412, 428)
_PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "title": "Problem",
    "required": ["type", "title", "status", "instance", "code", "trace_id", "retryable", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "description": f"Page of the problem, below {PAGES}"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "code": {"type": "string", "enum": sorted(KINDS)},
        "trace_id": {"type": "string"},
        "retryable": {"type": "boolean"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "detail"],
                "properties": {
                    "pointer": {"type": "string"},
                    "parameter": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


def described(api: NinjaAPI) -> Mapping[str, Any]:
    """Return the description; the same object every time, not to be changed."""
    return _described(api)


@lru_cache(maxsize=1)
def _described(api: NinjaAPI) -> Mapping[str, Any]:
    schema = dict(api.get_openapi_schema(path_prefix=f"{BASE[1:]}/"))
    components = dict(schema["components"])
    components["schemas"] = {**dict(sorted(components["schemas"].items())), "Problem": _PROBLEM}
    paths = {
        path: {name: _completed(one) for name, one in dict(each).items()} for path, each in schema["paths"].items()
    }
    return {
        "openapi": schema["openapi"],
        "info": schema["info"],
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": components,
    }


def _completed(described_operation: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: value for name, value in described_operation.items() if not name.startswith("x-")}
    scope, creates = described_operation.get("x-scope"), described_operation.get("x-creates")
    changes, media_type = described_operation.get("x-changes"), described_operation.get("x-document")
    if scope is not None:
        said["security"] = [{"OAuth2": [scope] if scope else []}]
    said["parameters"] = [*said.get("parameters", ()), *_headers(creates=bool(creates), changes=bool(changes))]
    statuses = [*_ALWAYS, *(_OF_CREATION if creates else ()), *(_OF_CHANGE if changes else ())]
    statuses += described_operation.get("x-errors", ())
    answers = {str(status): dict(answer) for status, answer in said["responses"].items()}
    if media_type:
        answers["200"]["content"] = {media_type: {"schema": {"type": "string", "contentMediaType": media_type}}}
    problem = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    titles = {kind.status: kind.title for kind in KINDS.values()}
    for status in sorted(set(statuses)):
        answers.setdefault(str(status), {"description": titles[status], "content": problem})
    said["responses"] = dict(sorted(answers.items()))
    return said


def _headers(*, creates: bool, changes: bool) -> list[dict[str, Any]]:
    headers = []
    if creates:
        headers.append(_header(HEADER, "New for each request; the same again for a repeat.", {"pattern": PATTERN}))
    if changes:
        headers.append(_header("If-Match", "ETag of the version that is changed.", {}))
    return headers


def _header(name: str, description: str, limits: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "string", **limits}
    return {"in": "header", "name": name, "required": True, "description": description, "schema": schema}
