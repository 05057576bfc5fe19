"""The description of the API as rows of a page: operations, what they take and answer, and the forms they use.

Reads an OpenAPI 3.1 document of ours (`rest.description`); it knows the parts that one uses, no more.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from opensps.web.rest.problems import KINDS, MEDIA_TYPE, slug

_SCHEMAS: Final = "#/components/schemas/"
_LIMITS: Final = (
    "format", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "default",
)  # fmt: skip
"""Keywords of JSON Schema that are shown as they are, in this order."""


@dataclass(frozen=True, slots=True)
class Type:
    """What a value is."""

    words: str
    form: str = ""
    """Name of the form that explains it; empty: the words say all."""

    limits: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A parameter of an operation or a member of a form."""

    name: str
    place: str
    """`path`, `query` or `header`; empty for members of forms."""

    type: Type
    is_required: bool
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is no problem."""

    status: str
    media_type: str
    type: Type


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address."""

    name: str
    method: str
    summary: str
    text: str
    scope: str
    """Empty: any token will do."""

    parameters: tuple[Member, ...]
    body: Type | None
    answers: tuple[Answer, ...]
    problems: tuple[str, ...]
    """Statuses of problem documents."""


@dataclass(frozen=True, slots=True)
class Form:
    """A named form of the description."""

    name: str
    text: str
    type: Type
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """All the page shows."""

    paths: tuple[tuple[str, tuple[Operation, ...]], ...]
    forms: tuple[Form, ...]
    scopes: tuple[str, ...]
    problems: tuple[tuple[int, tuple[tuple[str, str], ...]], ...]
    """Status, then (word, last part of the address of its page)."""


def reference(description: Mapping[str, Any]) -> Reference:
    """Return a description as rows."""
    schemas = description["components"]["schemas"]
    flows = description["components"]["securitySchemes"]["OAuth2"]["flows"]
    return Reference(
        tuple((path, tuple(_operations(methods))) for path, methods in description["paths"].items()),
        tuple(_form(name, schema) for name, schema in sorted(schemas.items())),
        tuple(flows["clientCredentials"]["scopes"]),
        tuple(_problems()),
    )


def _problems() -> Iterator[tuple[int, tuple[tuple[str, str], ...]]]:
    by_status = sorted(KINDS, key=lambda code: KINDS[code].status)
    for status, found in groupby(by_status, key=lambda code: KINDS[code].status):
        yield status, tuple((code, slug(code)) for code in found)


def _operations(methods: Mapping[str, Any]) -> Iterator[Operation]:
    for method, said in methods.items():
        scopes = [scope for each in said.get("security", ()) for scope in each.get("OAuth2", ())]
        plain, problems = _answers(said["responses"])
        yield Operation(
            name=said["operationId"],
            method=method.upper(),
            summary=said.get("summary", ""),
            text=said.get("description", ""),
            scope=" ".join(scopes),
            parameters=tuple(_parameter(each) for each in said.get("parameters", ())),
            body=_body(said.get("requestBody")),
            answers=plain,
            problems=problems,
        )


def _answers(responses: Mapping[str, Any]) -> tuple[tuple[Answer, ...], tuple[str, ...]]:
    plain, problems = [], []
    for status, said in responses.items():
        content = said.get("content", {})
        if MEDIA_TYPE in content:
            problems.append(status)
            continue
        media_type = next(iter(content), "")
        plain.append(Answer(status, media_type, _type(content[media_type]["schema"]) if media_type else Type("")))
    return tuple(plain), tuple(problems)


def _body(said: Mapping[str, Any] | None) -> Type | None:
    return _type(next(iter(said["content"].values()))["schema"]) if said else None


def _parameter(said: Mapping[str, Any]) -> Member:
    text = said.get("description") or said["schema"].get("description", "")
    return Member(said["name"], said["in"], _type(said["schema"]), bool(said.get("required")), text)


def _form(name: str, schema: Mapping[str, Any]) -> Form:
    required = schema.get("required", ())
    members = tuple(
        Member(each, "", _type(said), each in required, said.get("description", ""))
        for each, said in schema.get("properties", {}).items()
    )
    return Form(name, schema.get("description", ""), _type(schema), members)


def _type(schema: Mapping[str, Any]) -> Type:
    """Return the words for a schema; of alternatives the first form that is named is linked."""
    if "$ref" in schema:
        name = str(schema["$ref"]).removeprefix(_SCHEMAS)
        return Type(name, name)
    choices: Sequence[Mapping[str, Any]] = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf") or ()
    if choices:
        found = [_type(each) for each in choices]
        limits = "; ".join(each.limits for each in found if each.limits)
        return Type(" or ".join(each.words for each in found), next((f.form for f in found if f.form), ""), limits)
    if schema.get("type") == "array" and "items" in schema:
        inner = _type(schema["items"])
        return Type(f"array of {inner.words}", inner.form, "; ".join(filter(None, (_limits(schema), inner.limits))))
    return Type(_plain(schema), "", _limits(schema))


def _plain(schema: Mapping[str, Any]) -> str:
    words = [str(each) for each in schema.get("enum", ())]
    return " | ".join(words) or str(schema.get("const") or schema.get("type", "any"))


def _limits(schema: Mapping[str, Any]) -> str:
    return ", ".join(f"{word} {schema[word]}" for word in _LIMITS if schema.get(word) not in (None, "", []))
