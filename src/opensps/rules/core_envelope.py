"""CORE-ENVELOPE: what an envelope says of the certificate in it is what the certificate says of itself.

Nothing is found outside an exchange, where the policy has no envelope.
"""

from collections.abc import Iterator

from opensps.rules.case import Case
from opensps.rules.findings import Area, Level
from opensps.rules.rule import Found, Rule


def _differs(case: Case) -> Iterator[Found]:
    envelope, document = case.policy.envelope, case.document
    if envelope is None:
        return
    said = (
        ("number", envelope.number, document.number or "-"),
        ("type_code", envelope.type_code, document.type_code),
        ("status_code", envelope.status_code, document.status_code),
    )
    for field, outside, inside in said:
        if outside != inside:
            yield f"exchanged_document.{field}", {"envelope": outside or "-", "certificate": inside}


RULES = (
    Rule(
        "CORE-ENVELOPE",
        "IPPC ePhyto Hub, envelope header: certificate number, type and status",
        Level.SEVERE,
        Area.ENVELOPE,
        "Correct the envelope: it says %(envelope)s, the certificate %(certificate)s.",
        _differs,
    ),
)
