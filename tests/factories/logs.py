"""A log and its witnesses for tests: keys from fixed seeds, trees of a few leaves in memory."""

from dataclasses import dataclass, field

from opensps.formats.carriers import commitment
from opensps.formats.checkpoint import Checkpoint, write_checkpoint
from opensps.formats.note_keys import KeyType, NoteSigner
from opensps.formats.signed_note import NoteSignature, sign_note, write_note
from opensps.transparency.bundle import write_bundle
from opensps.transparency.cosignature import WitnessKey
from opensps.transparency.leaf import Leaf, LeafEvent, write_leaf
from opensps.transparency.merkle import leaf_hash
from opensps.transparency.tree import MemoryTiles, TreeView, grown

ORIGIN = "log.xa.example/xa/2026"
HOUR = 498_658
AT = HOUR * 3600 + 60


def signer(name: str, kind: KeyType = KeyType.COSIGNATURE, *, seed: int = 0) -> NoteSigner:
    """Return a signer whose seed follows from its name."""
    return NoteSigner(name, kind, (name.encode() + bytes([kind, seed])).rjust(32, b".")[-32:])


LOG = signer(ORIGIN, KeyType.ED25519)
WITNESS_B = signer("witness.xb.example")
WITNESS_C = signer("witness.xc.example", KeyType.MLDSA_COSIGNATURE)
WITNESS_KEYS = (WitnessKey("XB", WITNESS_B.key), WitnessKey("XC", WITNESS_C.key))


def issue_leaf(salt: bytes, digest: bytes, *, hour: int = HOUR, seal_digest: bytes = bytes(32)) -> Leaf:
    """Return the leaf of an issue by XA."""
    return Leaf(LeafEvent.ISSUE, "XA", hour, commitment(salt, digest), bytes(8), seal_digest)


@dataclass
class MemoryLog:
    """A log in memory that does whatever a test asks, also what no honest log does."""

    origin: str = ORIGIN
    signer: NoteSigner = LOG
    leaves: list[bytes] = field(default_factory=list)

    @classmethod
    def of_size(cls, size: int, *, start: int = 0) -> "MemoryLog":
        """Return a log of leaves that stand for nothing."""
        return cls(leaves=[n.to_bytes(4, "big") for n in range(start, start + size)])

    def view(self, size: int | None = None) -> TreeView:
        """Return the tree of the first `size` leaves."""
        count = len(self.leaves) if size is None else size
        hashes = [leaf_hash(each) for each in self.leaves[:count]]
        return TreeView(MemoryTiles(grown(MemoryTiles(), size=0, leaves=hashes).tiles), count)

    def checkpoint_text(self, size: int | None = None) -> str:
        """Return the text that is signed for the tree of the first `size` leaves."""
        view = self.view(size)
        return write_checkpoint(Checkpoint(self.origin, view.size, view.root()))

    def checkpoint(self, *cosigners: NoteSigner, size: int | None = None, at: int = AT) -> bytes:
        """Return the checkpoint with the signatures of the log and of these witnesses."""
        text = self.checkpoint_text(size)
        return write_note(text, [self.line(text), *(sign_note(text, signer=each, at=at) for each in cosigners)])

    def line(self, text: str) -> NoteSignature:
        """Return the log's own signature line."""
        return sign_note(text, signer=self.signer)

    def bundle(self, index: int, *, salt: bytes, leaf: Leaf, cosigners: tuple[NoteSigner, ...] = ()) -> bytes:
        """Return the proof bundle of a leaf."""
        path = self.view().inclusion_path(index)
        return write_bundle(salt=salt, leaf=leaf, index=index, path=path, checkpoint=self.checkpoint(*cosigners))


def logged(salt: bytes, digest: bytes, *cosigners: NoteSigner, leaf: Leaf | None = None) -> bytes:
    """Return the bundle of one certificate in the middle of eleven leaves."""
    log, own = MemoryLog.of_size(5), leaf or issue_leaf(salt, digest)
    log.leaves += [write_leaf(own), *MemoryLog.of_size(5, start=5).leaves]
    return log.bundle(5, salt=salt, leaf=own, cosigners=cosigners)
