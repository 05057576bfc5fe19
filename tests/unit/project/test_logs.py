"""What reaches the log: no token of a check link, whoever logs it (`trust.md` 8)."""

import json
import logging
from typing import Any

import structlog

from opensps.project.logs import LOGGING


def logged(message: str, *args: object, error: BaseException | None = None) -> dict[str, Any]:
    """Return the line a foreign library's message becomes."""
    described = {name: value for name, value in LOGGING["formatters"]["json"].items() if name != "()"}
    formatter = structlog.stdlib.ProcessorFormatter(**described)
    failure = (type(error), error, error.__traceback__) if error is not None else None
    record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, message, args, failure)
    line: dict[str, Any] = json.loads(formatter.format(record))
    return line


def test_the_token_of_a_failed_check_link_is_cut() -> None:
    line = logged("Internal Server Error: %s", "/zh-hans/C/CNJDQET660X0STG7JNY3")
    assert line["event"] == "Internal Server Error: /zh-hans/C/..."


def test_the_id_of_a_stored_answer_is_cut_in_message_and_trace() -> None:
    error = LookupError("no such /check/result/0a1376332a6232a8")
    line = logged("Not kept: /check/result/0a1376332a6232a8.json", error=error)
    assert line["event"] == "Not kept: /check/result/..."
    assert "0a1376332a6232a8" not in line["exception"]


def test_other_addresses_are_logged_as_they_are() -> None:
    assert logged("Internal Server Error: /certificates/x")["event"] == "Internal Server Error: /certificates/x"
