"""What was agreed ahead in the demonstration: a form for Northland, and the limits of the rules that watch."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from opensps.accounts.queries import SYSTEM, Actor
from opensps.border.services.limit_tables import table_load
from opensps.certificate import CertificateKind
from opensps.certification.services.templates import TemplateTold, template_publish, template_record_acknowledgement

AHEAD = timedelta(days=30)
SOURCE = "Made up for the demonstration"
LIMITS: Mapping[str, str] = {
    "ceilings": "origin,product,month,kilograms\nXA,0703,0,9000000\nXA,0808,0,9000000\nXA,1001,0,50000000\n",
    "producers": "product,countries\n0703,XA XB XC\n0808,XA XB XC\n1001,XA XB XC\n",
    "methods": "method,least_hours\nSalmonella culture,72\nDioxin screening,48\n",
}
"""Name of a table -> CSV; wide enough that the made-up past breaks none."""


def agreements_told(*, authority: str, actors: Mapping[str, Actor], at: datetime) -> None:
    """Publish the next form of health certificates for Northland, with its letter, and load the limits."""
    told = TemplateTold(
        kind=CertificateKind.HEALTH,
        name="XB-HEALTH",
        version="2",
        valid_from=(at + AHEAD).date(),
        country="XB",
        changes="The approval number of the establishment is printed on the first page.",
    )
    row = template_publish(authority=authority, told=told, actor=actors["manager"], at=at)
    template_record_acknowledgement(
        authority=authority, template_id=row.pk, reference="NL-2026-118", actor=actors["manager"], at=at
    )
    for name, text in LIMITS.items():
        table_load(authority=authority, name=name, text=text, as_of=at.date(), source=SOURCE, actor=SYSTEM.id, at=at)
