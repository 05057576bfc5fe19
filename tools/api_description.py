"""Write the description of the API into ``docs/api/openapi.json``, and add what is new to the promises beside it.

``docs/api/promises.tsv`` holds, one a line, what programs of partners may rely on. This tool only adds lines; one that
is not kept any more is a breaking change, which a test reports and only a person takes out (`exchange.md` 5.1).

    python tools/api_description.py
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "api"
DESCRIPTION, PROMISES = FOLDER / "openapi.json", FOLDER / "promises.tsv"
_METHODS = ("delete", "get", "patch", "post", "put")


def text_of(description: Mapping[str, Any]) -> str:
    """Return a description as it is kept."""
    return json.dumps(description, indent=1, ensure_ascii=False) + "\n"


def promises_of(description: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a description lets callers rely on; what a request must hold is promised not to grow."""
    schemas = description["components"]["schemas"]
    for path, operations in description["paths"].items():
        for method in _METHODS:
            if method in operations:
                name = f"{method.upper()} {path}"
                yield from (f"{name}\t{line}" for line in _operation(operations[method], schemas))


def _operation(operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[str]:
    for each in operation["parameters"]:
        need = "must" if each["required"] else "may"
        yield f"{need}\t{each['in']} {each['name']}"
    for scopes in operation.get("security", ()):
        yield "scope\t" + " ".join(scopes["OAuth2"])
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        yield from (f"{need}\tbody {place}" for need, place in _members(content["schema"], schemas, kind))
    for status, answer in operation["responses"].items():
        for kind, content in answer.get("content", {}).items():
            if status < "400":
                yield from (f"answer\t{status} {place}" for _, place in _members(content["schema"], schemas, kind))


def _members(schema: Mapping[str, Any], schemas: Mapping[str, Any], place: str) -> Iterator[tuple[str, str]]:
    schema = schemas[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema
    choices = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    if choices:
        for each in choices:
            yield from _members(each, schemas, place)
        return
    yield "may", f"{place} {schema.get('type', 'any')}"
    if "items" in schema:
        yield from _members(schema["items"], schemas, f"{place}[]")
    for name, member in schema.get("properties", {}).items():
        if name in schema.get("required", ()):
            yield "must", f"{place}.{name}"
        yield from _members(member, schemas, f"{place}.{name}")


def broken(promised: set[str], kept: set[str]) -> list[str]:
    """Return the promises that are not kept, and what is newly asked of every caller."""
    gone = [line for line in promised - kept if "\tmust\t" not in line]
    asked = [line for line in kept - promised if "\tmust\t" in line and _is_asked_of_old_callers(line, promised)]
    return sorted((*gone, *asked))


def _is_asked_of_old_callers(line: str, promised: set[str]) -> bool:
    """Tell whether the operation, and for a member of a body the object around it, was there before."""
    operation, _, place = line.split("\t")
    around = place.rpartition(".")[0]
    beginning = f"{operation}\tmay\t{around} " if around.startswith("body ") else f"{operation}\t"
    return any(each.startswith(beginning) for each in promised)


def promised() -> set[str]:
    """Return the promises on paper."""
    return set(PROMISES.read_text(encoding="utf-8").splitlines()) if PROMISES.exists() else set()


def main() -> int:
    """Write both files."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opensps.project.settings")
    import django  # noqa: PLC0415 the settings had to be named first

    django.setup()
    from opensps.web.rest.api import api  # noqa: PLC0415 as above
    from opensps.web.rest.description import described  # noqa: PLC0415 as above

    FOLDER.mkdir(exist_ok=True)
    description = described(api)
    DESCRIPTION.write_text(text_of(description), encoding="utf-8")
    kept = set(promises_of(description))
    faults = broken(promised(), kept)
    for line in faults:
        print(f"breaks a promise: {line}", file=sys.stderr)
    if not faults:
        PROMISES.write_text("\n".join(sorted(promised() | kept)) + "\n", encoding="utf-8")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
