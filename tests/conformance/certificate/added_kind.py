"""Runs in a process of its own, where a folder was added: takes a certificate of the new kind through everything.

Prints one JSON object: what the rules say of a good and of an empty certificate, what was read back, and the paper.
"""

import json
import sys
from dataclasses import replace

from opensps import certificate, codes, formats, rules
from opensps.certificate import CertificateKind, profile_of
from opensps.formats.layouts import layout_of
from opensps.formats.pdf import Mark, render
from tests.factories.certificates import NOW, changed
from tests.factories.kinds import sanitary
from tests.factories.receivers import empty

POLICY = rules.Policy(now=NOW, extra_countries=codes.DEMO_COUNTRIES)


def _found(value: certificate.Certificate) -> list[str]:
    return sorted({one.rule for one in rules.check(value, profile=rules.PROFILES["issue"], policy=POLICY)})


def main(name: str) -> None:
    """Print what becomes of a certificate of the kind of that name."""
    kind = CertificateKind(name)
    value = changed(
        replace(sanitary(), kind=kind),
        exchanged_document__type_code=profile_of(kind).type_code,
        exchanged_document__titles=(certificate.Text(profile_of(kind).titles[0], "en"),),
    )
    written = formats.write_certificate(value, dialect=formats.dialect_of(value))
    read = formats.read_certificate(written).certificate
    told = {
        "is_issued": kind in certificate.ISSUED_KINDS,
        "good": _found(value),
        "empty": _found(empty(kind)),
        "dialect": formats.dialect_of(value),
        "kind_read": read.kind if read else None,
        "same": read == formats.as_carried(value, dialect=formats.dialect_of(value)),
        "paper": render(value, layout=layout_of(kind), mark=Mark.DRAFT)[:5].decode(),
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1])
