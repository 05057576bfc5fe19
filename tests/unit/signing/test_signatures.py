"""A signature holds for its key and its data, and for nothing else."""

import pytest

from opensps.signing.signatures import as_der, from_der, is_signature
from tests.factories.signing import signer, stranger


def test_a_signature_is_of_one_key_over_one_text() -> None:
    made = signer().sign(b"bytes")
    assert is_signature(made, b"bytes", spki_der=signer().spki_der)
    assert not is_signature(made, b"other", spki_der=signer().spki_der)
    assert not is_signature(made, b"bytes", spki_der=stranger().spki_der)
    assert not is_signature(made[1:], b"bytes", spki_der=signer().spki_der)


def test_both_writings_of_a_signature_are_one() -> None:
    made = signer().sign(b"bytes")
    assert from_der(as_der(made)) == made
    with pytest.raises(ValueError, match="P-256"):
        as_der(made + b"0")
