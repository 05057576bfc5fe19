"""What can go wrong in the room `transparency`.

TransparencyError
+-- ProofError    a proof does not lead where it should; `reason`: range, hash, too_long, too_short, root, sizes
+-- LeafError     bytes are not a leaf
+-- BundleError   bytes are not a proof bundle
+-- TileError     a tile is missing, too short or has another name
"""


class TransparencyError(Exception):
    """Base error of the room; `reason` is a permanent word, `detail` is English for logs."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class ProofError(TransparencyError):
    """A proof does not lead where it should."""


class LeafError(TransparencyError):
    """Bytes are not a leaf of our log."""


class BundleError(TransparencyError):
    """Bytes are not a proof bundle."""


class TileError(TransparencyError):
    """A tile is missing, too short or has another name."""
