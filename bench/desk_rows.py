"""Rows in bulk for `bench.desk`: certificates cloned inside SQLite, official accounts with all their papers."""

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

_SERIES = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
_BY_SERVICES = 50
"""Accounts opened by the services, who ask in turn; the others are copies of one of them, papers included."""


def certificates_fill(template: Certificate, size: int) -> None:
    """Clone a certificate and its application so many times: other numbers, tokens, digests; one byte for its files."""
    start = (Application.objects.aggregate(last=Max("id"))["last"] or 0) + 1000
    number = "'XA-2026-777-' || substr('0000000' || i, -7) || '-0'"
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
            "digest": "randomblob(32)",
            "salt": "randomblob(16)",
            "token": "substr(hex(randomblob(16)), 1, 20)",
            "code": "substr(hex(randomblob(16)), 1, 12)",
            "xml": "x'00'",
            "seal": "x'00'",
            "import_country": "substr('XBXCXD', 1 + 2 * (i % 3), 2)",
            "issued_at": "datetime(t.issued_at, '-' || (i % 900000) || ' seconds')",
        },
    )


def _clone(model: type[models.Model], pk: int, count: int, changes: dict[str, str]) -> None:
    names = [field.column or field.attname for field in model._meta.concrete_fields]
    picked = ", ".join(changes.get(name, f't."{name}"') for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    table = model._meta.db_table
    sql = f'INSERT INTO "{table}" ({columns}) {_SERIES % count}SELECT {picked} FROM n, "{table}" t WHERE t.id = {pk}'  # noqa: S608  names of our own columns
    with connection.cursor() as cursor:
        cursor.execute(sql)


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
