"""Rows in bulk for `bench.desk`: certificates cloned inside the database, official accounts with all their papers."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import connection, models, transaction
from django.db.models import Max

from opensps.accounts.models import OfficialAccount
from opensps.accounts.queries import SYSTEM, Actor, OrganisationKind
from opensps.accounts.services import organisation_create
from opensps.certification.models import Application, Certificate
from opensps.lifecycle import Role
from tests.factories.accounts import make_person, official_of

_SERIES = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) ",
    "postgresql": "WITH n(i) AS (SELECT generate_series(1, %d)) ",
}
_OWN = {
    "sqlite": {
        "digest": "randomblob(32)",
        "salt": "randomblob(16)",
        "token": "substr(hex(randomblob(16)), 1, 20)",
        "code": "substr(hex(randomblob(16)), 1, 12)",
        "byte": "x'00'",
        "earlier": "datetime(t.issued_at, '-' || (i % 900000) || ' seconds')",
    },
    "postgresql": {
        "digest": "sha256(i::text::bytea)",
        "salt": "substring(sha256(('s' || i)::bytea) for 16)",
        "token": "upper(substr(md5('t' || i), 1, 20))",
        "code": "upper(substr(md5('c' || i), 1, 12))",
        "byte": "'\\x00'::bytea",
        "earlier": "t.issued_at - make_interval(secs => i %% 900000)",
    },
}
"""What differs from database to database."""

_BY_SERVICES = 50
"""Accounts opened by the services, who ask in turn; the others are copies of one of them, papers included."""


def certificates_fill(template: Certificate, size: int) -> None:
    """Clone a certificate and its application so many times: other numbers, tokens, digests; one byte for its files."""
    start = (Application.objects.aggregate(last=Max("id"))["last"] or 0) + 1000
    number, own = "'XA-2026-777-' || lpad_i || '-0'", _OWN[connection.vendor]
    _hurry()
    _clone(
        Application,
        template.application_id,
        size,
        {"id": f"i + {start}", "reference": "'B-2026-' || i", "number": number, "value": "'{}'"},
    )
    _clone(
        Certificate,
        template.pk,
        size,
        {
            "id": f"i + {start}",
            "application_id": f"i + {start}",
            "number": number,
            **{name: own[name] for name in ("digest", "salt", "token", "code")},
            "xml": own["byte"],
            "seal": own["byte"],
            "import_country": "substr('XBXCXD', 1 + 2 * (i % 3), 2)",
            "issued_at": own["earlier"],
        },
    )


def _hurry() -> None:
    """While it is filled, a file of SQLite waits for no disk and is kept in memory as far as it fits."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")
            cursor.execute("PRAGMA cache_size=-800000")


def rows_settle() -> None:
    """Leave the database as one that runs for long: nothing waits to be written, the settings are those of service."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            cursor.execute("VACUUM ANALYZE")
    connection.close()


def _clone(model: type[models.Model], pk: int, count: int, changes: dict[str, str]) -> None:
    names = [field.column or field.attname for field in model._meta.concrete_fields]
    picked = ", ".join(changes.get(name, f't."{name}"') for name in names)
    picked = picked.replace("lpad_i", "substr('000000' || i, length('000000' || i) - 6)")
    columns = ", ".join(f'"{name}"' for name in names)
    table, series = model._meta.db_table, _SERIES[connection.vendor] % count
    sql = f'INSERT INTO "{table}" ({columns}) {series}SELECT {picked} FROM n, "{table}" t WHERE t.id = {pk}'  # noqa: S608  names of our own columns
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("%%", "%"))


def officials_fill(count: int, *, at: datetime) -> tuple[Actor, ...]:
    """Open so many official accounts of Northland (XB), each with endorsement and approval; return some of them."""
    embassy = organisation_create(
        authority="XA", kind=OrganisationKind.FOREIGN_AUTHORITY, name="Northland", country="XB", actor=SYSTEM, at=at
    )
    actors = tuple(_opened(serial, str(embassy.pk), at) for serial in range(min(max(count, 1), _BY_SERVICES)))
    _copied(OfficialAccount.objects.earliest("opened_at"), max(count - len(actors), 0))
    assert OfficialAccount.objects.count() == max(count, 1)
    return actors


def _opened(serial: int, organisation: str, at: datetime) -> Actor:
    with transaction.atomic():
        person = make_person(f"official{serial}@northland.example", password=None)
        return official_of(person, organisation, Role.FOREIGN_OFFICER, at=at)


def _copied(like: OfficialAccount, count: int) -> None:
    """Write so many accounts more, each with its own person, request, endorsement, approval and roles."""
    approval, grants = like.approval, list(like.grants.all())
    people = _copies(like.person, [{"email": f"copy{n}@northland.example"} for n in range(count)])
    asked = [{"reference": f"C-{n}", "key_digest": f"copy {n}"} for n in range(count)]
    requests = _copies(approval.endorsement.request, asked)
    endorsed = _copies(approval.endorsement, [{"request": each} for each in requests])
    approved = _copies(approval, [{"endorsement": each} for each in endorsed])
    pairs = [{"person": who, "approval": by} for who, by in zip(people, approved, strict=True)]
    accounts = _copies(like, pairs)
    for grant in grants:
        _copies(grant, [{"person": each.person, "official": each} for each in accounts])


def _copies(row: Any, changes: list[dict[str, Any]]) -> list[Any]:
    model, fields = type(row), row._meta.concrete_fields
    held = {field.attname: getattr(row, field.attname) for field in fields if not field.primary_key}
    is_uuid = isinstance(row._meta.pk, models.UUIDField)
    made = []
    for change in changes:
        kept = {name: value for name, value in held.items() if name.removesuffix("_id") not in change}
        made.append(model(**kept, **change, **({row._meta.pk.attname: uuid4()} if is_uuid else {})))
    return list(model.objects.bulk_create(made, batch_size=500))
