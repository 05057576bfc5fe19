"""The lines of a trust list: one item a line, read strictly, written back the same (`trust.md` 6.11).

    authority XA <name>
    host XA v.ecert.example
    profile XA <0..3>
    seal XA <kid> ES256 <base64 SPKI> use=xml,qr,pdf,status|block|training types=851,657 from=<bound> to=<bound>|-
    distrust XA <kid> from=<bound> event=<bound>
    log XA <key> <https prefix> open|frozen
    quorum XA 2 XB XC XD
    witness XB <key> <https url>
    contact XA <mail>

Single spaces, free text only at the end of a line, every line ended by a newline. A bound is a place in a log,
`<origin>@<index>`; before there is a log it is a time, `2026-11-20T10:00:00Z`. An authority is named before the lines
that speak of it; the logs of an authority stand in the order in which they were opened. What stands above these lines,
and who vouches for them, is said in `trust_file` and `trust_note`.
"""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from opensps.formats.errors import FormatError
from opensps.formats.note_keys import COSIGNING, KeyType, NoteKey, read_key
from opensps.signing.errors import TrustError
from opensps.signing.trust_entries import (
    TRAINING,
    Bound,
    LogPosition,
    Quorum,
    TrustedAuthority,
    TrustedKey,
    TrustedLog,
    TrustedWitness,
)

HEADER = "ecert-trust-list/v1"
USES = frozenset({"xml", "qr", "pdf", "status", "block", TRAINING})
MAX_LENGTH = 1 << 20
"""Signs of a whole list."""

_TIME = "%Y-%m-%dT%H:%M:%SZ"
_CODE = re.compile(r"[A-Z]{2}[A-Z0-9]?")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::\d{1,5})?")
_TYPE = re.compile(r"[0-9]{1,4}")
_POSITION = re.compile(r"([^\s@]{1,255})@(0|[1-9][0-9]{0,18})")
_ADDRESS = re.compile(r"https://[A-Za-z0-9.:\[\]/_~-]{1,500}", re.ASCII)
_MAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,250}")
_MIN_RSA_BITS = 2048
_MAX_PROFILE = 3
_MAX_INDEX = 1 << 63


@dataclass(frozen=True, slots=True)
class Entries:
    """What the lines of a list say."""

    authorities: tuple[TrustedAuthority, ...] = ()
    keys: tuple[TrustedKey, ...] = ()
    logs: tuple[TrustedLog, ...] = ()
    witnesses: tuple[TrustedWitness, ...] = ()


@dataclass(slots=True)
class _Draft:
    """What the lines read so far have said."""

    authorities: dict[str, TrustedAuthority] = field(default_factory=dict)
    profiled: set[str] = field(default_factory=set)
    keys: list[TrustedKey] = field(default_factory=list)
    logs: list[TrustedLog] = field(default_factory=list)
    witnesses: list[TrustedWitness] = field(default_factory=list)


def split(text: str) -> list[str]:
    """Return the lines of a list, the header among them; raise `TrustError` where it is no list at all."""
    if len(text) > MAX_LENGTH:
        raise TrustError(0, "larger than 1 MiB")
    lines = text.split("\n")
    if lines.pop():
        raise TrustError(len(lines) + 1, "the last line does not end")
    if lines[:1] != [HEADER]:
        raise TrustError(1, f"the first line is not {HEADER}")
    return lines


def read(lines: list[str], *, first: int) -> Entries:
    """Return what these lines say; the first of them is line `first`. Raises `TrustError` at the first wrong one."""
    draft = _Draft()
    for number, line in enumerate(lines, start=first):
        try:
            _read_line(draft, line)
        except (ValueError, FormatError) as error:
            raise TrustError(number, str(error)) from None
    return Entries(tuple(draft.authorities.values()), tuple(draft.keys), tuple(draft.logs), tuple(draft.witnesses))


def write(entries: Entries) -> list[str]:
    """Return the lines of these entries."""
    lines = []
    for each in entries.authorities:
        lines += _authority_lines(each)
    for key in entries.keys:
        lines += _key_lines(key)
    for log in entries.logs:
        lines.append(f"log {log.authority} {log.key} {log.prefix} {'open' if log.is_open else 'frozen'}")
    lines += [
        f"quorum {each.code} {each.quorum.need} {' '.join(each.quorum.organisations)}"
        for each in entries.authorities
        if each.quorum is not None
    ]
    lines += [f"witness {each.organisation} {each.key} {each.url}" for each in entries.witnesses]
    return lines + [f"contact {each.code} {each.contact}" for each in entries.authorities if each.contact]


def _authority_lines(each: TrustedAuthority) -> list[str]:
    hosts = [f"host {each.code} {host}" for host in each.hosts]
    return [f"authority {each.code} {each.name}", *hosts, f"profile {each.code} {each.profile}"]


def _key_lines(key: TrustedKey) -> list[str]:
    spki, until = base64.b64encode(key.spki_der).decode(), written(key.to_at) if key.to_at else "-"
    uses, types = ",".join(sorted(key.uses)), ",".join(sorted(key.types))
    named = f"{key.authority} {key.kid.hex()}"
    seal = f"seal {named} {key.algorithm} {spki} use={uses} types={types} from={written(key.from_at)} to={until}"
    if key.distrusted_from is None:
        return [seal]
    event = key.distrust_event or key.distrusted_from
    return [seal, f"distrust {named} from={written(key.distrusted_from)} event={written(event)}"]


def written(at: Bound) -> str:
    """Return a bound as lists write it."""
    return str(at) if isinstance(at, LogPosition) else at.astimezone(UTC).strftime(_TIME)


def read_time(text: str) -> datetime:
    """Return a time as lists write it; raise `ValueError`."""
    try:
        at = datetime.strptime(text, _TIME).replace(tzinfo=UTC)
    except ValueError:
        raise ValueError(f"not a time: {text[:40]}") from None
    if written(at) != text:
        raise ValueError(f"not a time as it is written here: {text[:40]}")
    return at


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
    key = _key(draft, rest)
    if key.to_at is not None and _is_before(key.to_at, key.from_at):
        raise ValueError("the period ends before it begins")
    if any(each.authority == key.authority and each.spki_der == key.spki_der for each in draft.keys):
        raise ValueError("this key is already listed")
    draft.keys.append(key)


def _key(draft: _Draft, rest: str) -> TrustedKey:
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
        from_at=_bound(_value(since, "from")),
        to_at=None if until == "to=-" else _bound(_value(until, "to")),
        algorithm=algorithm,
    )
    if key.kid.hex() != kid:
        raise ValueError("this is not the kid of the key")
    return key


def _is_before(one: Bound, other: Bound) -> bool:
    """Return whether a bound lies surely not after another: both are times, or places in one log."""
    if isinstance(one, LogPosition) and isinstance(other, LogPosition):
        return one.origin == other.origin and one.index <= other.index
    return isinstance(one, datetime) and isinstance(other, datetime) and one <= other


def _read_distrust(draft: _Draft, rest: str) -> None:
    code, kid, since, event = _parts(rest, 4)
    distrusted_from, event_at = _bound(_value(since, "from")), _bound(_value(event, "event"))
    if event_at != distrusted_from and _is_before(event_at, distrusted_from):
        raise ValueError("a key is distrusted from the event or from before it")
    found = [n for n, each in enumerate(draft.keys) if each.authority == code and each.kid.hex() == kid]
    if not found:
        raise ValueError("no such key is listed")
    for index in found:
        if draft.keys[index].distrusted_from is not None:
            raise ValueError("this key is already distrusted")
        draft.keys[index] = replace(
            draft.keys[index],
            distrusted_from=distrusted_from,
            distrust_event=event_at if event_at != distrusted_from else None,
        )


def _read_log(draft: _Draft, rest: str) -> None:
    code, key, prefix, state = _parts(rest, 4)
    _named(draft, code)
    log = TrustedLog(code, _note_key(key, KeyType.ED25519), _https(prefix), is_open=state == "open")
    if state not in {"open", "frozen"} or any(each.origin == log.origin for each in draft.logs):
        raise ValueError("neither open nor frozen, or given twice")
    draft.logs.append(log)


def _read_quorum(draft: _Draft, rest: str) -> None:
    code, need, *organisations = rest.split(" ")
    listed = _named(draft, code)
    if not need.isascii() or not need.isdigit() or not 1 <= int(need) <= len(organisations):
        raise ValueError("more are needed than there are")
    if len(set(organisations)) != len(organisations) or not all(map(_CODE.fullmatch, organisations)):
        raise ValueError("not organisations, or one given twice")
    if listed.quorum is not None:
        raise ValueError("this authority has a quorum already")
    draft.authorities[code] = replace(listed, quorum=Quorum(int(need), tuple(organisations)))


def _read_witness(draft: _Draft, rest: str) -> None:
    organisation, key, url = _parts(rest, 3)
    witness = TrustedWitness(organisation, _note_key(key, *COSIGNING), _https(url))
    if not _CODE.fullmatch(organisation) or any(each.key == witness.key for each in draft.witnesses):
        raise ValueError("not an organisation, or a key given twice")
    draft.witnesses.append(witness)


def _read_contact(draft: _Draft, rest: str) -> None:
    code, mail = _parts(rest, 2)
    listed = _named(draft, code)
    if not _MAIL.fullmatch(mail) or listed.contact:
        raise ValueError("not a mail address, or given twice")
    draft.authorities[code] = replace(listed, contact=mail)


def _note_key(text: str, *kinds: KeyType) -> NoteKey:
    key = read_key(text)
    if key.type not in kinds:
        raise ValueError("a key of this kind does not belong here")
    return key


def _https(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError("not an https address")
    return text


_READERS: MappingProxyType[str, Callable[[_Draft, str], None]] = MappingProxyType(
    {
        "authority": _read_authority,
        "host": _read_host,
        "profile": _read_profile,
        "seal": _read_seal,
        "distrust": _read_distrust,
        "log": _read_log,
        "quorum": _read_quorum,
        "witness": _read_witness,
        "contact": _read_contact,
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
    """Return ES256 for P-256, EdDSA for Ed25519, RS256 for RSA of 2048 bits or more; raise `ValueError` for others."""
    try:
        key = load_der_public_key(spki_der)
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("not a public key") from None
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return "ES256"
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= _MIN_RSA_BITS:
        return "RS256"
    if isinstance(key, ed25519.Ed25519PublicKey):
        return "EdDSA"
    raise ValueError("neither a P-256 nor an Ed25519 nor a large enough RSA key")


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


def _bound(text: str) -> Bound:
    found = _POSITION.fullmatch(text)
    if found is None:
        return read_time(text)
    if int(found[2]) >= _MAX_INDEX:
        raise ValueError("an index no log reaches")
    return LogPosition(found[1], int(found[2]))
