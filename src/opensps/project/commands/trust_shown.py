"""A trust list on the terminal: as lines a person can read aloud, or as JSON."""

import click

from opensps.project.commands.manners import print_json
from opensps.signing import TrustedAuthority, TrustedKey, TrustList
from opensps.signing.trust_lines import written


def print_list(trust: TrustList, *, as_json: bool) -> None:
    """Print the list."""
    if as_json:
        print_json(_plain(trust))
        return
    if trust.issued_at is None or trust.expires_at is None:
        click.echo("unsigned, for training only")
    else:
        click.echo(f"serial {trust.serial}, {written(trust.issued_at)} to {written(trust.expires_at)}")
        click.echo(f"SHA-256 {trust.digest.hex()}")
    for authority in trust.authorities:
        _print_authority(trust, authority)


def _print_authority(trust: TrustList, authority: TrustedAuthority) -> None:
    click.echo(f"\n{authority.code} {authority.name} (profile {authority.profile})")
    for host in authority.hosts:
        click.echo(f"  host    {host}")
    for key in (key for key in trust.keys if key.authority == authority.code):
        click.echo(f"  key     {key.kid.hex()} {','.join(sorted(key.uses))} {_period(key)}")
    for log in trust.logs_of(authority.code):
        click.echo(f"  log     {log.origin} {'open' if log.is_open else 'frozen'}")
    for witness in trust.witnesses_of(authority.code):
        click.echo(f"  witness {witness.organisation} {witness.key.name} {witness.key.type.name}")
    if authority.quorum is not None:
        click.echo(f"  quorum  {authority.quorum.need} of {' '.join(authority.quorum.organisations)}")


def _period(key: TrustedKey) -> str:
    until = written(key.to_at) if key.to_at is not None else "-"
    distrusted = f", distrusted from {written(key.distrusted_from)}" if key.distrusted_from is not None else ""
    return f"{written(key.from_at)} to {until}{distrusted}"


def _plain(trust: TrustList) -> dict[str, object]:
    """Return the list as data for `json.dumps`; the keys are permanent."""
    return {
        "serial": trust.serial,
        "signed": trust.is_signed,
        "issued": written(trust.issued_at) if trust.issued_at is not None else None,
        "expires": written(trust.expires_at) if trust.expires_at is not None else None,
        "digest": trust.digest.hex(),
        "authorities": [
            {
                "code": each.code,
                "name": each.name,
                "hosts": list(each.hosts),
                "profile": each.profile,
                "quorum": None
                if each.quorum is None
                else {"need": each.quorum.need, "of": list(each.quorum.organisations)},
            }
            for each in trust.authorities
        ],
        "keys": [
            {
                "authority": each.authority,
                "kid": each.kid.hex(),
                "algorithm": each.algorithm,
                "uses": sorted(each.uses),
                "types": sorted(each.types),
                "period": _period(each),
            }
            for each in trust.keys
        ],
        "logs": [{"authority": each.authority, "key": str(each.key), "prefix": each.prefix} for each in trust.logs],
        "witnesses": [
            {"organisation": each.organisation, "key": str(each.key), "url": each.url} for each in trust.witnesses
        ],
    }
