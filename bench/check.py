"""Checking a sealed certificate of 20 KB, against the bare cost of the libraries under it.

Baseline: libxml2 parse, validation with our compiled schema, exclusive C14N with SHA-256, and one OpenSSL signature
verification, each measured alone. Ours: the whole check of a dropped file (limits, shape of the seal, key, content,
verdict), then with schema and rules, which `opensps xml validate` adds.
"""

import hashlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key
from lxml import etree

from bench.samples import Sample
from bench.timing import Row, Work, medians
from opensps.formats.reading import Reading
from opensps.formats.schema import _compiled
from opensps.formats.validation import judged
from opensps.formats.xml_input import parse
from opensps.rules import PROFILES, Policy
from opensps.signing import spki_of
from opensps.verification import Upload, Verdict, check_file


def rows(given: Sample, *, rounds: int) -> list[Row]:
    """Return the bare parts, their sum, and our checks against the sum."""
    bare = _bare(given)
    ours: dict[str, Work] = {
        "check: input, seal, key, content, verdict": lambda: _checked(given),
        "the same with schema and rules": lambda: whole(given),
    }
    taken = medians({**bare, **ours}, rounds=rounds)
    baseline = sum(taken[name] for name in bare)
    return [
        *(Row(f"  bare {name}", taken[name]) for name in bare),
        Row("bare cost (baseline)", baseline, 1.0),
        *(Row(name, taken[name], taken[name] / baseline) for name in ours),
    ]


def _bare(given: Sample) -> dict[str, Work]:
    """Return the four parts of the bare cost, with everything loaded beforehand."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(given.xml, parser)
    schema = _compiled("certificate")
    key = ec.generate_private_key(ec.SECP256R1())
    message = etree.tostring(etree.fromstring(given.xades, parser)[0], method="c14n", exclusive=True)
    signature = key.sign(message, ec.ECDSA(hashes.SHA256()))
    public = load_der_public_key(spki_of(key.public_key()))
    assert isinstance(public, ec.EllipticCurvePublicKey)
    return {
        "parse": lambda: etree.fromstring(given.xml, parser),
        "schema": lambda: schema.validate(root),
        "digest": lambda: hashlib.sha256(etree.tostring(root, method="c14n", exclusive=True)).digest(),
        "signature": lambda: public.verify(signature, message, ec.ECDSA(hashes.SHA256())),
    }


def _checked(given: Sample) -> Verdict:
    upload = Upload(xml=given.xml, seal=given.xades)
    verdict = check_file(upload, trust=given.trust, now=given.now, accepts_training=True)
    assert verdict.certificate is not None, verdict
    return verdict


def whole(given: Sample) -> object:
    """Return verdict and findings; the second parse is the price of keeping findings out of the verdict."""
    verdict = _checked(given)
    policy = Policy(extra_countries=frozenset({"XA", "XB", "XC"}), now=given.now)
    reading = Reading(verdict.certificate, (), parse(given.xml, sealed=True))
    return judged(reading, profile=PROFILES["read"], policy=policy)
