"""Triggers by which the database itself keeps what was sealed, prepared and numbered (`lifecycles.md` I20, I21).

Refused: any change of a certificate's bytes, seal, digest, salt, number and the facts projected from them; a dead
certificate that moves; other bytes under a stored intention; a log that shrinks or ends in another way than it did; a
leaf that changes; a series that steps back; removal of any of these rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True, slots=True)
class Kept:
    """A table whose rows stay, and what in them never changes."""

    name: str
    columns: tuple[str, ...]
    never: str = ""
    """A further condition on OLD and NEW that is refused."""

    but: str = ""
    """A condition on OLD under which a row may go after all."""


KEPT = (
    Kept(
        "certification_certificate",
        (
            *("authority", "number", "application_id", "xml", "seal", "digest", "salt", "token", "code", "kind"),
            *("type_code", "office", "issued_at", "officer", "organisation", "export_country", "import_country"),
            *("sealed_at", "template"),
        ),
        "OLD.state IN ('withdrawn', 'expired') AND NEW.state <> OLD.state",
    ),
    Kept(
        "certification_certificatetemplate",
        (
            *("authority", "issuer", "country", "kind", "name", "version", "authority_name", "changes", "valid_from"),
            *("published_by", "published_at"),
        ),
        "OLD.acknowledged_by <> '' AND NEW.acknowledged_by <> OLD.acknowledged_by"
        " OR OLD.state IN ('ended', 'withdrawn') AND (NEW.state <> OLD.state OR NEW.valid_until <> OLD.valid_until)",
    ),
    Kept(
        "certification_issueintention",
        (
            *("authority", "application_id", "number", "xml", "digest", "projection", "prepared_by", "prepared_at"),
            "needs_second",
        ),
        "OLD.state IN ('issued', 'discarded') AND NEW.state <> OLD.state"
        " OR OLD.second_approved_by <> '' AND NEW.second_approved_by <> OLD.second_approved_by",
    ),
    Kept(
        "certification_issueapproval",
        (
            *("authority", "intention_id", "officer", "rank", "method", "at", "digests", "template_digest"),
            *("credential_id", "authenticator_data", "client_data", "signature"),
        ),
    ),
    Kept(
        "certification_transparencylog",
        ("authority", "ordinal", "origin", "key", "created_at"),
        "NEW.size < OLD.size OR NEW.size = OLD.size AND NEW.root <> OLD.root"
        " OR OLD.state = 'frozen' AND (NEW.state <> OLD.state OR NEW.size <> OLD.size)",
    ),
    Kept(
        "certification_logleaf",
        ("authority", "log_id", '"index"', "kind", "data", "number", "event_id", "chain_position"),
    ),
    Kept(
        "certification_logcheckpoint",
        ("authority", "log_id", "size", "root", "note", "organisations", "witnessed_at"),
    ),
    Kept(
        "certification_reportedoutcome",
        (
            *("authority", "outcome_number", "reporter", "request_id", "digest", "certificate_id", "outcome"),
            *("decided_at", "recorded_at", "location", "office_reference", "reason_code", "reason_text"),
            *("reason_language", "measure", "quantities", "acknowledgement", "alerts"),
        ),
    ),
    Kept("certification_burntnumber", ("authority", "number", "reason_code", "burnt_at")),
    Kept("certification_numberseries", ("authority", "name", "office", "year"), "NEW.last < OLD.last"),
)

_DIFFERS = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}


def _refused(table: Kept, vendor: str) -> str:
    """Return the SQL condition under which an update is refused."""
    differs = _DIFFERS[vendor]
    changed = [f"OLD.{column} {differs} NEW.{column}" for column in table.columns]
    return " OR ".join([*changed, *([f"({table.never})"] if table.never else [])])


def _sqlite(table: Kept) -> list[str]:
    name = table.name
    unless = f" WHEN NOT ({table.but})" if table.but else ""
    rules = {
        "kept": f"BEFORE UPDATE ON {name} WHEN {_refused(table, 'sqlite')}",
        "stays": f"BEFORE DELETE ON {name}{unless}",
    }
    statements = []
    for rule, text in rules.items():
        statements.append(f"DROP TRIGGER IF EXISTS {name}_{rule}")
        statements.append(f"CREATE TRIGGER {name}_{rule} {text} BEGIN SELECT RAISE(ABORT, '{name} is kept'); END")
    return statements


def _postgresql(table: Kept) -> list[str]:
    name = table.name
    refuse = f"RAISE EXCEPTION '{name} is kept' USING ERRCODE = 'integrity_constraint_violation';"
    body = f"BEGIN IF {_refused(table, 'postgresql')} THEN {refuse} END IF; RETURN NEW; END"
    triggers = {"kept": f"BEFORE UPDATE ON {name} FOR EACH ROW EXECUTE FUNCTION {name}_kept()", **_staying(table)}
    goes = f"IF TG_OP = 'DELETE' AND ({table.but}) THEN RETURN OLD; END IF; " if table.but else ""
    stays = f"BEGIN {goes}{refuse} END"
    statements = [
        f"CREATE OR REPLACE FUNCTION {name}_kept() RETURNS trigger LANGUAGE plpgsql AS $body${body}$body$",
        f"CREATE OR REPLACE FUNCTION {name}_stays() RETURNS trigger LANGUAGE plpgsql AS $body${stays}$body$",
    ]
    for rule, text in triggers.items():
        statements.append(f"DROP TRIGGER IF EXISTS {name}_{rule} ON {name}")
        statements.append(f"CREATE TRIGGER {name}_{rule} {text}")
        statements.append(f"ALTER TABLE {name} ENABLE ALWAYS TRIGGER {name}_{rule}")
    return statements


def _staying(table: Kept) -> dict[str, str]:
    """Return the triggers of PostgreSQL that refuse removal; where some rows may go, each is looked at."""
    refused = f"EXECUTE FUNCTION {table.name}_stays()"
    if not table.but:
        return {"stays": f"BEFORE DELETE OR TRUNCATE ON {table.name} FOR EACH STATEMENT {refused}"}
    return {
        "stays": f"BEFORE DELETE ON {table.name} FOR EACH ROW {refused}",
        "whole": f"BEFORE TRUNCATE ON {table.name} FOR EACH STATEMENT {refused}",
    }


def _tables(connection: BaseDatabaseWrapper) -> set[str]:
    with connection.cursor() as cursor:
        return {info.name for info in connection.introspection.get_table_list(cursor)}


def install_triggers(using: str = "default", *, tables: Sequence[Kept] = KEPT) -> None:
    """Install the triggers anew on every kept table that exists; other rooms name theirs."""
    connection = connections[using]
    existing = _tables(connection)
    make = _sqlite if connection.vendor == "sqlite" else _postgresql
    with connection.cursor() as cursor:
        for table in tables:
            for statement in make(table) if table.name in existing else ():
                cursor.execute(statement)


def missing_triggers(using: str = "default", *, tables: Sequence[Kept] = KEPT) -> tuple[str, ...]:
    """Return the names of triggers that should be there and are not; the doctor asks."""
    connection = connections[using]
    catalogue = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE tgenabled = 'A'"
    )
    with connection.cursor() as cursor:
        cursor.execute(catalogue)
        found = {name for (name,) in cursor.fetchall()}
    is_sqlite = connection.vendor == "sqlite"
    wanted = {
        f"{table.name}_{rule}" for table in tables for rule in ("kept", *(("stays",) if is_sqlite else _staying(table)))
    }
    return tuple(sorted(wanted - found))
