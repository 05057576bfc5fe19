"""A restore: the copy goes back into an empty database, and then the database proves itself.

Source: `reliability.md` 1.6, 2.7, 6 (L6, O3). Every act is recomputed, the tree of every log is built anew from its
leaves, its root must be the one that foreign witnesses countersigned, the heads in it must be those of the record; and
the witnesses are asked whether they have seen more. A restore that lacks something is never quietly complete.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connection, transaction

from opensps.certification.log_directory import LogDirectory
from opensps.certification.models import TransparencyLog
from opensps.certification.queries import audit as audit_certification
from opensps.certification.queries.log import log_by_origin, logs_of, newest_witnessed
from opensps.certification.queries.log_audit import log_audit, log_fsck, seen_elsewhere
from opensps.certification.services.log_growth import log_alarm, log_rebuild
from opensps.events.queries import audit as audit_events
from opensps.events.queries import chain_at
from opensps.formats.errors import NoteError
from opensps.formats.signed_note import read_note
from opensps.project.backing_up import (
    FORM,
    LEFT_OUT,
    MANIFEST,
    SQLITE_FILE,
    TABLES,
    Manifest,
    applied,
    columns_of,
    digest_of,
    own_tables,
)
from opensps.project.exits import Exit, Stopped
from opensps.project.log_installation import directory_of, own_policy, witness_tls
from opensps.project.witness_client import WitnessClient
from opensps.project.words import gettext_noop
from opensps.transparency.cosignature import WitnessKey, witnessed


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a restored database could not prove, or a word about what it proved."""

    is_wrong: bool
    template: str
    params: dict[str, str]


def read_manifest(directory: Path) -> Manifest:
    """Return what a backup says of itself, after comparing every file; stops with a sentence when it is not whole."""
    try:
        given: dict[str, Any] = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
        manifest = Manifest(**{**given, "migrations": tuple(given["migrations"])})
    except (OSError, ValueError, TypeError, KeyError) as exc:
        raise Stopped(
            Exit.NOT_VALID, gettext_noop("There is no backup in %(directory)s."), directory=directory
        ) from exc
    if manifest.form != FORM or any(".." in name for name in manifest.files):
        raise Stopped(Exit.NOT_VALID, gettext_noop("There is no backup in %(directory)s."), directory=directory)
    for name, wanted in manifest.files.items():
        path = directory / name
        if not path.is_file() or digest_of(path) != wanted:
            raise Stopped(Exit.NOT_VALID, gettext_noop("%(name)s of the backup is missing or was changed."), name=name)
    return manifest


def put_back(directory: Path, manifest: Manifest) -> None:
    """Bring the copy into the database of the settings, which must be empty; stops with a sentence otherwise."""
    if connection.vendor != manifest.engine:
        raise Stopped(
            Exit.USAGE, gettext_noop("The backup is of %(engine)s; name such a database."), engine=manifest.engine
        )
    if connection.vendor == "sqlite":
        _put_sqlite(directory / SQLITE_FILE)
    else:
        _put_tables(directory / TABLES, manifest)


def _put_sqlite(copy: Path) -> None:
    target = Path(str(connection.settings_dict["NAME"]))
    if target.exists():
        raise Stopped(Exit.USAGE, gettext_noop("%(name)s is there already; a restore overwrites nothing."), name=target)
    connection.close()
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.restoring")
    shutil.copyfile(copy, beside)
    beside.rename(target)
    call_command("migrate", verbosity=0, interactive=False)


def _put_tables(directory: Path, manifest: Manifest) -> None:
    call_command("migrate", verbosity=0, interactive=False)
    if applied() != manifest.migrations:
        raise Stopped(
            Exit.USAGE, gettext_noop("The backup is of another version; restore it with that one, then upgrade.")
        )
    tables = own_tables()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {connection.ops.quote_name(table)})")  # noqa: S608 our table
                if cursor.fetchone()[0]:
                    raise Stopped(Exit.USAGE, gettext_noop("The database is not empty; a restore overwrites nothing."))
            for table in tables:
                _put_table(directory / f"{table}.copy", table, cursor)
    except DatabaseError as exc:
        raise Stopped(Exit.NOT_VALID, gettext_noop("The database refuses the copy: %(why)s"), why=exc) from exc
    models = [model for model in apps.get_models() if model._meta.db_table not in LEFT_OUT]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def _put_table(path: Path, table: str, cursor: Any) -> None:
    if not path.is_file():
        return
    statement = f"COPY {connection.ops.quote_name(table)} ({columns_of(table)}) FROM STDIN"
    with path.open("rb") as file, cursor.copy(statement) as rows:
        while piece := file.read(1 << 20):
            rows.write(piece)


def prove(manifest: Manifest, *, authority: str, asks_witnesses: bool) -> Iterator[Finding]:
    """Yield what the restored database proves and what it does not."""
    yield from _record(manifest, authority)
    for log in logs_of(authority):
        yield from _log(log, asks_witnesses=asks_witnesses)


def _record(manifest: Manifest, authority: str) -> Iterator[Finding]:
    chain = chain_at(authority=authority, position=manifest.position)
    if manifest.position and (chain is None or chain.hex() != manifest.chain):
        yield _wrong(gettext_noop("The record of acts does not reach the one that was backed up."))
    for problem in (*audit_events(authority), *audit_certification(authority)):
        if problem.code != "consumer_failing":
            yield Finding(True, problem.template, {"where": problem.where, **problem.params})
    position = str(manifest.position)
    yield Finding(False, gettext_noop("Record of acts: %(position)s acts recomputed."), {"position": position})


def _wrong(template: str, **params: str) -> Finding:
    return Finding(True, template, params)


def _log(log: TransparencyLog, *, asks_witnesses: bool) -> Iterator[Finding]:
    directory = directory_of(log.origin)
    log_rebuild(log=log, directory=directory)
    for problem in (*log_fsck(log=log, directory=directory), *log_audit(log=log)):
        if problem.code not in {"unsigned", "not_published", "witness_failing"}:
            yield Finding(True, problem.template, {"where": problem.where, **problem.params})
    yield from _witnessed(log)
    if asks_witnesses:
        yield from _elsewhere(log, directory)


def _witnessed(log: TransparencyLog) -> Iterator[Finding]:
    """Verify the newest checkpoint that others countersigned; that its root is ours has been asked before."""
    seen, policy = newest_witnessed(log), own_policy()
    keys = [WitnessKey(each.organisation, key) for each in policy.witnesses for key in each.keys]
    params = {"origin": log.origin}
    if seen is None:
        yield Finding(False, gettext_noop("%(origin)s: no witness has countersigned it yet."), params)
        return
    try:
        found = witnessed(read_note(bytes(seen.note)), witness_keys=keys, quorum=policy.quorum)
    except NoteError:
        yield _wrong(gettext_noop("%(origin)s: the countersigned checkpoint is not genuine."), **params)
        return
    if not found.organisations or not found.is_quorum:
        yield _wrong(gettext_noop("%(origin)s: the trust list knows too few who countersigned it."), **params)
        return
    params |= {"size": str(seen.size), "organisations": " ".join(found.organisations)}
    sentence = gettext_noop("%(origin)s: the root of %(size)s leaves is the one that %(organisations)s countersigned.")
    yield Finding(False, sentence, params)


def _elsewhere(log: TransparencyLog, directory: LogDirectory) -> Iterator[Finding]:
    client = WitnessClient(witness_tls())
    for witness in own_policy().witnesses:
        raw = client.newest(witness.url, origin=log.origin)
        if raw is None:
            sentence = gettext_noop("%(witness)s does not answer; ask again later: opensps log audit")
            yield Finding(False, sentence, {"witness": witness.url})
            continue
        problems = seen_elsewhere(log=log, directory=directory, raw=raw, where=witness.url)
        if problems and (standing := log_by_origin(authority=log.authority, origin=log.origin)) is not None:
            log_alarm(log=standing, reason="rolled_back", at=datetime.now(UTC))
        for problem in problems:
            yield Finding(True, problem.template, {"where": problem.where, **problem.params})


def has_log_directory() -> bool:
    """Return whether tiles can be built anew here."""
    return settings.OPENSPS_LOG_DIR is not None
