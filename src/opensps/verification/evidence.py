"""The evidence bundle of a counterfeit case: written, sealed, and checked again without a network.

Source: `fraud.md` 7 (refer). A ZIP with ``case.json``, ``log.json``, the files of the case, ``manifest.json`` that
names every other file with its SHA-256, and ``manifest.cose``, the authority's signature over the manifest: COSE_Sign1
with a content type of its own, so that nothing else the key signs can be taken for one. The lines of the log are
chained by digests. What the case says is not judged here.
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Final

from opensps.formats.cose import check_signature, read_sign1, write_sign1
from opensps.formats.errors import FormatError
from opensps.signing import Evidence, SealError, TrustList, speaking_key

FORMAT: Final = "opensps-evidence/1"
CONTENT_TYPE: Final = "application/vnd.opensps.evidence+json"
MANIFEST, SIGNATURE, LOG, CASE = "manifest.json", "manifest.cose", "log.json", "case.json"
MOST_BYTES: Final = 120 * 1024 * 1024
MOST_MEMBERS: Final = 200
_LONGEST_SMALL: Final = 8 * 1024 * 1024
_USE: Final = "status"
"""What the key must be allowed to sign: statements of the authority."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the log of a case."""

    sequence: int
    at: datetime
    actor: str
    act: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EvidenceReport:
    """What a check of a bundle found."""

    problems: tuple[str, ...]
    """Empty: whole. Codes: not_evidence, signature, file_missing, file_changed, file_added, log_broken, or why the key
    may not speak (`signing.speaking_key`)."""

    authority: str = ""
    case_number: str = ""
    made_at: datetime | None = None
    files: int = 0
    is_training: bool = False


def entry_digest(previous: str, line: LogLine) -> str:
    """Return the SHA-256, hexadecimal, over the digest of the line before and this line."""
    said = [previous, line.sequence, line.at.isoformat(), line.actor, line.act, line.data]
    return hashlib.sha256(_canonical(said)).hexdigest()


def _canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def write_bundle(
    *,
    authority: str,
    case_number: str,
    made_at: datetime,
    case: Mapping[str, Any],
    log: Sequence[Mapping[str, Any]],
    files: Iterable[tuple[str, bytes]],
    kid: bytes,
    sign: Callable[[bytes], bytes],
) -> bytes:
    """Return the bundle. ``files`` are pairs of a name within ``files/`` and content."""
    members = {CASE: _pretty(case), LOG: _pretty(list(log)), **{f"files/{name}": data for name, data in files}}
    manifest = _pretty(
        {
            "format": FORMAT,
            "authority": authority,
            "case": case_number,
            "made_at": made_at.isoformat(timespec="seconds"),
            "files": [
                {"name": name, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
                for name, data in members.items()
            ],
        }
    )
    signature = write_sign1(manifest, kid=kid, sign=sign, content_type=CONTENT_TYPE)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {MANIFEST: manifest, SIGNATURE: signature, **members}.items():
            archive.writestr(zipfile.ZipInfo(name, made_at.timetuple()[:6]), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _pretty(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode()


def is_bundle(data: bytes) -> bool:
    """Tell whether these bytes mean to be an evidence bundle; whether they are a whole one is for `check_bundle`."""
    if not data.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return SIGNATURE in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return False


def check_bundle(data: bytes, *, trust: TrustList, now: datetime) -> EvidenceReport:
    """Return what is wrong with a bundle, by the trust list alone; never raises for what was handed in."""
    try:
        members = _members(data)
        manifest = _manifest(members)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError, *_BROKEN):
        return EvidenceReport(("not_evidence",))
    signed, is_training = _signer(members, manifest, trust, now)
    problems = (*signed, *_files(members, manifest.digests), *_log(members))
    return EvidenceReport(
        tuple(dict.fromkeys(problems)),
        authority=manifest.authority,
        case_number=manifest.case_number,
        made_at=manifest.made_at,
        files=len(manifest.digests),
        is_training=is_training,
    )


@dataclass(frozen=True, slots=True)
class _Manifest:
    """What a manifest says."""

    authority: str
    case_number: str
    made_at: datetime
    digests: Mapping[str, str]


def _manifest(members: Mapping[str, bytes]) -> _Manifest:
    """Return what the manifest says; raises what reading a strange shape raises."""
    said = json.loads(members[MANIFEST])
    made_at = datetime.fromisoformat(said["made_at"])
    if said["format"] != FORMAT or made_at.tzinfo is None:
        raise ValueError(FORMAT)
    digests = {str(each["name"]): str(each["sha256"]) for each in said["files"]}
    return _Manifest(str(said["authority"]), str(said["case"]), made_at, digests)


_BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError)


def _members(data: bytes) -> dict[str, bytes]:
    """Return the members, inflated no further than the limit over all of them; raises what `zipfile` raises."""
    if data.count(b"PK\x01\x02") > MOST_MEMBERS:
        raise ValueError("too many members")
    left, found = MOST_BYTES, dict[str, bytes]()
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for info in archive.infolist():
            if info.filename in found or info.flag_bits & 1:
                raise ValueError("a repeated or encrypted member")
            small = info.filename in (MANIFEST, SIGNATURE, LOG, CASE)
            most = min(left, _LONGEST_SMALL) if small else left
            with archive.open(info) as member:
                content = member.read(most + 1)
            if len(content) > most:
                raise ValueError("too large after inflating")
            left -= len(content)
            found[info.filename] = content
    return found


def _signer(
    members: Mapping[str, bytes], manifest: _Manifest, trust: TrustList, now: datetime
) -> tuple[list[str], bool]:
    """Return what speaks against the signature, and whether a training key made it."""
    try:
        message = read_sign1(members.get(SIGNATURE, b""))
        if message.content_type != CONTENT_TYPE or message.payload != members[MANIFEST]:
            return ["signature"], False
        key = speaking_key(
            trust.keys_called(message.kid),
            trust=trust,
            use=_USE,
            type_code=None,
            evidence=Evidence(claimed_at=manifest.made_at, now=now),
            is_speaker=lambda each: each.authority == manifest.authority,
        )
        check_signature(message, spki_der=key.spki_der)
    except FormatError:
        return ["signature"], False
    except SealError as exc:
        return [exc.reason], False
    return [], key.is_training


def _files(members: Mapping[str, bytes], named: Mapping[str, str]) -> list[str]:
    others = members.keys() - {MANIFEST, SIGNATURE}
    problems = ["file_missing"] if named.keys() - others else []
    problems += ["file_added"] if others - named.keys() else []
    changed = any(hashlib.sha256(members[name]).hexdigest() != named[name] for name in others & named.keys())
    return [*problems, *(["file_changed"] if changed else [])]


def _log(members: Mapping[str, bytes]) -> list[str]:
    """Return whether the lines of the log follow on each other without a gap."""
    previous = ""
    try:
        for place, row in enumerate(json.loads(members.get(LOG, b"")), 1):
            line = LogLine(row["sequence"], datetime.fromisoformat(row["at"]), row["actor"], row["act"], row["data"])
            digest = entry_digest(previous, line)
            if line.sequence != place or row["digest"] != digest:
                return ["log_broken"]
            previous = digest
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError):
        return ["log_broken"]
    return []
