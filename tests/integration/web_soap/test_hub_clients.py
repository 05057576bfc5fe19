"""Programs of others at our hub over TLS: zeep with the Hub's own WSDL, one without any, an old one, Node's, a crowd.

`exchange.md` 10: zeep client, second and third client; S30.
"""

import json
import re
import shutil
import subprocess
import warnings
from concurrent.futures import ThreadPoolExecutor
from html import escape
from pathlib import Path
from typing import Any

import pytest
import requests
import zeep
from lxml import etree
from zeep.exceptions import Fault
from zeep.plugins import HistoryPlugin

from opensps.exchange.contracts.hub import CONTRACT
from opensps.exchange.contracts.wsdl import wsdl
from opensps.exchange.models import Envelope
from tests.factories.incoming import theirs
from tests.integration.web_soap.contents import ESCAPED, NUMBER, TO_XC
from tests.integration.web_soap.hub_messages import EPH, SOAP, Validator, call, deliver, fault, values
from tests.integration.web_soap.served_hub import ServedHub, served

__all__ = ["served"]

pytestmark = pytest.mark.needs("reference")
BINDING = "{http://ephyto.ippc.int/}DeliveryServiceSoapBinding"


class ZeepClient:
    """A participant that uses zeep and the Hub's WSDL from a file, and looks at each message it sends and gets."""

    def __init__(self, served: ServedHub, reference: Path, code: str) -> None:
        session = requests.Session()
        session.trust_env = False
        session.verify = str(served.authority)
        session.cert = str(served.pem(code))
        self.history = HistoryPlugin()
        wsdl = str(reference / "hub" / "wsdl" / "ephyto-hub-production.wsdl")
        self.client = zeep.Client(wsdl, transport=zeep.Transport(session=session, timeout=30), plugins=[self.history])
        self.service = self.client.create_service(BINDING, served.url)
        self.validator = Validator(reference)

    def __call__(self, operation: str, *given: Any, **named: Any) -> Any:
        """Call, and hold request and answer to the reference schema."""
        try:
            return self.service[operation](*given, **named)
        finally:
            for message in (self.history.last_sent, self.history.last_received):
                if message is not None:
                    self.validator.check(etree.tostring(message["envelope"]))

    def refused(self, operation: str, *given: Any, **named: Any) -> str:
        """Call, and return the text of the fault that must come."""
        with pytest.raises(Fault) as caught:
            self(operation, *given, **named)
        detail = caught.value.detail
        assert detail is not None
        return str(detail[0].findtext(f"{{{EPH}}}message"))


@pytest.fixture
def zeep_of(served: ServedHub, reference: Path) -> Any:
    """Returns the zeep client of a participant, made once for the module."""

    def client(code: str) -> ZeepClient:
        if code not in served.kept:
            served.kept[code] = ZeepClient(served, reference, code)
        kept: ZeepClient = served.kept[code]
        return kept

    return client


def envelope(number: str = NUMBER, **changes: Any) -> dict[str, Any]:
    return {
        "From": "XB",
        "To": "XC",
        "CertificateType": 851,
        "CertificateStatus": 70,
        "NPPOCertificateNumber": number,
    } | changes


def certificate(number: str) -> str:
    return theirs(number, **TO_XC).decode()


def test_zeep_sends_collects_and_acknowledges_with_all_27_operations(zeep_of: Any) -> None:
    xb, xc = zeep_of("XB"), zeep_of("XC")
    used: set[str] = set()

    def ask(client: ZeepClient, operation: str, *given: Any, **named: Any) -> Any:
        used.add(operation)
        return client(operation, *given, **named)

    first = ask(xb, "DeliverEnvelope", env=envelope("Z/1", Content=certificate("Z/1")))
    assert (first.HUBTrackingInfo, first.From, first.CertificateType) == ("PendingDelivery", "XB", 851)
    second = ask(xb, "ValidateAndDeliverEnvelope", envelope=envelope("Z/2", Content=certificate("Z/2")))
    typed = ask(xb, "DeliverPhytoEnvelope", ePhytoEnvelope=envelope("Z/3", SPSCertificate={}))
    assert typed.HUBTrackingInfo == "FailedDelivery"
    third = ask(xb, "DeliverEnvelope", env=envelope("Z/4", Content=certificate("Z/4")))
    waiting = ask(xc, "GetImportEnvelopeHeaders")
    assert first.hubDeliveryNumber in [each.hubDeliveryNumber for each in waiting]
    assert ask(xc, "GetImportEnvelopeHeaders", countryCode="XQ") in (None, [])
    pulled = ask(xc, "PULLSingleImportEnvelope", hubTrackingNumber=first.hubDeliveryNumber)
    assert pulled.Content == certificate("Z/1")
    assert pulled.Content in [each.Content for each in ask(xc, "PULLImportEnvelope")]
    assert ask(xc, "PULLSingleImportEnvelope", hubTrackingNumber="unknown") is None
    assert first.hubDeliveryNumber in [each.hubDeliveryNumber for each in ask(xb, "GetUnderDeliveryEnvelope")]

    ask(xc, "AcknowledgeEnvelopeReceipt", hubTrackingNumber=first.hubDeliveryNumber)
    number = second.hubDeliveryNumber
    if second.HUBTrackingInfo == "PendingDelivery":
        assert ask(xc, "AdvancedAcknowledgeEnvelopeReceipt", hubTrackingNumber=number, warningMessage="odd") == "OK"
    number = third.hubDeliveryNumber
    assert ask(xc, "AcknowledgeFailedEnvelopeReceipt", hubTrackingNumber=number, message="broken") == "OK"
    again = ask(xc, "AdvancedAcknowledgeEnvelopeReceipt", hubTrackingNumber=number, warningMessage="odd")
    assert again == "Already DeliveredNotReadable"
    told = ask(xb, "GetEnvelopeTrackingInfo", hubTrackingNumber=number)
    assert (told.HUBTrackingInfo, told.hubDeliveryErrorMessage) == ("DeliveredNotReadable", "broken")

    fourth = ask(xb, "DeliverEnvelope", env=envelope("Z/5", Content=certificate("Z/5")))
    update = envelope("Z/5", hubDeliveryNumber=fourth.hubDeliveryNumber, HUBTrackingInfo="Delivered")
    ask(xc, "SetTrackingInfoUpdate", header=update)
    assert xb("GetEnvelopeTrackingInfo", hubTrackingNumber=fourth.hubDeliveryNumber).HUBTrackingInfo == "Delivered"
    answer = envelope("Z/1", From="XC", To="XB", CertificateStatus=39, SPSAcknowledgement={})
    assert ask(xc, "DeliverCountryResponseEnvelope", CountryResponseEnvelope=answer).HUBTrackingInfo == "FailedDelivery"

    assert ask(xc, "GetProfile").Country == "XC"
    assert [each.Country for each in ask(xc, "GetActiveNppos")] == ["XA", "XB", "XC", "XD"]
    assert [each.Code for each in ask(xc, "GetAvailableChannels")] == ["XA", "XB", "XD"]
    findings = ask(xb, "ValidatePhytoXML", ePhytoXML=certificate("Z/6"))
    assert {each.area for each in findings} <= {"MandatoryElements", "Mapping", "Schema"}
    assert [each.level for each in xb("ValidatePhytoXML", ePhytoXML="nothing")] == ["SEVERE"]
    lists = {name: ask(xb, name) for name in CONTRACT.by_name if name not in used and name.startswith("Get")}
    assert all(found for name, found in lists.items() if name != "GetAdditionalDeclarations")
    assert {(each.code, each.level, each.parentCode) for each in lists["GetTreatmentTypes"]} >= {
        ("CHT", 1, None),
        ("FG", 2, "CHT"),
    }
    assert {each.lang for each in lists["GetConditions"]} == {"en", "zh"}
    assert {each.type for each in lists["GetUnitMeasures"] if each.code == "KGM"} == {"WEIGHT"}
    assert used == CONTRACT.by_name.keys()


def test_zeep_reads_every_fault_as_the_hubs_own(zeep_of: Any) -> None:
    xb = zeep_of("XB")
    for name, more in (
        ("AcknowledgeEnvelopeReceipt", {}),
        ("AdvancedAcknowledgeEnvelopeReceipt", {"warningMessage": "x"}),
        ("AcknowledgeFailedEnvelopeReceipt", {"message": "x"}),
    ):
        assert xb.refused(name, hubTrackingNumber="unknown", **more) == "Envelope not found"
    update = envelope(hubDeliveryNumber="unknown", HUBTrackingInfo="Delivered")
    assert xb.refused("SetTrackingInfoUpdate", header=update) == "Envelope not found"


def test_a_certificate_nobody_wrote_down_gets_the_known_fault_through_tls(zeep_of: Any) -> None:
    assert zeep_of("XQ").refused("GetProfile") == "NPPO from client certificate not found"


def test_no_certificate_is_answered_403_with_a_short_text(served: ServedHub) -> None:
    assert served.post("", call("GetProfile")) == (
        403,
        "text/plain; charset=utf-8",
        b"A client certificate is needed.\n",
    )


def test_a_plain_program_without_any_contract_works(served: ServedHub) -> None:
    number = "P/1"
    body = deliver(f"<![CDATA[{certificate(number)}]]>", NPPOCertificateNumber=number)
    status, media_type, answer = served.post("XB", body, SOAPAction='""')
    assert (status, media_type) == (200, "text/xml; charset=utf-8")
    word, given = values(answer, "HUBTrackingInfo", "hubDeliveryNumber")
    assert word == "PendingDelivery"
    pulled = served.post("XC", call("PULLSingleImportEnvelope", hubTrackingNumber=given or ""), SOAPAction='""')[2]
    assert values(pulled, "Content") == [certificate(number)]
    assert served.post("XC", call("AcknowledgeEnvelopeReceipt", hubTrackingNumber=given or ""))[0] == 200
    told = served.post("XB", call("GetEnvelopeTrackingInfo", hubTrackingNumber=given or ""))[2]
    assert values(told, "HUBTrackingInfo") == ["Delivered"]
    status, _, wrong = served.post("XB", call("AcknowledgeEnvelopeReceipt", hubTrackingNumber=given or ""))
    assert (status, fault(wrong)[2]) == (500, "Envelope not found")


def test_an_old_program_that_types_every_element_works(served: ServedHub) -> None:
    """Axis 1: its own prefixes, `xsi:type` on everything, SOAP encoding declared, attributes nobody asked for."""
    number = "A/1"
    types = {"CertificateType": "int", "CertificateStatus": "int"}
    texts = {"From": "XB", "To": "XC", "CertificateType": "851", "CertificateStatus": "70"}
    inner = "".join(
        f'<ns2:{name} xsi:type="xsd:{types.get(name, "string")}" xmlns:ns2="http://ephyto.ippc.int/HUB.Entities">{text}'
        f"</ns2:{name}>"
        for name, text in {**texts, "NPPOCertificateNumber": number, "Content": escape(certificate(number))}.items()
    )
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<soapenv:Envelope xmlns:soapenv="{SOAP}" xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><ns1:DeliverEnvelope '
        f'soapenv:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/" xmlns:ns1="{EPH}">'
        f'<ns1:env xsi:type="ns3:Envelope" xmlns:ns3="http://ephyto.ippc.int/HUB.Entities">{inner}</ns1:env>'
        "</ns1:DeliverEnvelope></soapenv:Body></soapenv:Envelope>"
    ).encode()
    status, _, answer = served.post("XB", body, SOAPAction="", Accept="text/*", Pragma="no-cache")
    assert (status, values(answer, "HUBTrackingInfo")) == (200, ["PendingDelivery"])


NODE = """
const https = require("https"), fs = require("fs");
const { url, ca, pem, bodies } = JSON.parse(fs.readFileSync(0, "utf8"));
const ask = (body, key) => new Promise((done, failed) => {
  const call = https.request(url, { method: "POST", ca: fs.readFileSync(ca), cert: fs.readFileSync(key),
    key: fs.readFileSync(key), headers: { "Content-Type": "text/xml;charset=UTF-8", SOAPAction: '""' } }, (answer) => {
    let text = ""; answer.setEncoding("utf8");
    answer.on("data", (piece) => (text += piece)).on("end", () => done([answer.statusCode, text])); });
  call.on("error", failed); call.end(body);
});
(async () => {
  const sent = await ask(bodies[0], pem[0]);
  const number = /hubDeliveryNumber>([^<]+)</.exec(sent[1])[1];
  const said = [sent];
  for (const [place, body] of bodies.slice(1).entries()) said.push(await ask(body.replace("NUMBER", number), pem[1]));
  console.log(JSON.stringify(said));
})();
"""


def talk_by_node(served: ServedHub) -> None:
    """Send, collect, acknowledge and ask with a program in another language."""
    number = "N/1"
    bodies = [
        deliver(escape(certificate(number)), NPPOCertificateNumber=number),
        call("PULLSingleImportEnvelope", hubTrackingNumber="NUMBER"),
        call("AcknowledgeEnvelopeReceipt", hubTrackingNumber="NUMBER"),
        call("GetEnvelopeTrackingInfo", hubTrackingNumber="NUMBER"),
    ]
    given = {
        "url": served.url,
        "ca": str(served.authority),
        "pem": [str(served.pem("XB")), str(served.pem("XC"))],
        "bodies": [body.decode() for body in bodies],
    }
    ran = subprocess.run(
        ["node", "-e", NODE], input=json.dumps(given), capture_output=True, text=True, check=True, timeout=60
    )
    said = json.loads(ran.stdout)
    assert [status for status, _ in said] == [200] * 4
    assert values(said[1][1].encode(), "Content") == [certificate(number)]
    assert values(said[3][1].encode(), "HUBTrackingInfo") == ["Delivered"]


if shutil.which("node"):  # one program more where it is there; nothing is missing where it is not

    def test_a_program_in_another_language_works(served: ServedHub) -> None:
        talk_by_node(served)


def test_S30_the_same_envelope_twenty_times_at_once_is_one_and_one_word_is_final(served: ServedHub) -> None:
    body = deliver(ESCAPED, NPPOCertificateNumber=NUMBER)
    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda _: served.post("XB", body), range(20)))
    assert {status for status, *_ in answers} == {200}
    (number,) = {values(answer, "hubDeliveryNumber")[0] for *_, answer in answers}
    assert Envelope.objects.filter(number=NUMBER).count() == 1
    sayings = [
        call("AdvancedAcknowledgeEnvelopeReceipt", hubTrackingNumber=number or "", warningMessage="x"),
        call("AcknowledgeFailedEnvelopeReceipt", hubTrackingNumber=number or "", message="x"),
    ]
    with ThreadPoolExecutor(2) as crowd:
        said = [
            values(answer, "return")[0] for *_, answer in crowd.map(lambda one: served.post("XC", one), sayings * 2)
        ]
    assert said.count("OK") == 1
    (word,) = set(said) - {"OK"}
    told = served.post("XB", call("GetEnvelopeTrackingInfo", hubTrackingNumber=number or ""))[2]
    assert word == f"Already {values(told, 'HUBTrackingInfo')[0]}"


def test_a_body_in_chunks_arrives_whole(served: ServedHub) -> None:
    body = call("GetProfile")
    status, _, answer = served.post("XB", (body[at : at + 10] for at in range(0, len(body), 10)))
    assert (status, values(answer, "Country")) == (200, ["XB"])


def test_the_example_for_integrators_runs_as_it_is_printed(
    served: ServedHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "connect-by-the-hub.md"
    (example,) = re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(tmp_path)
    Path("xb.pem").write_bytes(served.pem("XB").read_bytes())
    Path("server-ca.pem").write_bytes(served.authority.read_bytes())
    Path("hub.wsdl").write_bytes(wsdl(CONTRACT, address=served.url))
    Path("certificate.xml").write_bytes(theirs(**TO_XC))
    said: list[Any] = []
    scope = {"print": lambda *words: said.extend(words)}
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):  # it opens a file as people do
        exec(compile(example, str(page), "exec"), scope)  # noqa: S102  a page of ours
    assert said[1] == "PendingDelivery"
    assert said[-1] in {"PendingDelivery", "DeliveredWithWarnings", "DeliveredNotReadable"}
