"""Logs are events with fields, one JSON line each on stderr; no personal data, no XML bodies."""

import re
from typing import Any

import structlog

_SECRET_ADDRESS = re.compile(r"(/c/|/check/result/)[^\s/?\"']+", re.IGNORECASE)


def cut_secrets(_logger: Any, _name: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """Cut tokens and result ids out of what a library logged: Django names the path of a request that failed."""
    for field in ("event", "exception"):
        if field in event:
            event[field] = _SECRET_ADDRESS.sub(r"\1...", str(event[field]))
    return event


_BEFORE: list[structlog.types.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                cut_secrets,
                structlog.processors.JSONRenderer(),
            ],
            "foreign_pre_chain": [*_BEFORE, structlog.stdlib.add_logger_name],
        },
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"opensps": {"level": "INFO"}, "django.request": {"level": "ERROR"}},
}


def configure() -> None:
    """Send structlog's events through the standard library's handlers of `LOGGING`."""
    structlog.configure(
        processors=[*_BEFORE, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
