"""A partner that is a folder: each envelope becomes a file under its delivery number, once.

For demos, courses and tests of whole processes: what was handed over survives any worker, and can be counted. The
address is ``file:/directory``; another address is the scripted partner's.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from opensps.exchange.transports.scripted import ScriptedTransport
from opensps.exchange.transports.transport import Answer, Outbound, Seen, Sent, Uncertain, Unreachable

SCHEME = "file:"
_HEADER = (
    "kind",
    "from_code",
    "to_code",
    "number",
    "type_code",
    "status_code",
    "version",
    "certificate_state",
    "sha256",
)


@dataclass(slots=True)
class FolderTransport:
    """Writes envelopes into the folder that a connection's address names."""

    scripted: ScriptedTransport = field(default_factory=ScriptedTransport)

    def send(self, outbound: Outbound) -> Answer:
        """Write the envelope; one that lies there already is taken as delivered before, and counted."""
        folder = folder_of(outbound)
        if folder is None:
            return self.scripted.send(outbound)
        if not folder.is_dir():
            return Unreachable(text="no such folder")
        try:
            _written(folder, outbound)
        except FileExistsError:
            _counted(folder, outbound)
        except OSError as error:
            return Uncertain(text=type(error).__name__)
        return Sent(remote_number=outbound.delivery_number)

    def ask(self, outbound: Outbound) -> Seen | Unreachable:
        """Say whether the file lies there."""
        folder = folder_of(outbound)
        if folder is None:
            return self.scripted.ask(outbound)
        lies_there = (folder / f"{outbound.delivery_number}.json").exists()
        return Seen(
            is_known=lies_there, remote_number=outbound.delivery_number if lies_there else "", is_final_answer=True
        )


def folder_of(outbound: Outbound) -> Path | None:
    """Return the folder of a connection, ``None`` when its address names none."""
    address = outbound.connection.address
    return Path(address.removeprefix(SCHEME)) if address.startswith(SCHEME) else None


def _written(folder: Path, outbound: Outbound) -> None:
    """Write the file whole or not at all; raise `FileExistsError` when it is there."""
    told: dict[str, Any] = {name: getattr(outbound, name) for name in _HEADER}
    told["content"] = outbound.content.decode("utf-8", "replace")
    draft = folder / f".{outbound.delivery_number}.{os.getpid()}"
    draft.write_text(json.dumps(told), encoding="utf-8")
    try:
        os.link(draft, folder / f"{outbound.delivery_number}.json")
    finally:
        draft.unlink()


def _counted(folder: Path, outbound: Outbound) -> None:
    with (folder / "repeated.log").open("a", encoding="ascii") as file:
        file.write(f"{outbound.delivery_number} {outbound.attempt}\n")
