"""The unsigned local trust file: the grammar of `trust.md` 6.11 as far as an authority without a log needs it.

    ecert-trust-list/v1
    unsigned-local
    authority XA <name>
    host XA v.ecert.example
    profile XA 1
    seal XA <kid> ES256 <base64 SPKI> use=training types=851,657 from=<time> to=<time>|-
    distrust XA <kid> from=<time> event=<time>

One item a line, single spaces, free text only at the end of a line, every line ended by a newline. Where the signed
list has positions in a log, this one has times (`2026-11-20T10:00:00Z`): there is no log yet. As nobody signs the
file it may hold training keys and no other. An authority is named before the lines that speak of it.
"""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from opensps.signing.errors import TrustError
from opensps.signing.trust_entries import TRAINING, TrustedAuthority, TrustedKey

HEADER = "ecert-trust-list/v1"
MARK = "unsigned-local"
USES = frozenset({"xml", "qr", "pdf", "status", "block", TRAINING})

_TIME = "%Y-%m-%dT%H:%M:%SZ"
_CODE = re.compile(r"[A-Z]{2}[A-Z0-9]?")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::\d{1,5})?")
_TYPE = re.compile(r"[0-9]{1,4}")
_MIN_RSA_BITS = 2048
_MAX_PROFILE = 3
_MAX_LENGTH = 1 << 20


@dataclass(slots=True)
class _Draft:
    """What the lines read so far have said."""

    authorities: dict[str, TrustedAuthority] = field(default_factory=dict)
    profiled: set[str] = field(default_factory=set)
    keys: list[TrustedKey] = field(default_factory=list)


def parse(text: str) -> tuple[tuple[TrustedAuthority, ...], tuple[TrustedKey, ...]]:
    """Return authorities and keys of a trust file; raise `TrustError` at the first line that is not as it must be."""
    if len(text) > _MAX_LENGTH:
        raise TrustError(0, "larger than 1 MiB")
    lines = text.split("\n")
    if lines.pop():
        raise TrustError(len(lines) + 1, "the last line does not end")
    if lines[:1] != [HEADER]:
        raise TrustError(1, f"the first line is not {HEADER}")
    if lines[1:2] != [MARK]:
        raise TrustError(2, f"the second line is not {MARK}")
    draft = _Draft()
    for number, line in enumerate(lines[2:], start=3):
        try:
            _read_line(draft, line)
        except ValueError as error:
            raise TrustError(number, str(error)) from None
    return tuple(draft.authorities.values()), tuple(draft.keys)


def write(authorities: tuple[TrustedAuthority, ...], keys: tuple[TrustedKey, ...]) -> str:
    """Return the trust file of these entries; raise `TrustError` if reading it back would say anything else."""
    lines = [HEADER, MARK]
    for each in authorities:
        lines.append(f"authority {each.code} {each.name}")
        lines.extend(f"host {each.code} {host}" for host in each.hosts)
        lines.append(f"profile {each.code} {each.profile}")
    for key in keys:
        lines.extend(_key_lines(key))
    text = "\n".join(lines) + "\n"
    if parse(text) != (authorities, keys):
        raise TrustError(0, "these entries cannot be written without loss")
    return text


def _key_lines(key: TrustedKey) -> tuple[str, ...]:
    spki, until = base64.b64encode(key.spki_der).decode(), _written(key.to_at) if key.to_at else "-"
    uses, types = ",".join(sorted(key.uses)), ",".join(sorted(key.types))
    named = f"{key.authority} {key.kid.hex()}"
    seal = f"seal {named} {key.algorithm} {spki} use={uses} types={types} from={_written(key.from_at)} to={until}"
    if key.distrusted_from is None:
        return (seal,)
    since = _written(key.distrusted_from)
    return seal, f"distrust {named} from={since} event={since}"


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime(_TIME)


def _read_line(draft: _Draft, line: str) -> None:
    if not line or not line.isprintable() or line != line.strip() or "  " in line:
        raise ValueError("single spaces, no empty line, no control character")
    keyword, _, rest = line.partition(" ")
    reader = _READERS.get(keyword)
    if reader is None:
        raise ValueError("unknown keyword")
    reader(draft, rest)


def _parts(rest: str, count: int) -> list[str]:
    parts = rest.split(" ")
    if len(parts) != count:
        raise ValueError(f"{count} items expected")
    return parts


def _named(draft: _Draft, code: str) -> TrustedAuthority:
    if code not in draft.authorities:
        raise ValueError("this authority has not been named")
    return draft.authorities[code]


def _read_authority(draft: _Draft, rest: str) -> None:
    code, _, name = rest.partition(" ")
    if not _CODE.fullmatch(code) or not name:
        raise ValueError("an authority has a code and a name")
    if code in draft.authorities:
        raise ValueError("this authority is already named")
    draft.authorities[code] = TrustedAuthority(code, name)


def _read_host(draft: _Draft, rest: str) -> None:
    code, host = _parts(rest, 2)
    listed = _named(draft, code)
    if not _HOST.fullmatch(host) or host in listed.hosts:
        raise ValueError("not a host, or given twice")
    draft.authorities[code] = replace(listed, hosts=(*listed.hosts, host))


def _read_profile(draft: _Draft, rest: str) -> None:
    code, profile = _parts(rest, 2)
    listed = _named(draft, code)
    if profile not in {str(each) for each in range(_MAX_PROFILE + 1)} or code in draft.profiled:
        raise ValueError("not a profile, or given twice")
    draft.profiled.add(code)
    draft.authorities[code] = replace(listed, profile=int(profile))


def _read_seal(draft: _Draft, rest: str) -> None:
    code, kid, algorithm, spki, use, types, since, until = _parts(rest, 8)
    _named(draft, code)
    spki_der = _decoded(spki)
    if key_algorithm(spki_der) != algorithm:
        raise ValueError("not a key of this algorithm")
    key = TrustedKey(
        authority=code,
        spki_der=spki_der,
        uses=_set(_value(use, "use"), USES.__contains__),
        types=_set(_value(types, "types"), _TYPE.fullmatch),
        from_at=_time(_value(since, "from")),
        to_at=None if until == "to=-" else _time(_value(until, "to")),
        algorithm=algorithm,
    )
    if key.kid.hex() != kid:
        raise ValueError("this is not the kid of the key")
    if not key.is_training:
        raise ValueError("an unsigned file may hold training keys only")
    if key.to_at is not None and key.to_at <= key.from_at:
        raise ValueError("the period ends before it begins")
    if any(each.authority == code and each.spki_der == spki_der for each in draft.keys):
        raise ValueError("this key is already listed")
    draft.keys.append(key)


def _read_distrust(draft: _Draft, rest: str) -> None:
    code, kid, since, event = _parts(rest, 4)
    distrusted_from, event_at = _time(_value(since, "from")), _time(_value(event, "event"))
    if event_at < distrusted_from:
        raise ValueError("a key is distrusted from the event or from before it")
    found = [n for n, each in enumerate(draft.keys) if each.authority == code and each.kid.hex() == kid]
    if not found:
        raise ValueError("no such key is listed")
    for index in found:
        if draft.keys[index].distrusted_from is not None:
            raise ValueError("this key is already distrusted")
        draft.keys[index] = replace(draft.keys[index], distrusted_from=distrusted_from)


_READERS: MappingProxyType[str, Callable[[_Draft, str], None]] = MappingProxyType(
    {
        "authority": _read_authority,
        "host": _read_host,
        "profile": _read_profile,
        "seal": _read_seal,
        "distrust": _read_distrust,
    }
)


def _decoded(text: str) -> bytes:
    """Return canonical base64 decoded; any other spelling of the same bytes is refused."""
    try:
        decoded = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
    if base64.b64encode(decoded).decode() != text:
        raise ValueError("not canonical base64")
    return decoded


def key_algorithm(spki_der: bytes) -> str:
    """Return ES256 for a P-256 key, RS256 for RSA of 2048 bits or more; raise `ValueError` for any other."""
    try:
        key = load_der_public_key(spki_der)
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("not a public key") from None
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return "ES256"
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= _MIN_RSA_BITS:
        return "RS256"
    raise ValueError("neither a P-256 nor a large enough RSA key")


def _value(item: str, name: str) -> str:
    key, sign, value = item.partition("=")
    if key != name or not sign or not value:
        raise ValueError(f"{name}= expected")
    return value


def _set(text: str, is_allowed: Callable[[str], object]) -> frozenset[str]:
    values = text.split(",")
    if len(set(values)) != len(values) or not all(is_allowed(each) for each in values):
        raise ValueError(f"not a list of known words: {text[:40]}")
    return frozenset(values)


def _time(text: str) -> datetime:
    try:
        at = datetime.strptime(text, _TIME).replace(tzinfo=UTC)
    except ValueError:
        raise ValueError(f"not a time: {text[:40]}") from None
    if _written(at) != text:
        raise ValueError(f"not a time as it is written here: {text[:40]}")
    return at
