"""``opensps key list|rotate|retire|distrust``: the life of a sealing key as the trust list tells it.

These print the lines that change; two roots sign them with ``opensps trust``. With --record the act is also an event of
the register, which the log makes a leaf of, so that its time cannot be argued about later.
"""

import importlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from opensps.project.commands.key_manners import (
    BOUND,
    authority_option,
    kid_in,
    now,
    roots_option,
    stopping,
    trust_in,
    trust_option,
)
from opensps.project.commands.manners import verbose_option
from opensps.signing import kid_of, signer_from
from opensps.signing.fingerprints import fingerprint
from opensps.signing.key_changes import changed_lines, key_added, key_distrusted, key_retired, key_rotated
from opensps.signing.keys import public_key_of
from opensps.signing.trust_entries import Bound, LogPosition, TrustedKey
from opensps.signing.trust_lines import Entries, written

kid_argument = click.argument("kid")
record_option = click.option("--record", "is_recorded", is_flag=True, help="Write the event into the register too.")


@click.command(name="list")
@trust_option
@roots_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@verbose_option
@stopping
def list_keys(*, trust_path: Path, roots_path: Path | None, as_json: bool) -> None:
    """List the keys of a trust list with what each may do and until when.

    \b
    Example:
      opensps key list --trust trust.txt
    """
    rows = [_row(each, now()) for each in trust_in(trust_path, roots_path).keys]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo(f"{row['authority']} {row['kid']} {row['state']} from {row['from']} to {row['to']} {row['uses']}")


def _row(key: TrustedKey, at: datetime) -> dict[str, str]:
    return {
        "authority": key.authority,
        "kid": key.kid.hex(),
        "state": _state(key, at),
        "from": written(key.from_at),
        "to": written(key.to_at) if key.to_at else "-",
        "uses": ",".join(sorted(key.uses)),
        "fingerprint": fingerprint(key.spki_der),
    }


def _state(key: TrustedKey, at: datetime) -> str:
    """Return the word for a key; an end that is a place in a log is one that was reached."""
    if key.distrusted_from is not None:
        return "distrusted"
    if key.to_at is None or (isinstance(key.to_at, datetime) and at < key.to_at):
        return "begins" if isinstance(key.from_at, datetime) and at < key.from_at else "in_use"
    return "retired"


@click.command()
@click.argument("address")
@authority_option
@trust_option
@roots_option
@click.option("--from", "since", type=BOUND, help="From when on it seals; now, when not given.")
@click.option("--former", default="", help="The key it follows, which then ends 30 days later.")
@click.option("--use", "uses", multiple=True, default=("xml", "qr", "pdf", "status"), show_default=True)
@click.option("--type", "types", multiple=True, default=("851", "657"), show_default=True)
@record_option
@verbose_option
@stopping
def rotate(
    *,
    address: str,
    authority: str,
    trust_path: Path,
    roots_path: Path | None,
    since: Bound | None,
    former: str,
    uses: tuple[str, ...],
    types: tuple[str, ...],
    is_recorded: bool,
) -> None:
    """Print the lines that list a new key and end its predecessor 30 days later.

    \b
    Example:
      opensps key rotate file:/etc/opensps/keys-2027 --authority XA --trust trust.txt --former 1f2e3d4c5b6a7988
    """
    entries, at = trust_in(trust_path, roots_path).entries, now()
    spki = public_key_of(signer_from(address).certificate_der)
    key = TrustedKey(authority, spki, frozenset(uses), frozenset(types), since or at)
    begins = key.from_at if isinstance(key.from_at, datetime) else at
    changed = key_rotated(entries, key, former=kid_in(former), at=begins) if former else key_added(entries, key)
    _print(entries, changed)
    if is_recorded:
        _record(authority, kid_of(spki), "key.added", at, {"from": written(key.from_at), "spki": spki.hex()})


@click.command()
@kid_argument
@authority_option
@trust_option
@roots_option
@click.option("--at", "end", type=BOUND, required=True, help="Where it ends: a time, or origin@index of its log.")
@record_option
@verbose_option
@stopping
def retire(
    *, kid: str, authority: str, trust_path: Path, roots_path: Path | None, end: Bound, is_recorded: bool
) -> None:
    """Print the line that ends a key; what it sealed before stays good.

    \b
    Example:
      opensps key retire 1f2e3d4c5b6a7988 --authority XA --trust trust.txt --at 2027-01-31T00:00:00Z
    """
    entries = trust_in(trust_path, roots_path).entries
    _print(entries, key_retired(entries, kid_in(kid), authority=authority, at=end))
    if is_recorded:
        _record(authority, kid_in(kid), "key.retired", now(), {"at": written(end)})


@click.command()
@kid_argument
@authority_option
@trust_option
@roots_option
@click.option("--from", "since", type=BOUND, required=True, help="Nothing from here on counts: time or origin@index.")
@click.option("--event", type=BOUND, help="Where this is recorded; now, when not given.")
@record_option
@verbose_option
@stopping
def distrust(
    *,
    kid: str,
    authority: str,
    trust_path: Path,
    roots_path: Path | None,
    since: Bound,
    event: Bound | None,
    is_recorded: bool,
) -> None:
    """Print the lines after which nothing the key sealed from a point on counts: for a stolen or misused key.

    \b
    Example:
      opensps key distrust 1f2e3d4c5b6a7988 --authority XA --trust trust.txt --from log.ecert.example/XA/2026@812
    """
    entries, at = trust_in(trust_path, roots_path).entries, now()
    recorded = event or (since if isinstance(since, LogPosition) else at)
    _print(entries, key_distrusted(entries, kid_in(kid), authority=authority, since=since, event=recorded))
    if is_recorded:
        _record(authority, kid_in(kid), "key.distrusted", at, {"from": written(since)})


def _print(before: Entries, after: Entries) -> None:
    for line in changed_lines(before, after):
        click.echo(line)


def _record(authority: str, kid: bytes, act: str, at: datetime, payload: dict[str, str]) -> None:
    """Write the event; only now is a database needed."""
    importlib.import_module("opensps.project.command").start_django()
    services: Any = importlib.import_module("opensps.project.key_events")
    services.key_event_write(authority=authority, kid=kid, act=act, at=at, payload=payload)


COMMANDS = (list_keys, rotate, retire, distrust)
