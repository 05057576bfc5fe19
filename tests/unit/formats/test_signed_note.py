"""Signed notes and their keys: who signed what, and what is refused before a key is asked."""

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448

from opensps.formats.base64_text import read_base64, write_base64
from opensps.formats.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from opensps.formats.errors import NoteError
from opensps.formats.note_keys import KeyType, NoteKey, NoteSigner, read_key, read_signer
from opensps.formats.signed_note import (
    NoteSignature,
    SignedNote,
    read_note,
    read_signature_line,
    sign_note,
    verify_note,
    write_note,
)

TREE = Checkpoint("log.xa.example/xa/2026", 3, bytes(32))
TEXT = write_checkpoint(TREE)
LOG = NoteSigner(TREE.origin, KeyType.ED25519, bytes(31) + b"\x01")
WITNESS = NoteSigner("witness.xb.example", KeyType.COSIGNATURE, bytes(31) + b"\x02")
QUANTUM = NoteSigner("witness.xb.example", KeyType.MLDSA_COSIGNATURE, bytes(31) + b"\x03")
SIGNERS = (LOG, WITNESS, QUANTUM)
AT = 1_795_169_780


def _note(*signers: NoteSigner, text: str = TEXT) -> SignedNote:
    return read_note(write_note(text, [sign_note(text, signer=signer, at=AT) for signer in signers]))


def _refused(code: str, raw: bytes) -> None:
    with pytest.raises(NoteError) as caught:
        read_note(raw)
    assert caught.value.code == code


def test_a_note_says_who_signed_it_and_when() -> None:
    found = verify_note(_note(*SIGNERS), keys=[signer.key for signer in SIGNERS])
    assert [(each.key, each.at) for each in found] == [(LOG.key, None), (WITNESS.key, AT), (QUANTUM.key, AT)]


def test_an_unknown_key_is_ignored_and_a_known_one_counts_once() -> None:
    note = _note(LOG, LOG, WITNESS)
    assert [each.key for each in verify_note(note, keys=[LOG.key])] == [LOG.key]


def test_a_note_that_no_known_key_signed_is_unsigned() -> None:
    with pytest.raises(NoteError, match="unsigned"):
        verify_note(_note(WITNESS), keys=[LOG.key])


@pytest.mark.parametrize("signer", SIGNERS, ids=lambda signer: signer.type.name)
def test_one_bad_signature_of_a_known_key_rejects_the_whole_note(signer: NoteSigner) -> None:
    good = sign_note(TEXT, signer=LOG)
    flipped = sign_note(TEXT, signer=signer, at=AT)
    bad = NoteSignature(flipped.name, flipped.key_id, flipped.signature[:-1] + bytes([flipped.signature[-1] ^ 1]))
    with pytest.raises(NoteError, match="signature"):
        verify_note(SignedNote(TEXT, (good, bad)), keys=[each.key for each in SIGNERS])


def test_a_changed_text_rejects_every_kind_of_signature() -> None:
    other = write_checkpoint(Checkpoint(TREE.origin, 4, TREE.root))
    for signer in SIGNERS:
        with pytest.raises(NoteError, match="signature"):
            signer.key.verify(other, signer.sign(TEXT, at=AT))


def test_two_keys_with_one_name_and_id_are_both_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    other = NoteKey(LOG.name, KeyType.ED25519, bytes(32))
    monkeypatch.setattr(NoteKey, "id", b"same")
    note = SignedNote(TEXT, (NoteSignature(LOG.name, b"same", LOG.sign(TEXT)),))
    assert verify_note(note, keys=[other, LOG.key])[0].key == LOG.key


def test_the_time_of_a_cosignature_is_signed_with_it() -> None:
    for signer in (WITNESS, QUANTUM):
        signature = signer.sign(TEXT, at=AT)
        with pytest.raises(NoteError, match="signature"):
            signer.key.verify(TEXT, (AT + 1).to_bytes(8, "big") + signature[8:])


@pytest.mark.parametrize("time", [b"\x80" + bytes(7), b"\xff" * 8])
def test_a_time_above_the_limit_is_a_bad_signature(time: bytes) -> None:
    with pytest.raises(NoteError, match="signature"):
        WITNESS.key.verify(TEXT, time + bytes(64))


def test_a_cosignature_without_a_signature_is_bad() -> None:
    with pytest.raises(NoteError, match="signature"):
        WITNESS.key.verify(TEXT, bytes(8))


def test_a_witness_cosigns_checkpoints_only() -> None:
    with pytest.raises(NoteError, match="checkpoint"):
        WITNESS.sign("Any other text.\n", at=AT)


def test_a_name_too_long_for_its_length_byte_is_never_cosigned() -> None:
    signer = NoteSigner("w" * 256, KeyType.MLDSA_COSIGNATURE, bytes(32))
    with pytest.raises(NoteError, match="checkpoint"):
        signer.sign(TEXT, at=AT)


def test_a_legacy_key_is_verified_and_never_written() -> None:
    private = ec.derive_private_key(7, ec.SECP256R1())
    spki = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    key = read_key(str(NoteKey("old.example", KeyType.ECDSA, spki)))
    signature = private.sign(b"text\n", ec.ECDSA(hashes.SHA256()))
    assert key.verify("text\n", signature) is None
    with pytest.raises(NoteError, match="signature"):
        key.verify("other\n", signature)
    with pytest.raises(NoteError, match="key"):
        read_signer(f"PRIVATE+KEY+{NoteKey('old.example', KeyType.ECDSA, spki)}")


def test_a_legacy_key_is_an_elliptic_curve_key() -> None:
    wrong = ed448.Ed448PrivateKey.generate().public_key()
    spki = wrong.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    for public in (spki, b"junk"):
        with pytest.raises(NoteError, match="key"):
            read_key(str(NoteKey("old.example", KeyType.ECDSA, public)))


@pytest.mark.parametrize("signer", SIGNERS, ids=lambda signer: signer.type.name)
def test_key_strings_are_read_back(signer: NoteSigner) -> None:
    assert read_key(str(signer.key)) == signer.key
    assert read_signer(signer.private_text + "\n") == signer
    assert "seed" not in repr(signer)


@pytest.mark.parametrize(
    "text",
    [
        "name",
        "name+00000000",
        "+00000000+AQ==",
        "a b+00000000+AQ==",
        "name+0000000G+AQ==",
        "name+00000000+",
        "name+00000000+CQ==",
        "name+00000000+AQ==",
        "name+00000000+AQ",
        f"{LOG.name}+{NoteKey(LOG.name, KeyType.ED25519, bytes(31)).id.hex()}+{write_base64(bytes([1]) + bytes(31))}",
    ],
)
def test_a_key_string_that_is_not_exactly_one_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        read_key(text)


@pytest.mark.parametrize(
    "text",
    [
        str(LOG.key),
        LOG.private_text.replace("+KEY+log", "+KEY+lag"),
        f"PRIVATE+KEY+name+00000000+{write_base64(bytes([1]) + bytes(31))}",
    ],
)
def test_a_private_key_string_that_is_not_exactly_one_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        read_signer(text)


def test_a_note_too_large_is_refused_before_it_is_decoded() -> None:
    _refused("too_large", b"\xff" * (1 << 20) + b"\xff")


def test_a_hundred_signatures_are_read_and_one_more_is_not() -> None:
    line = str(sign_note(TEXT, signer=LOG)) + "\n"
    assert len(read_note((TEXT + "\n" + line * 100).encode()).signatures) == 100
    _refused("signature_count", (TEXT + "\n" + line * 101).encode())


@pytest.mark.parametrize(
    ("code", "raw"),
    [
        ("encoding", b"\xff\n\n"),
        ("control_character", b"a\tb\n\n\xe2\x80\x94 n AAAAAAA=\n"),
        ("block", b"text\n"),
        ("block", b"text\n\n"),
        ("block", "text\n\n— name AAAAAAA=".encode()),
        ("signature_line", b"text\n\n- name AAAAAAA=\n"),
        ("signature_line", "text\n\n— na+me AAAAAAA=\n".encode()),
        ("signature_line", "text\n\n— name AAAAAA==\n".encode()),
        ("base64", "text\n\n— name AAAAAAB=\n".encode()),
    ],
)
def test_a_note_that_is_not_written_as_asked_is_refused(code: str, raw: bytes) -> None:
    _refused(code, raw)


def test_text_and_signatures_part_at_the_last_empty_line() -> None:
    note = _note(LOG, text="one\n\ntwo\n")
    assert note.text == "one\n\ntwo\n"


@pytest.mark.parametrize("text", ["no newline", "tab\t\n"])
def test_nothing_is_written_that_could_not_be_read_back(text: str) -> None:
    with pytest.raises(NoteError):
        write_note(text, [sign_note(text, signer=LOG)])


def test_a_note_without_a_signature_is_not_written() -> None:
    with pytest.raises(NoteError):
        write_note(TEXT, [])


def test_a_signature_line_is_read_back() -> None:
    line = sign_note(TEXT, signer=WITNESS, at=AT)
    assert read_signature_line(str(line)) == line


def test_a_checkpoint_is_read_back_with_its_further_lines() -> None:
    longer = Checkpoint("o", 0, bytes(32), ("further",))
    assert read_checkpoint(write_checkpoint(longer)) == longer


@pytest.mark.parametrize("text", ["o\n1\n", f"o\n{2**63}\n{write_base64(bytes(32))}\n", "o\tp\n1\nAAAA\n"])
def test_a_checkpoint_that_is_not_exactly_one_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        read_checkpoint(text)


@pytest.mark.parametrize("text", ["AA", "AB==", "AA==\n", "AA_=", "é"])
def test_base64_has_one_writing(text: str) -> None:
    with pytest.raises(NoteError):
        read_base64(text)
