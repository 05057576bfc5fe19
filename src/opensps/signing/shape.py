"""The strict reader of seals: exactly the allowed shape, or no cryptography at all (`trust.md` 7.2).

Reasons of the SealErrors (aspect seal_shape) raised here: placement, children, references, transform, algorithm,
coverage, duplicate_id, keyinfo, properties. A library that says OK has not verified anything: of the hostile
certificates that must be refused it accepts a third.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from opensps.formats.digest import canonical
from opensps.formats.errors import FormatError
from opensps.formats.xml_input import parse
from opensps.signing.errors import SealError
from opensps.signing.seals import Seal, Variant
from opensps.signing.signer_certificate import SignerCertificate, read_signer_certificate
from opensps.signing.xmldsig import (
    ALGORITHMS,
    DOCUMENT,
    ENVELOPED,
    EXCLUSIVE_C14N,
    SHA256,
    SIGNATURE,
    SIGNED_PROPERTIES_TYPE,
    ds,
    xades,
)

MAX_SEAL_BYTES = 128 * 1024
MAX_CERTIFICATES = 4
"""The signer_certificate and at most three issuers above it."""

_DIGEST_LENGTH = 32
_PARTS = (ds("SignedInfo"), ds("SignatureValue"), ds("KeyInfo"))
_WHOLE: dict[Variant, tuple[str | None, tuple[str, ...]]] = {
    Variant.DETACHED: (DOCUMENT, (EXCLUSIVE_C14N,)),
    Variant.ENVELOPED: ("", (ENVELOPED, EXCLUSIVE_C14N)),
    Variant.ENVELOPED_NO_URI: (None, (ENVELOPED,)),
}
"""How each variant refers to the whole document: URI and transforms."""

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Reference:
    id: str | None
    uri: str | None
    type: str | None
    transforms: tuple[str, ...]
    digest: bytes


@dataclass(frozen=True, slots=True)
class _Properties:
    octets: bytes
    id: str
    signing_time: datetime
    described: frozenset[str]
    """Ids that the data object formats speak of."""


def read_seal(data: bytes) -> Seal:
    """Return the seal of a detached signature file; raise `SealError`."""
    if len(data) > MAX_SEAL_BYTES:
        raise _refused("children")
    try:
        signature = parse(data, sealed=True, root=SIGNATURE)
    except FormatError:
        raise _refused("children") from None
    if sum(1 for _ in signature.iter(SIGNATURE)) != 1:
        raise _refused("placement")
    return _read(signature, Variant.DETACHED)


def read_enveloped(root: etree._Element, *, variant: Variant = Variant.ENVELOPED) -> Seal | None:
    """Return the seal inside a document, ``None`` where there is no signature at all; raise `SealError`.

    `variant` is the one the partner's profile names; a seal of the other enveloped shape is refused.
    """
    signatures = list(root.iter(SIGNATURE))
    if not signatures:
        return None
    if len(signatures) != 1 or signatures[0].getparent() is not root or root[-1] is not signatures[0]:
        raise _refused("placement")
    return _read(signatures[0], variant)


def _refused(reason: str) -> SealError:
    return SealError("seal_shape", reason)


def _read(signature: etree._Element, variant: Variant) -> Seal:
    signed_info, value, key_info, *objects = _parts(signature, variant)
    _check_ids(signature.getroottree().getroot())
    algorithm, references = _signed_info(signed_info)
    whole, inner = _sorted(references, variant)
    signer = _signer(key_info, algorithm)
    properties = _properties(objects[0], signature, signer) if objects else None
    _check_properties_reference(properties, inner, whole)
    return Seal(
        variant=variant,
        digest=whole.digest,
        algorithm=algorithm,
        signed_info=canonical(signed_info),
        signature=_base64(value, "children"),
        signer=signer,
        properties=properties.octets if properties else None,
        properties_digest=inner.digest if inner else None,
        signing_time=properties.signing_time if properties else None,
    )


def _parts(signature: etree._Element, variant: Variant) -> tuple[etree._Element, ...]:
    tags = tuple(part.tag for part in signature)
    full = (*_PARTS, ds("Object"))
    if tags != full and not (variant is not Variant.DETACHED and tags == _PARTS):
        raise _refused("children")
    if set(signature.keys()) - {"Id"}:
        raise _refused("children")
    return tuple(signature)


def _check_ids(root: etree._Element) -> None:
    ids = [
        value
        for element in root.iter()
        if element.attrib
        for name, value in element.items()
        if name.rpartition("}")[2].lower() == "id"
    ]
    if len(ids) != len(set(ids)):
        raise _refused("duplicate_id")


def _signed_info(element: etree._Element) -> tuple[str, tuple[_Reference, ...]]:
    """Return algorithm and references."""
    tags = [part.tag for part in element]
    is_right = tags[:2] == [ds("CanonicalizationMethod"), ds("SignatureMethod")]
    if not is_right or not all(tag == ds("Reference") for tag in tags[2:]):
        raise _refused("children")
    if not 1 <= len(tags) - 2 <= 2:  # noqa: PLR2004  the document and, in XAdES, the signed properties
        raise _refused("references")
    if _algorithm(element[0]) != EXCLUSIVE_C14N:
        raise _refused("algorithm")
    algorithm = ALGORITHMS.get(_algorithm(element[1]))
    if algorithm is None:
        raise _refused("algorithm")
    return algorithm, tuple(_reference(each) for each in element[2:])


def _algorithm(element: etree._Element) -> str:
    """Return the Algorithm of an element that has nothing else."""
    if len(element) or element.keys() != ["Algorithm"]:
        raise _refused("algorithm")
    return element.attrib["Algorithm"]


def _reference(element: etree._Element) -> _Reference:
    if [part.tag for part in element] != [ds("Transforms"), ds("DigestMethod"), ds("DigestValue")]:
        raise _refused("references")
    transforms, method, value = element
    if len(transforms) > 2 or any(each.tag != ds("Transform") or len(each) for each in transforms):  # noqa: PLR2004  7.2
        raise _refused("transform")
    if _algorithm(method) != SHA256:
        raise _refused("algorithm")
    digest = _base64(value, "references")
    if len(digest) != _DIGEST_LENGTH:
        raise _refused("references")
    names = tuple(each.get("Algorithm", "") for each in transforms)
    return _Reference(element.get("Id"), element.get("URI"), element.get("Type"), names, digest)


def _sorted(references: tuple[_Reference, ...], variant: Variant) -> tuple[_Reference, _Reference | None]:
    """Return the one reference to the whole document and the one to the signed properties, if there is one."""
    uri, transforms = _WHOLE[variant]
    whole = [each for each in references if each.uri == uri]
    inner = [each for each in references if each.uri is not None and each.uri.startswith("#")]
    if len(whole) + len(inner) != len(references):
        raise _refused("references")
    if len(whole) != 1:
        raise _refused("coverage")
    if whole[0].transforms != transforms or any(each.transforms != (EXCLUSIVE_C14N,) for each in inner):
        raise _refused("transform")
    return whole[0], inner[0] if inner else None


def _signer(key_info: etree._Element, algorithm: str) -> SignerCertificate:
    """Return the signer_certificate: the first of one to four, in one X509Data that holds nothing else."""
    if [part.tag for part in key_info] != [ds("X509Data")]:
        raise _refused("keyinfo")
    held = key_info[0]
    if not 1 <= len(held) <= MAX_CERTIFICATES or any(each.tag != ds("X509Certificate") for each in held):
        raise _refused("keyinfo")
    encoded = [_base64(each, "keyinfo") for each in held]
    try:
        signer = read_signer_certificate(encoded[0])
    except ValueError:
        raise _refused("keyinfo") from None
    if signer.algorithm != algorithm:
        raise _refused("algorithm")
    return signer


def _properties(element: etree._Element, signature: etree._Element, signer: SignerCertificate) -> _Properties:
    """Return the signed properties of the one Object, which must belong to this signature and this signer."""
    qualifying = _only(element, xades("QualifyingProperties"))
    if qualifying.get("Target") != "#" + signature.get("Id", "\0"):
        raise _refused("properties")
    signed = _only(qualifying, xades("SignedProperties"))
    about_signature = _one(signed, "SignedSignatureProperties")
    digest = _one(_one(_one(about_signature, "SigningCertificateV2"), "Cert"), "CertDigest")
    if [part.tag for part in digest] != [ds("DigestMethod"), ds("DigestValue")] or _algorithm(digest[0]) != SHA256:
        raise _refused("properties")
    if _base64(digest[1], "properties") != hashlib.sha256(signer.der).digest():
        raise _refused("properties")
    described = {each.get("ObjectReference", "") for each in signed.iter(xades("DataObjectFormat"))}
    return _Properties(
        octets=canonical(signed),
        id=signed.get("Id", "\0"),
        signing_time=_time(_one(about_signature, "SigningTime").text),
        described=frozenset(described),
    )


def _only(element: etree._Element, tag: str) -> etree._Element:
    """Return the one child, which must be the only one."""
    if [part.tag for part in element] != [tag]:
        raise _refused("properties")
    return element[0]


def _one(element: etree._Element, name: str) -> etree._Element:
    """Return the one child of this name."""
    found = element.findall(xades(name))
    if len(found) != 1:
        raise _refused("properties")
    return found[0]


def _check_properties_reference(properties: _Properties | None, inner: _Reference | None, whole: _Reference) -> None:
    """Refuse signed properties that nothing signs, and a signed part that is something else."""
    if properties is None:
        if inner is not None:
            raise _refused("references")
        return
    if inner is None or inner.uri != "#" + properties.id or inner.type != SIGNED_PROPERTIES_TYPE:
        raise _refused("properties")
    if properties.described - {f"#{whole.id}"}:
        raise _refused("properties")


def _time(text: str | None) -> datetime:
    if text is None or not _TIME.fullmatch(text.strip()):
        raise _refused("properties")
    try:
        return datetime.fromisoformat(text.strip()).astimezone(UTC)
    except (ValueError, OverflowError):  # such as the first hours of the year 1 east of Greenwich
        raise _refused("properties") from None


def _base64(element: etree._Element, reason: str) -> bytes:
    """Return decoded bytes, never none; white space is allowed, other signs are not."""
    try:
        decoded = base64.b64decode("".join((element.text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        raise _refused(reason) from None
    if len(element) or not decoded:
        raise _refused(reason)
    return decoded
