"""The one function behind "is this document all right": read it, hold it to the schema, and to the rules.

A SEVERE finding of the reader that leaves no value ends it; a schema finding never does (`domain.md` 9.1, step 6).
"""

from dataclasses import dataclass

from opensps.formats.reading import Reading, read_certificate
from opensps.formats.schema import schema_findings
from opensps.rules import Finding, Policy, Profile, check


@dataclass(frozen=True, slots=True)
class Validation:
    """What was read, and every finding of reader, schema and rules in this order."""

    reading: Reading
    findings: tuple[Finding, ...]


def validate(data: bytes, *, profile: Profile, policy: Policy, dialect: str = "") -> Validation:
    """Return everything to be said about unsealed bytes; never raises for what they hold.

    `dialect` names the receiver whose schema counts, where it has one of its own.
    """
    reading = read_certificate(data, extra_countries=policy.extra_countries)
    return judged(reading, profile=profile, policy=policy, dialect=dialect)


def judged(reading: Reading, *, profile: Profile, policy: Policy, dialect: str = "") -> Validation:
    """Return a reading with what schema and rules say of it."""
    by_schema = () if reading.root is None else schema_findings(reading.root, dialect=dialect)
    by_rules = () if reading.certificate is None else check(reading.certificate, profile=profile, policy=policy)
    return Validation(reading, (*reading.findings, *by_schema, *by_rules))
