"""The demo's transparency log and the witnesses of its two fictional partners: keys, places, lines of the trust list.

The demo makes what an installation is given by people: a key for the log, two witnesses that know it, and the lines by
which a checker believes them. The witnesses answer on ports of this machine alone, new ones at each start.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from opensps.formats.note_keys import KeyType, NoteSigner, read_signer
from opensps.project.witness_state import WitnessState
from opensps.signing import Quorum, TrustedLog, TrustedWitness, TrustList

PARTNERS: Mapping[str, str] = MappingProxyType({"XB": "witness.northland.example", "XC": "witness.westmark.example"})
"""Organisation -> name of its witness; both must have seen the log."""

PROFILE = 3
"""Of the demo's authority: sealed, logged and witnessed."""

_HOST, _HERE = "log.v.ecert.example", "127.0.0.1"
_TILES, _KEY = "public-log", "log.key"


@dataclass(frozen=True, slots=True)
class DemoLog:
    """The log in the directory of a demo."""

    directory: Path
    authority: str

    @property
    def tiles(self) -> Path:
        """For OPENSPS_LOG_DIR."""
        return self.directory / _TILES

    @property
    def key(self) -> Path:
        """For OPENSPS_LOG_KEY."""
        return self.directory / "keys" / _KEY

    @property
    def witnesses(self) -> Mapping[str, Path]:
        """Organisation -> directory of its witness."""
        return {organisation: self.directory / f"witness-{organisation.lower()}" for organisation in PARTNERS}

    def prepare(self, *, at: datetime) -> None:
        """Make the keys that are missing; the log itself is made with the data."""
        if not self.key.exists():
            origin = f"{_HOST}/{self.authority.lower()}/{at.year}"
            signer = NoteSigner(origin, KeyType.ED25519, secrets.token_bytes(32))
            self.key.touch(mode=0o600)
            self.key.write_text(f"{signer.private_text}\n")
        for organisation, directory in self.witnesses.items():
            if not (directory / "keys.txt").exists():
                WitnessState.create(directory, name=PARTNERS[organisation], random=secrets.token_bytes)
            WitnessState.open(directory).add_log(self.signer().key)

    def signer(self) -> NoteSigner:
        """Return who signs the checkpoints."""
        return read_signer(self.key.read_text())

    def listed(self, trust: TrustList, ports: Mapping[str, int], *, prefix: str) -> TrustList:
        """Return the trust list with this log, its witnesses where they answer now, and their quorum."""
        witnesses = [
            TrustedWitness(organisation, signer.key, f"https://localhost:{ports[organisation]}")
            for organisation, directory in self.witnesses.items()
            for signer in WitnessState.open(directory).signers
        ]
        key = self.signer().key
        log = TrustedLog(self.authority, key, f"{prefix}/log/{key.name.partition('/')[2]}")
        quorum = Quorum(len(PARTNERS), tuple(PARTNERS))
        authorities = tuple(
            replace(each, profile=PROFILE, quorum=quorum) if each.code == self.authority else each
            for each in trust.authorities
        )
        return replace(trust, authorities=authorities, logs=(log,), witnesses=tuple(witnesses))

    def commands(self, ports: Mapping[str, int], certificate: Path, key: Path) -> dict[str, list[str]]:
        """Return for each witness the arguments of ``opensps`` that serve it."""
        tls = ["--certificate", str(certificate), "--key", str(key), "--until-stdin-closes"]
        return {
            organisation: ["witness", "serve", str(directory), "--listen", f"{_HERE}:{ports[organisation]}", *tls]
            for organisation, directory in self.witnesses.items()
        }
