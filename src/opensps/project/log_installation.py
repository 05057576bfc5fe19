"""The log of this installation: where its tiles lie, which key signs it, who witnesses it; read from the settings."""

import ssl
from pathlib import Path

from django.conf import settings

from opensps.certification.errors import LogError
from opensps.certification.log_directory import LogDirectory
from opensps.certification.queries.log import log_place, proof_bundle
from opensps.certification.services.log_witnesses import Policy, Witness
from opensps.formats.errors import NoteError
from opensps.formats.note_keys import NoteKey, NoteSigner, read_signer
from opensps.project.exits import Exit, Stopped
from opensps.project.keys import own_trust
from opensps.project.words import gettext_noop
from opensps.signing import TrustList
from opensps.transparency.cosignature import NO_QUORUM, Quorum


def has_log() -> bool:
    """Return whether this installation is to have a log at all."""
    return settings.OPENSPS_LOG_DIR is not None


def directory_of(origin: str) -> LogDirectory:
    """Return the files of a log; stops with a sentence when no directory is set."""
    if settings.OPENSPS_LOG_DIR is None:
        raise Stopped(Exit.USAGE, gettext_noop("No directory for the log is set; name it in OPENSPS_LOG_DIR."))
    return LogDirectory.below(Path(settings.OPENSPS_LOG_DIR), origin)


def own_proof(number: str) -> bytes | None:
    """Return the proof bundle of one of our certificates, if there is a log and it has it."""
    authority = settings.OPENSPS_AUTHORITY
    place = log_place(authority=authority, number=number) if has_log() else None
    if place is None:
        return None
    try:
        return proof_bundle(authority=authority, number=number, directory=directory_of(place.origin))
    except LogError:
        return None


def own_log_signer() -> NoteSigner:
    """Return who signs checkpoints. Stops with a sentence when there is no key."""
    path = settings.OPENSPS_LOG_KEY
    if path is None:
        raise Stopped(Exit.USAGE, gettext_noop("No key for the log is set; name its file in OPENSPS_LOG_KEY."))
    try:
        if path.stat().st_mode & 0o077:
            raise Stopped(
                Exit.NOT_ALLOWED, gettext_noop("%(path)s must be readable by its owner only."), path=path.name
            )
        return read_signer(path.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError, NoteError) as exc:
        raise Stopped(
            Exit.USAGE, gettext_noop("The key of the log %(path)s cannot be read: %(why)s"), path=path.name, why=exc
        ) from exc


def own_policy(trust: TrustList | None = None) -> Policy:
    """Return who witnesses our log and how many are needed, as the trust list says it."""
    trust = own_trust() if trust is None else trust
    authority = settings.OPENSPS_AUTHORITY
    keys: dict[tuple[str, str], tuple[NoteKey, ...]] = {}
    for each in trust.witnesses_of(authority):
        place = (each.organisation, each.url)
        keys[place] = (*keys.get(place, ()), each.key)
    witnesses = tuple(Witness(organisation, url, held) for (organisation, url), held in keys.items())
    listed = trust.authority(authority)
    quorum = None if listed is None else listed.quorum
    return Policy(witnesses, NO_QUORUM if quorum is None else Quorum(quorum.need, frozenset(quorum.organisations)))


def witness_tls() -> ssl.SSLContext:
    """Return how witnesses must prove who they are: the authorities of this machine, or the one of the settings."""
    return ssl.create_default_context(cafile=settings.OPENSPS_WITNESS_CA_FILE)
