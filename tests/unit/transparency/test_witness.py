"""A witness signs that a history only grew, and refuses everything else with the status of the specification."""

import pytest

from opensps.formats.base64_text import write_base64
from opensps.formats.checkpoint import Checkpoint, write_checkpoint
from opensps.formats.errors import NoteError
from opensps.formats.note_keys import KeyType
from opensps.formats.signed_note import NoteSignature, read_note, sign_note, verify_note, write_note
from opensps.transparency.merkle import EMPTY_ROOT
from opensps.transparency.witness import (
    MAX_BODY,
    Agreement,
    Refusal,
    Request,
    Seen,
    conflict,
    cosign,
    decide,
    read_request,
    write_request,
)
from tests.factories import logs

KNOWN = {logs.ORIGIN: (logs.LOG.key,)}
HISTORY = logs.MemoryLog.of_size(7)


def _request(old: int, new: int, *, log: logs.MemoryLog = HISTORY, lie: int | None = None) -> Request:
    """The request to go from `old` to `new`; `lie` is the old size it claims."""
    path = [write_base64(each) for each in log.view(new).consistency_path(old)]
    return read_request(
        write_request(old_size=old if lie is None else lie, path=path, checkpoint=log.checkpoint(size=new))
    )


def _seen(size: int, log: logs.MemoryLog = HISTORY) -> Seen:
    return Seen(size, log.view(size).root())


def _status(answer: Agreement | Refusal) -> int:
    return answer.status if isinstance(answer, Refusal) else 200


def test_a_history_that_grew_is_agreed_to_with_what_to_keep() -> None:
    answer = decide(_request(3, 7), logs=KNOWN, seen=_seen(3))
    assert answer == Agreement(logs.ORIGIN, _seen(3), _seen(7), HISTORY.checkpoint_text())


def test_the_same_checkpoint_is_signed_again() -> None:
    assert _status(decide(_request(7, 7), logs=KNOWN, seen=_seen(7))) == 200


def test_an_empty_log_can_be_witnessed() -> None:
    assert decide(_request(0, 0), logs=KNOWN, seen=Seen()) == Agreement(
        logs.ORIGIN, Seen(), Seen(), HISTORY.checkpoint_text(0)
    )


def test_L1_two_trees_of_one_size_get_one_signature() -> None:
    other = logs.MemoryLog.of_size(7, start=100)
    answer = decide(_request(7, 7, log=other), logs=KNOWN, seen=_seen(7))
    assert _status(answer) == 422


def test_L2_a_history_with_a_leaf_taken_out_is_not_signed() -> None:
    shorter = logs.MemoryLog(leaves=[*HISTORY.leaves[:2], *HISTORY.leaves[3:], b"new"])
    assert _status(decide(_request(4, 7, log=shorter), logs=KNOWN, seen=_seen(4))) == 422


def test_L6_a_log_that_was_rolled_back_is_told_the_larger_size() -> None:
    answer = decide(_request(3, 4), logs=KNOWN, seen=_seen(7))
    assert answer == conflict(_seen(7)) == Refusal(409, "7\n", "text/x.tlog.size")


def test_L12_an_old_checkpoint_replayed_to_a_witness_is_not_signed_again() -> None:
    """Its first signature says when it was new; a second one would make it look new."""
    answer = decide(_request(4, 4), logs=KNOWN, seen=_seen(7))
    assert _status(answer) == 409


def test_an_old_size_above_the_size_is_malformed() -> None:
    assert _status(decide(_request(3, 7, lie=8), logs=KNOWN, seen=_seen(3))) == 400


def test_an_unknown_log_and_a_wrong_key_are_told_apart() -> None:
    assert _status(decide(_request(3, 7), logs={}, seen=_seen(3))) == 404
    other = {logs.ORIGIN: (logs.signer(logs.ORIGIN, KeyType.ED25519, seed=1).key,)}
    assert _status(decide(_request(3, 7), logs=other, seen=_seen(3))) == 403


def test_an_empty_tree_has_the_empty_root() -> None:
    text = write_checkpoint(Checkpoint(logs.ORIGIN, 0, bytes(32)))
    note = write_note(text, [sign_note(text, signer=logs.LOG)])
    request = read_request(write_request(old_size=0, path=(), checkpoint=note))
    assert _status(decide(request, logs=KNOWN, seen=Seen())) == 422
    assert Seen().root == EMPTY_ROOT


def test_L8_a_forged_line_of_another_witness_changes_nothing() -> None:
    wrong = NoteSignature("witness.xb.example", b"xxxx", bytes(72))
    body = write_request(old_size=0, path=(), checkpoint=HISTORY.checkpoint(size=3) + f"{wrong}\n".encode())
    answer = decide(read_request(body), logs=KNOWN, seen=Seen())
    assert isinstance(answer, Agreement)
    assert answer.after == _seen(3)
    assert "witness" not in answer.text


def test_L9_ten_thousand_signatures_or_ten_megabytes_are_refused_by_limit() -> None:
    line = HISTORY.checkpoint().split(b"\n\n")[1]
    for body in (write_request(old_size=0, path=(), checkpoint=HISTORY.checkpoint() + line * 9_999), bytes(10 << 20)):
        with pytest.raises(NoteError) as caught:
            read_request(body)
        assert caught.value.code in {"too_large", "signature_count"}
    assert MAX_BODY < 10 << 20


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0\n",
        b"\xff\n\n",
        b"new 0\n\n" + HISTORY.checkpoint(),
        b"old x\n\n" + HISTORY.checkpoint(),
        b"old 01\n\n" + HISTORY.checkpoint(),
        b"old 0\n!\n\n" + HISTORY.checkpoint(),
        b"old 0\n" + b"AAAA\n" * 64 + b"\n" + HISTORY.checkpoint(),
        b"old 0\n\nno checkpoint\n",
    ],
)
def test_what_is_malformed_is_no_request(body: bytes) -> None:
    with pytest.raises(NoteError):
        read_request(body)


def test_a_witness_signs_with_each_of_its_keys() -> None:
    text = HISTORY.checkpoint_text()
    lines = cosign(text, signers=(logs.WITNESS_B, logs.WITNESS_C), at=logs.AT)
    found = verify_note(read_note(text.encode() + b"\n" + lines), keys=[logs.WITNESS_B.key, logs.WITNESS_C.key])
    assert [each.at for each in found] == [logs.AT, logs.AT]
