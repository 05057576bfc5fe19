"""The log that anybody can check: Merkle tree, tiles, checkpoints, proofs, cosignatures, the witness.

Source: `trust.md` 6.5 to 6.10 (RFC 6962 and 9162; C2SP tlog-tiles, tlog-checkpoint, tlog-cosignature, tlog-proof,
tlog-witness). No file, no clock, no network: bytes come in and go out; where a log rests is decided in `certification`.
"""
