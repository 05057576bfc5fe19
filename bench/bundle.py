"""Checking a certificate offline with its proof, against the bare cost of the libraries under it.

Baseline: libxml2 parse, exclusive C14N with SHA-256, and the signatures that must be verified: seal and status list
(P-256), checkpoint and one witness (Ed25519), another witness (ML-DSA-44). Ours: the whole offline check of
`opensps verify` in memory, status list and quorum included; and the check of a printed code.
"""

import hashlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa
from lxml import etree

from bench.samples import Sample
from bench.timing import Row, Work, medians
from opensps.verification import AtHand, Upload, check_code, check_file
from tests.factories.proofs import code, digest, proven, status_list, trust
from tests.factories.records import sealed
from tests.factories.signing import NOW

MESSAGE = bytes(200)
"""About what is under each signature."""


def rows(given: Sample, *, rounds: int) -> list[Row]:
    """Return the bare cost and ours against it, for the XML of the sample sealed and logged."""
    held = proven(upload=sealed(given.xml.replace(b"2026-11-18", b"2026-11-20")))  # the day of the factory's log
    bare = _bare(held)
    hand, listed = AtHand((status_list(),)), trust()
    printed = code(digest=digest(held.xml))

    def offline() -> object:
        verdict = check_file(held, trust=listed, now=NOW, at_hand=hand)
        assert verdict.exit_code == 0, verdict
        return verdict

    def on_paper() -> object:
        verdict = check_code(printed, trust=listed, now=NOW, at_hand=hand)
        assert verdict.exit_code == 0, verdict
        return verdict

    ours: dict[str, Work] = {"check offline: file, proof, witnesses, status": offline}
    taken = medians({**bare, **ours, "printed code with status": on_paper}, rounds=rounds)
    baseline = sum(taken[name] for name in bare)
    signatures = sum(taken[f"signature {kind}"] for kind in ("P-256", "P-256 again"))
    return [
        *(Row(f"  bare {name}", taken[name]) for name in bare),
        Row("bare cost (baseline)", baseline, 1.0),
        *(Row(name, taken[name], taken[name] / baseline) for name in ours),
        Row(
            "printed code with status, against its two signatures",
            taken["printed code with status"],
            taken["printed code with status"] / signatures,
        ),
    ]


def _bare(held: Upload) -> dict[str, Work]:
    """Return the parts of the bare cost, with keys loaded and signatures made beforehand."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    xml = held.xml or b""
    root = etree.fromstring(xml, parser)
    p256 = ec.generate_private_key(ec.SECP256R1())
    edwards, lattice = ed25519.Ed25519PrivateKey.generate(), mldsa.MLDSA44PrivateKey.generate()
    by_p256, by_edwards, by_lattice = (
        p256.sign(MESSAGE, ec.ECDSA(hashes.SHA256())),
        edwards.sign(MESSAGE),
        lattice.sign(MESSAGE),
    )
    public, public_edwards, public_lattice = p256.public_key(), edwards.public_key(), lattice.public_key()
    return {
        "parse": lambda: etree.fromstring(xml, parser),
        "digest": lambda: hashlib.sha256(etree.tostring(root, method="c14n", exclusive=True)).digest(),
        "signature P-256": lambda: public.verify(by_p256, MESSAGE, ec.ECDSA(hashes.SHA256())),
        "signature P-256 again": lambda: public.verify(by_p256, MESSAGE, ec.ECDSA(hashes.SHA256())),
        "signature Ed25519": lambda: public_edwards.verify(by_edwards, MESSAGE),
        "signature Ed25519 again": lambda: public_edwards.verify(by_edwards, MESSAGE),
        "signature ML-DSA-44": lambda: public_lattice.verify(by_lattice, MESSAGE),
    }
