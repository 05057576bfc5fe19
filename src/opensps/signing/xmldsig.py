"""Names and addresses of XML Signature 1.1 and XAdES 1.3.2, as far as our seals use them (`trust.md` 6.2)."""

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"

EXCLUSIVE_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
ECDSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SIGNED_PROPERTIES_TYPE = "http://uri.etsi.org/01903#SignedProperties"

DOCUMENT = "urn:ecert:document"
"""Name of the sealed document in a detached seal. A name, never fetched: the verifier hands the document in."""

ALGORITHMS = {ECDSA_SHA256: "ES256", RSA_SHA256: "RS256"}
"""Signature methods that are read and written, and the kind of key each needs."""

METHODS = {algorithm: method for method, algorithm in ALGORITHMS.items()}


def ds(name: str) -> str:
    """Return the Clark name of an element of XML Signature."""
    return f"{{{DS}}}{name}"


def xades(name: str) -> str:
    """Return the Clark name of an element of XAdES."""
    return f"{{{XADES}}}{name}"


SIGNATURE = ds("Signature")
