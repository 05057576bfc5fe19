"""What ``opensps doctor`` looks at: each examination returns its complaints, none when all is well."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from cryptography import x509
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from opensps import codes
from opensps.accounts.queries import audit as audit_people
from opensps.border.queries import audit as audit_border
from opensps.certification.queries import audit as audit_certification
from opensps.certification.queries.log import logs_of
from opensps.certification.queries.log_audit import log_audit, log_fsck
from opensps.events.queries import audit as audit_events
from opensps.events.queries import due_count, newest_at
from opensps.exchange.errors import SecretsLocked
from opensps.exchange.queries.health import audit as audit_exchange
from opensps.exchange.queries.health import health
from opensps.project import code_lists
from opensps.project.exits import Stopped
from opensps.project.log_installation import directory_of, has_log
from opensps.project.mail import mail_account, mail_terms, signing_ends_at
from opensps.project.words import gettext_noop
from opensps.signing import Signer, SigningError, TrustList, signer_from
from opensps.signing.trust_memory import load_with
from opensps.web.html.protection import secret_box


class Weight(StrEnum):
    """How bad it is."""

    WRONG = "wrong"
    LOOK = "look"


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is not as it should be, and what to do."""

    weight: Weight
    code: str
    template: str
    params: Mapping[str, str] = field(default_factory=dict)
    remedy: str = ""
    """What to do, where the template does not say it."""

    @property
    def message(self) -> str:
        """The English sentence."""
        return self.template % self.params


Examine = Callable[[str, datetime], tuple[Complaint, ...]]

MANY_DUE = 1000
LATE = timedelta(minutes=5)
LOW_DISK_BYTES = 1_000_000_000
LIST_ENDS_SOON = timedelta(days=7)
KEY_ENDS_SOON = timedelta(days=30)
MAIL_KEY_ENDS_SOON = timedelta(days=60)
"""Partners pin the next certificate by a second way: that takes weeks."""


def _wrong(code: str, template: str, **params: str) -> Complaint:
    return Complaint(Weight.WRONG, code, template, params)


def _look(code: str, template: str, **params: str) -> Complaint:
    return Complaint(Weight.LOOK, code, template, params)


def _settings(_authority: str, _now: datetime) -> tuple[Complaint, ...]:
    found = []
    if settings.SECRET_KEY_IS_TEMPORARY:
        found.append(
            _look("secret_missing", gettext_noop("OPENSPS_SECRET_KEY is not set; the server will refuse to start."))
        )
    if settings.OPENSPS_DEMO:
        found.append(
            _look("demo", gettext_noop("This is a demo: anybody can sign in, and its keys are training keys."))
        )
    if "*" in settings.ALLOWED_HOSTS:
        found.append(_wrong("any_host", gettext_noop("OPENSPS_ALLOWED_HOSTS admits every name; list the real ones.")))
    return tuple(found)


def _database(_authority: str, _now: datetime) -> tuple[Complaint, ...]:
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and not Path(name).exists():
        # Asking would make it.
        return (
            _wrong("no_database", gettext_noop("There is no database %(name)s; set OPENSPS_DATABASE_URL."), name=name),
        )
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as exc:
        why = type(exc).__name__
        return (_wrong("database", gettext_noop("The database does not answer (%(why)s)."), why=why),)
    if waiting:
        sentence = gettext_noop("%(count)s migrations wait; run them: python -m django migrate")
        return (_wrong("migrations", sentence, count=str(len(waiting))),)
    return ()


def _record(authority: str, _now: datetime) -> tuple[Complaint, ...]:
    if _database(authority, _now):
        return (_wrong("not_read", gettext_noop("The record of acts cannot be read before the database is right.")),)
    return tuple(
        Complaint(
            Weight.LOOK if problem.code == "consumer_failing" else Weight.WRONG,
            f"record_{problem.code}",
            problem.template,
            {**problem.params, "where": problem.where},
            problem.remedy,
        )
        for audit in (audit_events, audit_people, audit_certification, audit_exchange, audit_border)
        for problem in audit(authority)
    )


def _work(authority: str, now: datetime) -> tuple[Complaint, ...]:
    if _database(authority, now):
        return ()
    found = []
    if due_count(authority=authority) > MANY_DUE:
        found.append(_look("many_due", gettext_noop("More than 1000 events wait for the worker; does it run?")))
    newest = newest_at(authority=authority)
    if newest is not None and newest > now + LATE:
        found.append(
            _wrong("clock", gettext_noop("The newest event is later than now; the clock of this machine runs wrong."))
        )
    return tuple(found)


def _keys(authority: str, now: datetime) -> tuple[Complaint, ...]:
    if settings.OPENSPS_SIGNING_KEY is None or settings.OPENSPS_TRUST_FILE is None:
        return (_look("no_key", gettext_noop("No signing key or no trust list is set; nothing can be issued here.")),)
    try:
        signer = signer_from(settings.OPENSPS_SIGNING_KEY)
        trust = load_with(settings.OPENSPS_TRUST_FILE, settings.OPENSPS_TRUST_ROOTS)
    except (SigningError, OSError, UnicodeDecodeError) as exc:
        return (_wrong("key_unreadable", gettext_noop("The signing key or the trust list: %(why)s."), why=str(exc)),)
    mine = [key for key in trust.keys if key.kid == signer.kid and key.authority == authority]
    if not mine:
        return (_wrong("key_unknown", gettext_noop("The trust list does not name our signing key; seals will fail.")),)
    return (*_list(trust, now), *_certificate(signer, now))


def _list(trust: TrustList, now: datetime) -> tuple[Complaint, ...]:
    if trust.expires_at is None:
        sentence = gettext_noop("The trust list is not signed; outside a demo nothing can be issued by it.")
        return () if settings.OPENSPS_DEMO else (_look("list_unsigned", sentence),)
    date = trust.expires_at.date().isoformat()
    if trust.has_expired(now):
        return (_wrong("list_expired", gettext_noop("The trust list expired on %(date)s."), date=date),)
    if trust.has_expired(now + LIST_ENDS_SOON):
        return (
            _look("list_ends", gettext_noop("The trust list expires on %(date)s; install its successor."), date=date),
        )
    return ()


def _certificate(signer: Signer, now: datetime) -> tuple[Complaint, ...]:
    ends = x509.load_der_x509_certificate(signer.certificate_der).not_valid_after_utc
    if ends < now:
        return (
            _wrong(
                "key_ended", gettext_noop("The signing certificate ended on %(date)s."), date=ends.date().isoformat()
            ),
        )
    if ends < now + KEY_ENDS_SOON:
        return (
            _look("key_ends", gettext_noop("The signing certificate ends on %(date)s."), date=ends.date().isoformat()),
        )
    return ()


def _exchange(authority: str, now: datetime) -> tuple[Complaint, ...]:
    if _database(authority, now):
        return ()
    found, seen = [], health(authority=authority, at=now)
    try:
        box = secret_box()
    except SecretsLocked:
        box = None
    if seen.secrets and box is None:
        sentence = gettext_noop("%(count)s secrets of partners lie here and OPENSPS_EXCHANGE_KEY opens none of them.")
        found.append(_wrong("exchange_key", sentence, count=str(seen.secrets)))
    path = settings.OPENSPS_EXCHANGE_KEY
    if path is not None and path.exists() and path.stat().st_mode & 0o077:
        sentence = gettext_noop("The key of the partners' secrets, %(path)s, must be readable by its owner only.")
        found.append(_wrong("exchange_key_open", sentence, path=path.name))
    if seen.standing_still:
        sentence = gettext_noop("%(count)s deliveries stand still and wait for a person.")
        found.append(_look("deliveries", sentence, count=str(seen.standing_still)))
    if seen.closed:
        sentence = gettext_noop("Nothing is sent over these connections now: %(names)s.")
        found.append(_look("connections", sentence, names=", ".join(seen.closed)))
    if seen.keys_ending:
        sentence = gettext_noop("These keys of partners end within 30 days: %(names)s.")
        found.append(_look("partner_keys", sentence, names=", ".join(seen.keys_ending)))
    return tuple(found)


def _mail(_authority: str, now: datetime) -> tuple[Complaint, ...]:
    if not settings.OPENSPS_MAIL_ADDRESS:
        return ()
    try:
        mail_account()
        mail_terms()
        ends_at = signing_ends_at()
    except Stopped as exc:
        return (_wrong("mail_settings", exc.template, **{name: str(value) for name, value in exc.params.items()}),)
    if ends_at is None:
        return (
            _wrong("mail_key", gettext_noop("No exchange key is set, so no mail is sent. Make one: opensps mail key")),
        )
    if ends_at <= now:
        return (
            _wrong(
                "mail_key_ended",
                gettext_noop("The exchange key that signs mail ended on %(on)s."),
                on=f"{ends_at:%Y-%m-%d}",
            ),
        )
    if ends_at <= now + MAIL_KEY_ENDS_SOON:
        sentence = gettext_noop(
            "The exchange key that signs mail ends on %(on)s; partners must confirm the next one before."
        )
        return (_look("mail_key_ends", sentence, on=f"{ends_at:%Y-%m-%d}"),)
    return ()


LOG_LOOKS = frozenset({"witness_failing", "not_published", "unsigned"})
"""Problems of a log that end by themselves once the worker runs or a witness is back."""


def _log(authority: str, now: datetime) -> tuple[Complaint, ...]:
    if not has_log() or _database(authority, now):
        return ()
    logs = logs_of(authority)
    if not logs:
        return (_look("no_log", gettext_noop("No log was created yet; its events wait: opensps log create")),)
    problems = [
        problem
        for log in logs
        for problem in (*log_fsck(log=log, directory=directory_of(log.origin)), *log_audit(log=log))
    ]
    return tuple(
        Complaint(
            Weight.LOOK if problem.code in LOG_LOOKS else Weight.WRONG,
            f"log_{problem.code}",
            problem.template,
            {**problem.params, "where": problem.where},
            problem.remedy,
        )
        for problem in problems
    )


def _disk(_authority: str, _now: datetime) -> tuple[Complaint, ...]:
    if connection.vendor != "sqlite":
        return ()
    folder = Path(str(connection.settings_dict["NAME"])).resolve().parent
    free = shutil.disk_usage(folder).free
    if free < LOW_DISK_BYTES:
        return (_look("disk", gettext_noop("Less than 1 GB is free where the database lies.")),)
    return ()


def _code_lists(_authority: str, _now: datetime) -> tuple[Complaint, ...]:
    folder = code_lists.directory()
    if folder is None:
        return ()
    found = []
    for path in sorted(folder.glob("*.tsv")):
        try:
            codes.get(path.stem)
        except codes.UnknownList:
            sentence = gettext_noop("%(name)s is no list this version carries; it is not used.")
            found.append(_look("list_unknown", sentence, name=path.name))
        except codes.ListBroken as exc:
            sentence = gettext_noop("A refreshed code list was damaged; refresh it or take it away. %(why)s")
            found.append(_wrong("list_damaged", sentence, why=str(exc)))
    return tuple(found)


EXAMINATIONS: Mapping[str, Examine] = MappingProxyType(
    {
        gettext_noop("Settings"): _settings,
        gettext_noop("Database"): _database,
        gettext_noop("Record of acts"): _record,
        gettext_noop("Work that follows acts"): _work,
        gettext_noop("Keys"): _keys,
        gettext_noop("Transparency log"): _log,
        gettext_noop("Exchange with partners"): _exchange,
        gettext_noop("Exchange by mail"): _mail,
        gettext_noop("Code lists"): _code_lists,
        gettext_noop("Disk"): _disk,
    }
)
"""Name -> examination, in order."""
