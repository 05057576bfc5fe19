"""Pushing over REST: our client against our own API over TLS, and against a partner that answers anything."""

import hashlib
import json
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from opensps.certificate import Acknowledgement, Code, OfficialTime, ReferencedDocument, Text
from opensps.certification.models import ReportedOutcome
from opensps.exchange.models import Envelope
from opensps.exchange.transports.rest import RestTransport
from opensps.exchange.transports.transport import (
    Answer,
    Channel,
    Connection,
    Credential,
    Kind,
    Outbound,
    Refused,
    Seen,
    Sent,
    Uncertain,
    Unreachable,
)
from opensps.formats import write_acknowledgement
from opensps.lifecycle import AcknowledgementCode, TrackingInfo
from opensps.project.serving.tls import TlsFiles
from tests.databases import Fresh
from tests.factories import mail as mails
from tests.factories.certification import cast, certificate_in
from tests.factories.client_certificates import client_identity, der_of
from tests.factories.https_servers import HttpsServer, Received, Step, answer, server_files
from tests.factories.incoming import NUMBER, theirs
from tests.factories.rest import (
    KeyClient,
    partner_of,
    registered,
    registered_secret,
    waiting_envelope,
)
from tests.factories.rest_installation import installation

SECRET = Credential(use="oauth_client", name="xb", secret=b"a secret", is_ours=True)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> TlsFiles:
    return server_files(tmp_path_factory.mktemp("partner"))


@pytest.fixture(autouse=True)
def _demo(settings: Any) -> None:
    settings.OPENSPS_DEMO = True


def connected(server: HttpsServer, files: TlsFiles, *ours: Credential, **options: Any) -> Connection:
    trusted = Credential(use="server_tls", material=files.authority.read_text())
    return Connection(
        id=secrets.randbelow(10**9),
        partner="XA",
        channel=Channel.REST,
        connection_code="XA",
        own_code="XB",
        address=server.url("/api/v1/"),
        options=options,
        credentials=(trusted, *(ours or (SECRET,))),
    )


def outbound(connection: Connection, content: bytes | None = None, **parts: Any) -> Outbound:
    data = theirs() if content is None else content
    given = {
        "delivery_number": "01JD0000000000000000000001",
        "kind": Kind.CERTIFICATE,
        "from_code": "XB",
        "to_code": "XA",
        "number": NUMBER,
        "type_code": "851",
        "status_code": "70",
        "version": 1,
        "certificate_state": "in_force",
        **parts,
    }
    return Outbound(content=data, sha256=hashlib.sha256(data).hexdigest(), connection=connection, **given)


def test_two_installations_exchange_a_certificate_and_its_acknowledgement(
    fresh_database: Fresh, files: TlsFiles
) -> None:
    ours = Credential(
        use="oauth_client", name="xb", secret=registered_secret(partner_of(), name="xb").encode(), is_ours=True
    )
    transport = RestTransport()
    with HttpsServer(files, installation) as server:
        sending = outbound(connected(server, files, ours))
        first, again = transport.send(sending), transport.send(sending)
        assert isinstance(first, Sent)
        assert first.tracking is TrackingInfo.DELIVERED
        assert first == again, "a repeat is absorbed"
        known = transport.ask(replace(sending, remote_number=first.remote_number))
        nothing = transport.ask(replace(sending, remote_number="01JD0000000000000000000002"))
        unknown = transport.ask(sending)
    assert known == Seen(True, first.remote_number, TrackingInfo.DELIVERED)
    assert nothing == unknown == Seen(is_known=False, is_final_answer=True)
    assert [each.path for each in server.received].count("/oauth2/token") == 1, "one token for all"
    row = Envelope.objects.get()
    assert (row.remote_number, row.direction, bytes(row.content.data)) == (  # type: ignore[union-attr]  # fails if None
        sending.delivery_number, "in", theirs(),
    )  # fmt: skip


def test_what_a_border_decided_reaches_the_issuing_authority_over_rest_once(
    fresh_database: Fresh, files: TlsFiles
) -> None:
    """I34: whatever is repeated on the wire, the record of the issuer holds it once."""
    certificate = certificate_in(cast())
    partner = partner_of()
    waiting_envelope(partner, number=certificate.number, content=bytes(certificate.xml or b""))
    ours = Credential(
        use="oauth_client", name="xb", secret=registered_secret(partner, name="xb").encode(), is_ours=True
    )
    answer_of_xb = write_acknowledgement(
        Acknowledgement(
            status_code="122",
            issued=OfficialTime.moment(mails.NOW, offset_minutes=0),
            reasons=(Text("ACCEPT_PARTLY; XBAAA; line 1: 40.5 KGM", "en"),),
            references=(ReferencedDocument(relationship=Code("CAW", "un_1153"), id=certificate.number),),
        )
    )
    with HttpsServer(files, installation) as server:
        sending = outbound(
            connected(server, files, ours), answer_of_xb, kind=Kind.RESPONSE, number=certificate.number,
            status_code="122",
        )  # fmt: skip
        transport = RestTransport()
        sent = [transport.send(sending) for _ in range(3)]
        other = transport.send(replace(sending, delivery_number="01JD0000000000000000000009"))
    assert {type(each) for each in (*sent, other)} == {Sent}, other
    assert sent[0].tracking is TrackingInfo.DELIVERED, sent[0]  # type: ignore[union-attr]  # all are Sent
    report = ReportedOutcome.objects.get()
    assert (report.reporter, report.outcome, report.certificate.number) == ("XB", "accepted_partly", certificate.number)
    assert report.quantities == [[1, "40.5", "KGM"]]


def test_after_a_lost_answer_the_same_envelope_is_sent_again_and_is_one(fresh_database: Fresh, files: TlsFiles) -> None:
    ours = Credential(
        use="oauth_client", name="xb", secret=registered_secret(partner_of(), name="xb").encode(), is_ours=True
    )

    def cut_once(request: Received) -> list[Step]:
        said = installation(request)
        is_first = request.path == "/api/v1/envelopes" and len(server.received) == 2
        return [] if is_first else said

    transport = RestTransport()
    with HttpsServer(files, cut_once) as server:
        sending = outbound(connected(server, files, ours))
        assert isinstance(transport.send(sending), Uncertain)
        assert isinstance(transport.send(sending), Sent)
    assert Envelope.objects.count() == 1


def test_a_signed_statement_proves_us(fresh_database: Fresh, files: TlsFiles) -> None:
    client = KeyClient.made(partner_of(), name="xb")
    ours = Credential(
        use="oauth_client", name="xb", secret=json.dumps(client.key.as_dict(private=True)).encode(), is_ours=True
    )

    def believing(request: Received) -> list[Step]:
        assert request.path != "/oauth2/token" or b"client_assertion" in request.body
        return installation(request)

    with HttpsServer(files, believing) as server:
        sending = outbound(connected(server, files, ours))
        assert isinstance(RestTransport().send(sending), Sent)
    refused = RestTransport().send(replace(sending, connection=replace(sending.connection, credentials=())))
    assert isinstance(refused, Unreachable)
    assert refused.code == "ours"


def test_a_client_certificate_proves_us_and_binds_the_token(fresh_database: Fresh, files: TlsFiles) -> None:
    identity = client_identity()
    sha256 = hashlib.sha256(der_of(identity)).hexdigest()
    registered(partner_of(), name="xb-tls", material=identity.certificate_pem.decode(), fingerprint=sha256)
    ours = Credential(
        use="client_tls",
        name="xb-tls",
        material=identity.certificate_pem.decode(),
        secret=identity.key_pem,
        is_ours=True,
    )
    with HttpsServer(files, installation, identity.certificate_pem) as server:
        assert isinstance(RestTransport().send(outbound(connected(server, files, ours))), Sent)


def test_an_acknowledgement_of_ours_goes_to_the_envelope_it_answers(fresh_database: Fresh, files: TlsFiles) -> None:
    partner = partner_of()
    row = waiting_envelope(partner)
    ours = Credential(
        use="oauth_client", name="xb", secret=registered_secret(partner, name="xb").encode(), is_ours=True
    )
    with HttpsServer(files, installation) as server:
        sending = outbound(
            connected(server, files, ours),
            kind=Kind.ACKNOWLEDGEMENT,
            in_reply_to_remote=row.delivery_number,
            result=AcknowledgementCode.RECEIVED_REMARKS,
            text="a remark",
        )
        assert isinstance(RestTransport().send(sending), Sent)
    row.refresh_from_db()
    assert (row.state, row.tracking_text) == ("received_remarks", "a remark")


def said(files: TlsFiles, steps: list[Step], *, token: list[Step] | None = None) -> Answer:
    """Send one envelope to a partner that answers so."""
    good = answer(json.dumps({"access_token": "t", "expires_in": 900}).encode())

    def script(request: Received) -> list[Step]:
        return (good if token is None else token) if request.path == "/oauth2/token" else steps

    with HttpsServer(files, script) as server:
        return RestTransport().send(outbound(connected(server, files)))


RECEIPT = {"delivery_number": "N1", "tracking_info": "Delivered", "result": "RECEIVED"}


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (202, RECEIPT, Sent("N1", TrackingInfo.DELIVERED, code="202")),
        (200, {**RECEIPT, "tracking_info": "FailedDelivery", "text": "no"},
         Sent("N1", TrackingInfo.FAILED_DELIVERY, "no", code="200")),
        (202, {**RECEIPT, "tracking_info": "Shelved"}, Sent("N1", None, code="202", unknown_word="Shelved")),
        (202, {}, Uncertain("the answer names no delivery", code="202")),
        (202, [1], Uncertain("the answer names no delivery", code="202")),
        (307, {}, Unreachable("a redirect, which is not followed", code="307", pauses="redirect")),
        (403, {"title": "Suspended"}, Unreachable("Suspended", code="403", pauses="forbidden")),
        (422, {"title": "Form", "errors": [{"detail": "number is missing"}]},
         Refused("Form; number is missing", code="422")),
        (413, {}, Refused("HTTP 413", code="413")),
        (404, {}, Refused("HTTP 404", code="404")),
        (503, {"title": "Later"}, Unreachable("Later", code="503")),
        (409, {"title": "At work"}, Unreachable("At work", code="409", is_about_envelope=True)),
        (401, {}, Unreachable("HTTP 401", code="401", pauses="not_known_there")),
    ],
)  # fmt: skip
def test_every_answer_has_its_meaning(files: TlsFiles, status: int, body: Any, expected: Answer) -> None:
    assert said(files, answer(json.dumps(body).encode(), status=status)) == expected


def test_what_they_ask_for_is_waited_for(files: TlsFiles) -> None:
    result = said(files, answer(b"{}", status=429, headers={"Retry-After": "30"}))
    assert result == Unreachable("HTTP 429", timedelta(seconds=30), code="429", is_about_envelope=True)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"\xff", b"[" * 100_000, b'{"tracking_info": 5, "delivery_number": []}']
)
def test_an_answer_that_is_no_json_is_no_acknowledgement(files: TlsFiles, body: bytes) -> None:
    assert isinstance(said(files, answer(body, status=202)), Uncertain)


@pytest.mark.parametrize(
    ("token", "pauses"),
    [
        (answer(b'{"error": "invalid_client"}', status=401), "not_known_there"),
        (answer(b'{"error": "temporarily_unavailable"}', status=429), ""),
        (answer(b"<html>", status=200), ""),
        (answer(b'{"access_token": "a\\r\\nX: y", "expires_in": 900}'), ""),
        (answer(b'{"access_token": 5}'), ""),
        (answer(status=302), ""),
        ([], ""),
    ],
)
def test_without_a_token_nothing_is_sent(files: TlsFiles, token: list[Step], pauses: str) -> None:
    result = said(files, answer(json.dumps(RECEIPT).encode(), status=202), token=token)
    assert isinstance(result, Unreachable | Uncertain)
    assert not isinstance(result, Unreachable) or result.pauses == pauses


def test_a_token_that_is_not_taken_any_more_is_changed_once(files: TlsFiles) -> None:
    tokens: list[str] = []

    def script(request: Received) -> list[Step]:
        if request.path == "/oauth2/token":
            tokens.append(f"t{len(tokens)}")
            return answer(json.dumps({"access_token": tokens[-1], "expires_in": 900}).encode())
        is_new = request.headers["authorization"] == "Bearer t1"
        return answer(json.dumps(RECEIPT).encode(), status=202) if is_new else answer(status=401)

    with HttpsServer(files, script) as server:
        assert isinstance(RestTransport().send(outbound(connected(server, files))), Sent)
    assert tokens == ["t0", "t1"]


def test_another_servers_certificate_pauses_the_connection(files: TlsFiles) -> None:
    with HttpsServer(files, lambda _: answer()) as server:
        pinned = Credential(use="server_tls", fingerprint="0" * 64)
        connection = replace(connected(server, files), credentials=(pinned, SECRET))
        result = RestTransport().send(outbound(connection))
    assert isinstance(result, Unreachable)
    assert result.pauses == "pin"
    assert server.received == []
