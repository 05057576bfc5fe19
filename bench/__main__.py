"""``make bench``: one run, one table. Ratios against a baseline of the same run are the claim; times are context."""

import os
import platform

from bench import border, bundle, check, directory, exchange, formats, issue, log, soap, soap_reading
from bench.samples import sample
from bench.timing import peak_kib, table

CHECK_ROUNDS = int(os.environ.get("BENCH_ROUNDS", "300"))
ISSUE_ROUNDS = max(CHECK_ROUNDS // 6, 5)

LOG_LEAVES = min(CHECK_ROUNDS * 1_000_000 // 300, 1_000_000)
DESK_SIZES = tuple(max(size * min(CHECK_ROUNDS, 300) // 300, 100) for size in border.SIZES)
DESK_ACCOUNTS = min(border.ACCOUNTS * CHECK_ROUNDS // 300, border.ACCOUNTS)
DIRECTORY = max(directory.STAFF * min(CHECK_ROUNDS, 300) // 300, 1_000)
ENVELOPES = min(CHECK_ROUNDS, 300)
BULK_FILES = min(CHECK_ROUNDS * 10_000 // 300, 10_000)


def main() -> None:
    """Measure and print."""
    given = sample()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores; XML of {len(given.xml)} bytes")
    print()
    print(
        table(
            "Check of a sealed certificate (aim 2.5 with schema, rules and verdict)",
            check.rows(given, rounds=CHECK_ROUNDS),
        )
    )
    print(f"memory peak of one check: {peak_kib(lambda: check.whole(given)):.0f} KiB of Python objects")
    print()
    print(
        table(
            "Reading of an unsealed certificate (aim 3.0 with schema and rules)",
            formats.reading(given, rounds=CHECK_ROUNDS),
        )
    )
    print()
    print(table("Offline check with proof, witnesses and status list", bundle.rows(given, rounds=CHECK_ROUNDS)))
    print()
    print(table("Writing of a certificate", formats.writing(given, rounds=CHECK_ROUNDS)))
    print()
    print(table("Comparison of two certificates", formats.comparing(given, rounds=CHECK_ROUNDS)))
    print()
    print(formats.in_bulk(given, count=BULK_FILES))
    print()
    print(table("Proof of inclusion (aim: grows no faster than the logarithm)", log.proofs(rounds=CHECK_ROUNDS)))
    print(log.rebuilt(leaves=LOG_LEAVES))
    print()
    issued, logged = issue.rows(given, rounds=ISSUE_ROUNDS)
    print(table("Issue of a certificate (aim 2.0)", issued))
    print()
    print(table("Seal and log append of a certificate", logged))
    print()
    print(exchange.said(count=ENVELOPES))
    print()
    print(soap_reading.said(rounds=CHECK_ROUNDS))
    print()
    print(soap.said(rounds=CHECK_ROUNDS))
    print()
    print(border.said(rounds=CHECK_ROUNDS, sizes=DESK_SIZES, accounts=DESK_ACCOUNTS))
    print()
    print(directory.said(rounds=CHECK_ROUNDS, staff=DIRECTORY))


if __name__ == "__main__":
    main()
