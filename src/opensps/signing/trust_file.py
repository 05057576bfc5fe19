"""The unsigned local trust file: for demos and courses, whose keys nobody else believes (`trust.md` 6.11).

    ecert-trust-list/v1
    unsigned-local
    authority XA <name>
    ...

As nobody signs it, it may hold training keys and no other. Its lines are those of `trust_lines`.
"""

from opensps.signing import trust_lines
from opensps.signing.errors import TrustError
from opensps.signing.trust_lines import HEADER, Entries

MARK = "unsigned-local"
_HEAD = (HEADER, MARK)


def is_local(text: str) -> bool:
    """Return whether a text says of itself that it is such a file."""
    return tuple(text.split("\n", maxsplit=2)[:2]) == _HEAD


def parse(text: str) -> Entries:
    """Return the entries of a local file; raise `TrustError` at the first line that is not as it must be."""
    lines = trust_lines.split(text)
    if lines[1:2] != [MARK]:
        raise TrustError(2, f"the second line is not {MARK}")
    entries = trust_lines.read(lines[2:], first=3)
    if not all(key.is_training for key in entries.keys):
        raise TrustError(0, "an unsigned file may hold training keys only")
    return entries


def write(entries: Entries) -> str:
    """Return the local file of these entries; raise `TrustError` if reading it back would say anything else."""
    text = "\n".join((*_HEAD, *trust_lines.write(entries))) + "\n"
    if parse(text) != entries:
        raise TrustError(0, "these entries cannot be written without loss")
    return text
