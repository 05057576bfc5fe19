"""A process that takes one certificate of 104 MB into our hub and gives it out again, and says what memory that took.

Run as a program, with the address of an empty, migrated database in ``OPENSPS_DATABASE_URL``.
"""

import io
import json
import resource
import sys
from datetime import UTC, datetime
from typing import Any

SIZE = 104_000_000
"""Octets of the certificate (`exchange.md` 1.6)."""

_ATTACHED = b"QUJD" * 16_384


class Feed(io.RawIOBase):
    """A request's body that is made while it is read: what is measured must not hold it."""

    def __init__(self, head: bytes, tail: bytes, size: int) -> None:
        super().__init__()
        self.head, self.tail = head, tail
        self.middle = size
        self.size = len(head) + size + len(tail)

    def read(self, _size: int = -1, /) -> bytes:
        """Return the next piece."""
        if self.head:
            piece, self.head = self.head, b""
        elif self.middle:
            piece = _ATTACHED[: self.middle]
            self.middle -= len(piece)
        else:
            piece, self.tail = self.tail, b""
        return piece


def peak_mib() -> float:
    """Return the most memory this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Deliver and collect; print what it took as JSON."""
    import django  # noqa: PLC0415  the environment was read by the parent

    django.setup()
    from tests.heavy.large_message import delivered, pulled, small  # noqa: PLC0415  Django has to be set up first
    from tests.integration.web_soap.participants import participant  # noqa: PLC0415  as above

    for code in ("XB", "XC"):
        participant(code)
    number = small()
    pulled(number)
    began, said = peak_mib(), dict[str, Any]()
    answer, seconds = delivered(Feed, SIZE)
    said |= {"word": answer["word"], "text": answer["text"], "deliver_mib": peak_mib() - began, "deliver_s": seconds}
    size, digest, seconds = pulled(answer["number"])
    said |= {"size": size, "digest": digest, "pull_mib": peak_mib() - began, "pull_s": seconds}
    sys.stdout.write(json.dumps(said | {"base_mib": began, "at": datetime.now(UTC).isoformat()}))


if __name__ == "__main__":
    main()
