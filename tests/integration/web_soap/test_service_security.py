"""Who is let in to the CertificateService, by which code everybody else is turned away, and the corpus S01-S30.

One door and everything that is tried at it, hence its length.
"""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from lxml import etree

from opensps.exchange.contracts.certificate_service import CERTIFICATE_SERVICE, FAULTS
from opensps.exchange.contracts.certificate_service_types import CS
from opensps.exchange.models import CallCounter, Partner, PartnerConnection, PartnerCredential
from opensps.exchange.username_token import WSSE
from opensps.lifecycle import OnboardingState
from opensps.web.soap import certificate_service, service_faults
from opensps.web.soap.callers import LIMITS, PartnerCaller, counted
from tests.factories.service_callers import (
    AT,
    Program,
    Served,
    body_of,
    fault_code,
    octets_of,
    plain,
    token_header,
    token_key,
)

XB, BARE = Program("XB"), Program("XB", has_certificate=False)
ONE_IS_ENOUGH = True
VERSIONS = ("1.1", "1.2")
SENDER, RECEIVER = {"1.1": "Client", "1.2": "Sender"}, {"1.1": "Server", "1.2": "Receiver"}


@pytest.fixture
def by_token(served: Served) -> Served:
    """XB agreed on tokens instead of certificates."""
    PartnerConnection.objects.filter(partner__code="XB").update(authentication="digest")
    return served


def _list(program: Program = BARE, header: str = "", **options: Any) -> Any:
    return program.call("ListCertificates", header=header, **options)


def _code(program: Program = BARE, header: str = "", **options: Any) -> tuple[str, str]:
    return fault_code(_list(program, header, **options))


def _let_in(program: Program = BARE, header: str = "", **options: Any) -> bool:
    return str(_list(program, header, **options).tag).endswith("ListCertificatesResponse")


@pytest.mark.parametrize("version", VERSIONS)
def test_zeep_proves_itself_by_token(by_token: Served, version: str) -> None:
    listed = BARE.zeep(version=version, token=True).ListCertificates()
    assert by_token.in_force.number in {each.number for each in listed.certificate}


def test_nobody_is_let_in_without_a_credential(served: Served) -> None:
    assert _code() == ("AuthenticationFailed", "CREDENTIAL_MISSING")


def test_an_unknown_name_a_wrong_key_and_an_unknown_certificate_are_answered_alike(by_token: Served) -> None:
    """Nobody learns from the answer which of them exists."""
    stranger = Program("XZ")
    answers = [
        _list(header=token_header("XZ")),
        _list(header=token_header(key="wrong")),
        _list(stranger),
        _list(Program("XC"), token_header("XB")),
    ]
    assert {fault_code(each) for each in answers} == {("AuthenticationFailed", "CREDENTIAL_INVALID")}
    assert len({each.findtext("faultcode").rpartition(":")[2] for each in answers}) == 1


@pytest.mark.parametrize("created", ["2026-11-20T01:00:00Z", "2026-11-20T01:00:00+00:00", "2026-11-20T01:00:00.123Z"])
def test_s29_forms_of_created_are_accepted(by_token: Served, created: str) -> None:
    assert AT.isoformat() == "2026-11-20T01:00:00+00:00"
    assert _let_in(header=token_header(created=created))


@pytest.mark.parametrize(
    ("header", "code", "wsse"),
    [
        (token_header(at=AT - timedelta(seconds=301)), "TOKEN_EXPIRED", "MessageExpired"),
        (token_header(at=AT + timedelta(seconds=61)), "TOKEN_EXPIRED", "MessageExpired"),
        (token_header().replace("#PasswordDigest", "#PasswordText"), "PASSWORD_TEXT_REFUSED", "InvalidSecurity"),
        (token_header(nonce=b"short"), "CREDENTIAL_INVALID", "InvalidSecurity"),
        (token_header(key="wrong"), "CREDENTIAL_INVALID", "FailedAuthentication"),
    ],
)
@pytest.mark.parametrize("version", VERSIONS)
def test_s29_other_tokens_are_refused_by_code(
    by_token: Served, header: str, code: str, wsse: str, version: str
) -> None:
    fault = _list(header=header, version=version)
    assert fault_code(fault) == ("AuthenticationFailed", code)
    said = fault.findtext("faultcode") if version == "1.1" else fault.findtext(".//{*}Subcode/{*}Value")
    prefix, _, name = said.rpartition(":")
    holder = fault.find("faultcode") if version == "1.1" else fault.find(".//{*}Subcode/{*}Value")
    assert (name, holder.nsmap[prefix]) == (wsse, WSSE)


def test_s29_a_nonce_is_used_once(by_token: Served) -> None:
    header = token_header(nonce=b"sixteen octets..")
    assert _let_in(header=header)
    assert _code(header=header) == ("AuthenticationFailed", "NONCE_REUSED")
    assert _code(header=token_header(nonce=b"sixteen octets..")) == ("AuthenticationFailed", "NONCE_REUSED")


def test_a_wrong_digest_uses_no_nonce_up(by_token: Served) -> None:
    nonce = b"sixteen octets.."
    _list(header=token_header(nonce=nonce, key="wrong"))
    assert _let_in(header=token_header(nonce=nonce))


def test_five_wrong_keys_lock_the_name_for_ten_minutes(by_token: Served) -> None:
    for _ in range(5):
        assert _code(header=token_header(key="wrong")) == ("AuthenticationFailed", "CREDENTIAL_INVALID")
    assert _code(header=token_header()) == ("AuthenticationFailed", "CREDENTIAL_INVALID")
    later = AT + timedelta(minutes=10, seconds=1)
    assert _let_in(header=token_header(at=later), at=later)


def test_names_nobody_has_fill_no_table(by_token: Served) -> None:
    for number in range(7):
        _list(header=token_header(f"X{number}"))
    assert not CallCounter.objects.filter(scope="wsse").exists()


def test_expired_and_text_tokens_lock_nobody(by_token: Served) -> None:
    for _ in range(6):
        _list(header=token_header(at=AT - timedelta(hours=1)))
    assert _let_in(header=token_header())


def test_a_token_is_refused_outside_tls(by_token: Served) -> None:
    answer = BARE.post(plain("ListCertificates", header=token_header()), **{"wsgi.url_scheme": "http"})
    assert fault_code(body_of(answer)) == ("AuthenticationFailed", "CREDENTIAL_INVALID")


def test_what_was_agreed_is_asked_for(served: Served) -> None:
    agreed = PartnerConnection.objects.filter(partner__code="XB")
    cases = {
        "mtls": (True, False, True),
        "digest": (False, True, True),
        "mtls+digest": (False, False, True),
    }
    for authentication, (by_certificate, token_only, both) in cases.items():
        agreed.update(authentication=authentication)
        assert _let_in(XB) is by_certificate
        assert _let_in(BARE, token_header()) is token_only
        assert _let_in(XB, token_header()) is both


def test_certificate_and_token_of_two_partners_are_nobody(served: Served) -> None:
    PartnerConnection.objects.filter(partner__code="XB").update(authentication="digest")
    assert _code(Program("XC"), token_header("XB")) == ("AuthenticationFailed", "CREDENTIAL_INVALID")


def test_an_expired_certificate_is_refused(served: Served) -> None:
    assert _code(XB, at=AT + timedelta(days=500)) == ("AuthenticationFailed", "CREDENTIAL_INVALID")


def test_a_retired_key_and_certificate_open_nothing(by_token: Served) -> None:
    PartnerCredential.objects.filter(partner__code="XB").update(valid_to=AT - timedelta(seconds=1))
    assert _code(BARE, token_header()) == ("AuthenticationFailed", "CREDENTIAL_INVALID")
    assert _code(XB) == ("AuthenticationFailed", "CREDENTIAL_INVALID")


def test_a_suspended_partner_and_one_without_the_channel_are_denied(served: Served) -> None:
    Partner.objects.filter(code="XB").update(state=OnboardingState.APPLIED.value)
    assert _code(XB) == ("AccessDenied", "PARTNER_SUSPENDED")
    Partner.objects.filter(code="XB").update(state=OnboardingState.LIVE.value)
    PartnerConnection.objects.filter(partner__code="XB").update(is_active=False)
    assert _code(XB) == ("AccessDenied", "CHANNEL_NOT_AGREED")


def test_without_the_key_of_the_installation_tokens_cannot_be_looked_at(by_token: Served, settings: Any) -> None:
    settings.OPENSPS_EXCHANGE_KEY = None
    assert _code(BARE, token_header()) == ("ServiceUnavailable", "STORAGE_UNAVAILABLE")


def test_calls_are_limited_by_the_minute_and_at_once(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    PartnerConnection.objects.filter(partner__code="XB").update(limits={"calls_per_minute": 2})
    assert _let_in(XB)
    assert _let_in(XB)
    answer = XB.post(plain("ListCertificates"))
    assert fault_code(body_of(answer)) == ("LimitExceeded", "RATE_LIMIT")
    assert 1 <= int(answer.headers["Retry-After"]) <= 61
    assert _let_in(Program("XC")), "limits are of each partner"
    LIMITS.forget()
    PartnerConnection.objects.filter(partner__code="XB").update(limits={"at_once": 1})

    def during(_call: Any, caller: PartnerCaller) -> Any:
        with pytest.raises(Exception, match="at once"), counted(caller, at=datetime.now(UTC), trace="t"):
            pass
        return {"certificate": (), "nextCursor": "c", "hasMore": False}

    monkeypatch.setattr(certificate_service, "HANDLERS", {"ListCertificates": during})
    assert _let_in(XB)
    assert _let_in(XB), "the place was given back"


@pytest.mark.parametrize("version", VERSIONS)
def test_storage_trouble_is_ours_and_may_be_tried_again(
    served: Served, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise OperationalError("disk")

    monkeypatch.setattr(certificate_service, "HANDLERS", {"ListCertificates": broken})
    answer = XB.post(
        plain("ListCertificates", version=version),
        content_type="text/xml" if version == "1.1" else "application/soap+xml",
    )
    body = body_of(answer)
    assert fault_code(body) == ("ServiceUnavailable", "STORAGE_UNAVAILABLE")
    assert (answer.status_code, answer.headers["Retry-After"]) == (500, "30")
    said = body.findtext("faultcode") if version == "1.1" else body.findtext("{*}Code/{*}Value")
    assert said.endswith(RECEIVER[version])


@pytest.mark.parametrize("version", VERSIONS)
def test_a_fault_of_the_sender_says_so_in_its_version(served: Served, version: str) -> None:
    kind = {"1.1": "text/xml; charset=utf-8", "1.2": "application/soap+xml; charset=utf-8"}[version]
    answer = XB.post(plain("GetCertificate", version=version), content_type=kind)
    body = body_of(answer)
    assert answer.status_code == (500 if version == "1.1" else 400)
    assert answer.headers["Content-Type"] == kind
    if version == "1.1":
        assert body.findtext("faultcode") == "soap:Client"
    else:
        assert body.findtext("{*}Code/{*}Value") == "soap:Sender"
        value = body.find("{*}Code/{*}Subcode/{*}Value")
        assert (value.text, value.nsmap["sub"]) == ("sub:InvalidRequest", CS)


def _posted(octets: bytes, content_type: str = "text/xml; charset=utf-8", **meta: Any) -> tuple[int, Any]:
    answer = XB.post(octets, content_type=content_type, **meta)
    return answer.status_code, body_of(answer) if answer.headers["Content-Type"].startswith(
        ("text/xml", "app")
    ) else None


LIST = plain("ListCertificates")


@pytest.mark.parametrize("action", [None, "", '""', f'"{CS}/ListCertificates"', f"{CS}/ListCertificates"])
def test_s01_s04_actions_that_say_nothing_else_are_taken(served: Served, action: str | None) -> None:
    assert _posted(LIST, **({} if action is None else {"HTTP_SOAPACTION": action}))[0] == 200
    if action:
        kind = f'application/soap+xml; charset=utf-8; action="{action.strip(chr(34))}"'
        assert _posted(plain("ListCertificates", version="1.2"), kind)[0] == 200


def test_s05_the_action_of_another_operation_is_refused(served: Served) -> None:
    _, fault = _posted(LIST, HTTP_SOAPACTION=f'"{CS}/GetCertificate"')
    assert fault_code(fault) == ("InvalidRequest", "ACTION_MISMATCH")


def test_s06_addressing_headers_are_read_by_nobody(served: Served) -> None:
    wsa = "http://www.w3.org/2005/08/addressing"
    header = f'<a:Action xmlns:a="{wsa}" s:mustUnderstand="1">urn:other</a:Action><a:ReplyTo xmlns:a="{wsa}"/>'
    assert _posted(plain("ListCertificates", header=header))[0] == 200


def test_s08_s10_prefixes_are_free_order_and_strangers_are_not(served: Served) -> None:
    prefixed = LIST.replace(b"<ListCertificates xmlns=", b"<ns7:ListCertificates xmlns:ns7=").replace(
        b"</ListCertificates>", b"</ns7:ListCertificates>"
    )
    assert _posted(prefixed)[0] == 200
    for inner in (
        "<maximum>5</maximum><importCountry>XB</importCountry>",
        "<unknown/>",
        "<maximum>5</maximum><maximum>6</maximum>",
        '<maximum xmlns="urn:other">5</maximum>',
    ):
        assert fault_code(XB.call("ListCertificates", inner)) == ("InvalidRequest", "SCHEMA_INVALID")


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        (b'<!DOCTYPE x [<!ENTITY a "b">]>' + LIST, "XML_NOT_ALLOWED"),
        (b"<a>" * 10_000 + b"</a>" * 10_000, "XML_NOT_ALLOWED"),
        (
            LIST.replace(
                b"<ListCertificates", b"<ListCertificates " + b" ".join(b'a%d="1"' % i for i in range(200_000))
            ),
            "XML_NOT_ALLOWED",
        ),
        (
            LIST.replace(b"></ListCertificates>", b">" + b"<maximum>5</maximum>" * 50_001 + b"</ListCertificates>"),
            "XML_NOT_ALLOWED",
        ),
        (LIST[:-5], "XML_NOT_ALLOWED"),
        (b"", "XML_NOT_ALLOWED"),
        (b"<html/>", "SCHEMA_INVALID"),
        (LIST.replace(b"<ListCertificates xmlns", b"<a/><ListCertificates xmlns"), "SCHEMA_INVALID"),
        (plain("Nothing"), "UNKNOWN_OPERATION"),
        (LIST.replace(CS.encode(), b"urn:opensps:certificate-service:2"), "UNKNOWN_OPERATION"),
        (plain("ListCertificates", "<maximum>0</maximum>"), "VALUE_OUT_OF_RANGE"),
        (plain("ListCertificates", "<maximum>1001</maximum>"), "VALUE_OUT_OF_RANGE"),
        (plain("ListCertificates", "<maximum>five</maximum>"), "SCHEMA_INVALID"),
        (plain("ListCertificates", "<exportCountry>xa</exportCountry>"), "SCHEMA_INVALID"),
        (plain("ListCertificates", "<typeCode>2147483648</typeCode>"), "VALUE_OUT_OF_RANGE"),
    ],
)
def test_s17_s23_s26_what_is_no_request_is_refused_by_code(served: Served, octets: bytes, code: str) -> None:
    assert fault_code(_posted(octets)[1])[1] == code


def test_s17_a_body_above_the_limit_is_refused_before_it_is_read(served: Served) -> None:
    status, fault = _posted(LIST + b" " * 15_000_001)
    assert (status, fault_code(fault)) == (413, ("LimitExceeded", "BODY_TOO_LARGE"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_s21_encodings_are_read_by_their_mark_or_name(served: Served, encoding: str) -> None:
    name = "" if encoding.startswith("utf") else f'<?xml version="1.0" encoding="{encoding}"?>'
    assert _posted((name + LIST.decode()).encode(encoding), "text/xml")[0] == 200


@pytest.mark.parametrize("kind", ["multipart/related; boundary=x", "text/html", "application/json"])
def test_s22_what_is_no_xml_is_415(served: Served, kind: str) -> None:
    assert _posted(LIST, kind)[0] == 415
    assert XB.post(LIST, HTTP_CONTENT_ENCODING="gzip").status_code == 415


def test_s23_an_unknown_envelope_is_a_version_mismatch_with_its_detail(served: Served) -> None:
    _, fault = _posted(LIST.replace(b"schemas.xmlsoap.org/soap/envelope", b"example.org/other"))
    assert fault.findtext("faultcode") == "soap:VersionMismatch"
    assert fault_code(fault) == ("InvalidRequest", "SCHEMA_INVALID")


@pytest.mark.parametrize("version", VERSIONS)
def test_s25_an_unknown_header_that_must_be_understood_is_a_fault_with_its_detail(served: Served, version: str) -> None:
    fault = XB.call("ListCertificates", header='<x xmlns="urn:x" s:mustUnderstand="1"/>', version=version)
    said = fault.findtext("faultcode") or fault.findtext("{*}Code/{*}Value")
    assert said == "soap:MustUnderstand"
    assert fault_code(fault) == ("InvalidRequest", "SCHEMA_INVALID")


def test_a_security_header_that_must_be_understood_is(by_token: Served) -> None:
    assert _let_in(BARE, token_header().replace("<w:Security ", '<w:Security s:mustUnderstand="1" '))


def test_an_unforeseen_mistake_is_a_fault_with_a_reference_and_nothing_else(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise ZeroDivisionError(f"secret {token_key('XB')}")

    monkeypatch.setattr(certificate_service, "HANDLERS", {"ListCertificates": broken})
    answer = XB.post(LIST)
    assert fault_code(body_of(answer)) == ("ServiceUnavailable", "INTERNAL_ERROR")
    assert b"secret" not in octets_of(answer)
    assert b"Traceback" not in octets_of(answer)


def test_every_code_has_one_element_and_every_element_its_codes() -> None:
    codes = [code for codes in service_faults.ELEMENTS.values() for code in codes]
    assert len(codes) == len(set(codes))
    assert set(service_faults.ELEMENTS) == set(FAULTS)
    assert set(codes) >= service_faults.RETRYABLE


def test_every_fault_is_declared_where_it_can_come() -> None:
    declared = {each.name: {fault.name for fault in each.faults} for each in CERTIFICATE_SERVICE.operations}
    assert {name: sorted(set(FAULTS) - held) for name, held in declared.items()} == {
        "ListCertificates": ["Conflict", "NotFound"],
        "GetCertificate": ["Conflict"],
        "VerifyCertificate": ["NotFound"],
        "Acknowledge": ["NotFound"],
        "SubmitOutcome": [],
        "OpenInquiry": [],
        "GetInquiry": ["Conflict"],
    }


def test_answers_are_valid_against_the_schema_we_publish(served: Served) -> None:
    schema = etree.XMLSchema(etree.fromstring(certificate_service.document("xsd", "certificate-service", "") or b""))
    number = f"<number>{served.in_force.number}</number>"
    for operation, inner in (
        ("ListCertificates", ""),
        ("GetCertificate", f"{number}<include>DETACHED_SIGNATURE</include>"),
        ("VerifyCertificate", number),
        ("Acknowledge", "<item><deliveryNumber>x</deliveryNumber><result>RECEIVED</result></item>"),
    ):
        answer = XB.call(operation, inner)
        schema.assertValid(etree.fromstring(etree.tostring(answer)))
        assert answer.tag == f"{{{CS}}}{operation}Response"


def test_base64_may_be_folded(served: Served) -> None:
    folded = base64.encodebytes(bytes(served.in_force.xml or b"")).decode()
    answer = XB.call("VerifyCertificate", f"<content>{folded}</content>")
    assert answer.tag.endswith("VerifyCertificateResponse")


def test_a_mistake_of_a_caller_is_no_error_in_our_log(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    """A fault has status 500 in SOAP 1.1; nobody should be woken for it."""
    answer = Client().post(f"/{certificate_service.ADDRESS}", plain("Nothing"), content_type="text/xml", secure=True)
    assert answer.status_code == 500
    assert [record.name for record in caplog.records if record.levelname == "ERROR"] == []
