"""Reading of the environment: the only functions that look at ``OPENSPS_*`` variables.

No Django here: commands without a database read it too. Every setting has a safe zero value, so that an empty
environment never opens anything.
"""

import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


class WrongSetting(Exception):
    """A variable holds what it cannot mean."""


SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=20000",
    "PRAGMA foreign_keys=ON",
    # Without it INSERT OR REPLACE deletes rows behind the back of the triggers that keep events.
    "PRAGMA recursive_triggers=ON",
)


def text(name: str, default: str = "") -> str:
    """Return the stripped value of ``OPENSPS_<name>``; an empty one counts as not set."""
    return os.environ.get(f"OPENSPS_{name}", "").strip() or default


def path(name: str) -> Path | None:
    """Return ``OPENSPS_<name>`` as a path, None when it is not set."""
    value = text(name)
    return Path(value) if value else None


def flag(name: str) -> bool:
    """Return whether ``OPENSPS_<name>`` is 1; anything but 0, 1 and nothing is refused."""
    value = text(name, "0")
    if value not in ("0", "1"):
        raise WrongSetting(f"OPENSPS_{name} is 0 or 1, not {value!r}")
    return value == "1"


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Return the comma-separated values of ``OPENSPS_<name>``."""
    return [word.strip() for word in text(name).split(",") if word.strip()] or list(default)


def networks(name: str) -> list[str]:
    """Return the comma-separated addresses and networks of ``OPENSPS_<name>``."""
    found = words(name)
    for each in found:
        try:
            ipaddress.ip_network(each, strict=False)
        except ValueError as exc:
            raise WrongSetting(f"OPENSPS_{name} holds addresses and networks, not {each!r}") from exc
    return found


def database(url: str) -> dict[str, Any]:
    """Turn a database address into Django's form.

    ``sqlite:////absolute/file.sqlite3``, ``sqlite:///relative.sqlite3``, ``postgresql://user:password@host:5432/name``;
    a socket directory is given as ``postgresql:///name?host=/run/postgresql``. Further query words go to the driver.
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    if parts.scheme == "sqlite":
        return _sqlite(unquote(parts.path.removeprefix("/")))
    if parts.scheme in ("postgresql", "postgres"):
        name = unquote(parts.path.removeprefix("/"))
        return _postgresql(
            name=name,
            user=unquote(parts.username or "") or query.pop("user", ""),
            password=unquote(parts.password or ""),
            host=parts.hostname or query.pop("host", ""),
            port=str(parts.port or ""),
            options=query,
        )
    raise WrongSetting("OPENSPS_DATABASE_URL begins with sqlite:/// or postgresql://")


def _sqlite(name: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": name if name == ":memory:" else Path(name),
        # Opening the file with its settings takes longer than most questions to it.
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            # One writer at a time from the first statement on: a lock that is taken late cannot be waited for.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": ";".join(SQLITE_PRAGMAS),
        },
    }


def _postgresql(
    *, name: str, user: str, password: str, host: str, port: str, options: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": user,
        "PASSWORD": password,
        "HOST": host,
        "PORT": port,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(options),
    }
