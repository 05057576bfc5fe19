"""A witness as a process: its keys, its files, its two addresses, over TLS as the log asks it."""

import concurrent.futures
import hashlib
import http.client
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from opensps.certification.services.log_witnesses import Question
from opensps.formats.base64_text import write_base64
from opensps.formats.signed_note import read_note, verify_note
from opensps.project.exits import Stopped
from opensps.project.serving import tls
from opensps.project.serving.witness import WitnessServer, tls_context
from opensps.project.witness_client import WitnessClient
from opensps.project.witness_state import WitnessState
from opensps.transparency.witness import write_request
from tests.factories import logs

LOG = logs.MemoryLog.of_size(20)


def _body(old: int, new: int, *, log: logs.MemoryLog = LOG) -> bytes:
    path = [write_base64(each) for each in log.view(new).consistency_path(old)]
    return write_request(old_size=old, path=path, checkpoint=log.checkpoint(size=new))


@pytest.fixture
def state(tmp_path: Path) -> WitnessState:
    made = WitnessState.create(tmp_path / "witness", name="witness.xb.example", random=bytes)
    made.add_log(logs.LOG.key)
    made.add_log(logs.LOG.key)
    return made


@pytest.fixture
def server(state: WitnessState, tmp_path: Path) -> Iterator[tuple[str, ssl.SSLContext]]:
    files = tls.ensure(tmp_path / "tls", names=tls.LOOPBACK, at=datetime.now(UTC))
    with WitnessServer(("127.0.0.1", 0), state, tls=tls_context(files.certificate, files.key)) as running:
        threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05}).start()
        yield f"https://localhost:{running.server_port}", ssl.create_default_context(cafile=str(files.authority))
        running.shutdown()


def test_a_witness_remembers_what_it_signed_across_restarts(state: WitnessState) -> None:
    assert state.add_checkpoint(_body(0, 5), at=logs.AT).status == 200
    again = WitnessState.open(state.directory)
    assert again.signers == state.signers
    assert (again.add_checkpoint(_body(0, 7), at=logs.AT)).body == b"5\n"
    assert again.add_checkpoint(_body(5, 7), at=logs.AT).status == 200


def test_monitors_are_shown_the_newest_checkpoint_with_both_signatures(state: WitnessState) -> None:
    state.add_checkpoint(_body(0, 5), at=logs.AT)
    name = hashlib.sha256(logs.ORIGIN.encode()).hexdigest()
    shown = state.checkpoint(f"{name}/checkpoint")
    keys = [logs.LOG.key, *(signer.key for signer in state.signers)]
    assert [each.at for each in verify_note(read_note(shown.body), keys=keys)] == [None, logs.AT, logs.AT]
    for path in ("", "x/checkpoint", f"{name}/other", f"{'0' * 64}/checkpoint", "../keys.txt"):
        assert state.checkpoint(path).status == 404


def test_L1_two_trees_of_one_size_get_one_signature_and_both_heads_are_kept(tmp_path: Path) -> None:
    """The second witness refuses, and a monitor that asks both holds two heads signed by one log: the proof."""
    forked = logs.MemoryLog.of_size(20, start=100)
    names = ("witness.xb.example", "witness.xc.example")
    first, second = (WitnessState.create(tmp_path / name, name=name, random=bytes) for name in names)
    for each in (first, second):
        each.add_log(logs.LOG.key)
        each.add_checkpoint(_body(0, 5), at=logs.AT)
    assert first.add_checkpoint(_body(5, 7), at=logs.AT).status == 200
    assert second.add_checkpoint(_body(5, 7, log=forked), at=logs.AT).status == 422
    heads = {log.checkpoint_text(7) for log in (LOG, forked)}
    assert len(heads) == 2


def test_what_is_malformed_or_unknown_is_refused(state: WitnessState, tmp_path: Path) -> None:
    assert state.add_checkpoint(b"old", at=logs.AT).status == 400
    stranger = WitnessState.create(tmp_path / "other", name="witness.xc.example", random=bytes)
    assert stranger.add_checkpoint(_body(0, 5), at=logs.AT).status == 404


def test_a_witness_is_made_once(state: WitnessState, tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        WitnessState.create(state.directory, name="witness.xb.example", random=bytes)
    with pytest.raises(Stopped):
        WitnessState.create(tmp_path / "x", name="two words", random=bytes)
    with pytest.raises(Stopped):
        WitnessState.open(tmp_path / "nothing")
    assert (state.directory / "keys.txt").stat().st_mode & 0o077 == 0


def test_T15_sixteen_clients_race_and_the_witness_never_signs_two_histories(state: WitnessState) -> None:
    histories = [logs.MemoryLog.of_size(20), logs.MemoryLog.of_size(20, start=500)]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        bodies = [_body(0, 1 + n, log=histories[n % 2]) for n in range(16)]
        answers = list(pool.map(lambda body: state.add_checkpoint(body, at=logs.AT), bodies))
    signed = [n for n, answer in enumerate(answers) if answer.status == 200]
    assert len(signed) == 1
    assert {answer.status for answer in answers} == {200, 409}


def test_the_log_asks_over_tls_and_gets_both_kinds_of_signature(
    server: tuple[str, ssl.SSLContext], state: WitnessState
) -> None:
    url, context = server
    client = WitnessClient(context)
    reply, nobody, unsafe = client(
        [Question(url, _body(0, 5)), Question("https://localhost:9", b""), Question("http://localhost", b"")]
    )
    assert (reply.status, reply.body.count(b"\xe2\x80\x94 witness.xb.example ")) == (200, 2)
    assert nobody.status == unsafe.status == 0
    newest = client.newest(url, origin=logs.ORIGIN)
    assert newest is not None
    assert b"\n5\n" in newest
    assert client.newest(url, origin="log.other.example/x/1") is None
    assert WitnessClient(ssl.create_default_context())([Question(url, _body(0, 5))])[0].status == 0


def test_requests_without_a_length_or_with_too_much_are_closed(server: tuple[str, ssl.SSLContext]) -> None:
    url, context = server
    for path, length, status in (
        ("/add-checkpoint", "99999999", 400),
        ("/other", "0", 404),
        ("/add-checkpoint", "x", 400),
    ):
        connection = http.client.HTTPSConnection(url.removeprefix("https://"), context=context, timeout=5)
        connection.putrequest("POST", path)
        connection.putheader("Content-Length", length)
        connection.endheaders()
        assert connection.getresponse().status == status
        connection.close()
