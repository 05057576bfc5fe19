"""Our own hub: the 27 operations of the Hub's contract, so that any stock client works when its address is changed.

Source: `exchange.md` 2.4. The caller is the participant whose client certificate is shown; what a hub does with an
envelope stands in `exchange`, here it is only read and said. Answers hold what the caller may know and nothing more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest

from opensps.exchange.contracts.headers import EnvelopeHeader
from opensps.exchange.contracts.hub import CONTRACT
from opensps.exchange.contracts.hub_names import ACK, PREFIXES, RSM
from opensps.exchange.contracts.hub_records import content_of, header_of, record_of
from opensps.exchange.contracts.soap_message import Fault
from opensps.exchange.contracts.tables import Record, SoapVersion
from opensps.exchange.errors import EnvelopeNotFound, NotAllowed
from opensps.exchange.queries.hub_directory import HubConnection, hub_active, hub_caller, hub_channels, hub_profile
from opensps.exchange.services import hub_store
from opensps.formats.xml_stream import Node, written
from opensps.lifecycle import TrackingInfo
from opensps.web.html.receiving import receiving_terms
from opensps.web.soap import hub_code_lists
from opensps.web.soap.face import Call, Face, Faulted, Refused
from opensps.web.soap.hub_documents import MOST_BYTES, document
from opensps.web.soap.hub_faults import NOT_FOUND, UNKNOWN_CALLER, answer_fault, fault_of_problem, faulted
from opensps.web.soap.hub_profiles import channel, nppo
from opensps.web.soap.hub_validation import validation
from opensps.web.soap.identity import shown_certificate
from opensps.web.soap.limits import CallLimits, Limits, TooMany

CERTIFICATE, ACKNOWLEDGEMENT = f"{{{RSM}}}SPSCertificate", f"{{{ACK}}}SPSAcknowledgement"

LIMITS: Final = CallLimits("hub")
"""Of participants."""

HubCall = Call[HubConnection]
Handler = Callable[[HubCall], Record]


def admit(request: HttpRequest, at: datetime) -> HubConnection:
    """Return the participant who calls, known by the fingerprint of its certificate alone."""
    shown = shown_certificate(request, at=at)
    if shown is None:
        raise Refused(403, "A client certificate is needed.")
    if not shown.is_current:
        raise Refused(403, "The client certificate is not valid today.")
    caller = hub_caller(authority=settings.OPENSPS_AUTHORITY, fingerprint=shown.fingerprint, at=at)
    if caller is None:
        raise Faulted(answer_fault(UNKNOWN_CALLER, is_sender=False))
    return caller


def answer(call: HubCall) -> Record:
    """Return the record of an operation's response."""
    caller = call.caller
    limits = Limits.agreed(caller.limits)
    try:
        with LIMITS.call(authority=caller.authority, caller=caller.connection_code, limits=limits, at=call.at):
            return HANDLERS[call.operation.name](call)
    except TooMany as error:
        # Without a detail: no answer about an envelope, but one to try again.
        raise Faulted(
            Fault(text=error.text, is_sender=False), status=503, headers={"Retry-After": str(error.retry_after)}
        ) from None
    except EnvelopeNotFound:
        raise faulted(NOT_FOUND) from None
    except NotAllowed:
        raise faulted("this is not allowed here") from None


@dataclass(frozen=True, slots=True)
class _Deliver:
    """One of the four ways to hand an envelope over: where it stands in the request, and what is done with it."""

    child: str
    content: Callable[[Record], bytes]
    is_validated: bool = False

    def __call__(self, call: HubCall) -> Record:
        record = call.record[self.child]
        answered = hub_store.hub_deliver(
            authority=call.caller.authority,
            caller=call.caller,
            header=_as_sent(header_of(record)),
            content=self.content(record),
            validate=self.is_validated,
            terms=receiving_terms(),
            at=call.at,
        )
        return {f"{call.operation.name}Result": record_of(answered)}


def _as_sent(header: EnvelopeHeader) -> EnvelopeHeader:
    """Return a header without what a hub fills in, whatever the sender put there."""
    return EnvelopeHeader(
        from_code=header.from_code,
        to_code=header.to_code,
        type_code=header.type_code,
        status_code=header.status_code,
        number=header.number,
        forwardings=header.forwardings,
    )


def _inline(name: str) -> Callable[[Record], bytes]:
    """Return what takes a typed document out of an envelope as a document of its own."""

    def content(record: Record) -> bytes:
        node = record.get(name)
        return written(node, prefixes=PREFIXES) if isinstance(node, Node) else b""

    return content


def _acknowledge(call: HubCall, *, word: TrackingInfo, text: str = "", says: bool = True) -> Record:
    said = hub_store.hub_acknowledge(
        authority=call.caller.authority,
        caller=call.caller,
        number=_number(call),
        result=word,
        text=call.record.get(text, "") if text else "",
        at=call.at,
    )
    return {"return": said} if says else {}


def _number(call: HubCall) -> str:
    return str(call.record["hubTrackingNumber"]).strip()


def _headers(call: HubCall, headers: tuple[EnvelopeHeader, ...]) -> Record:
    return {f"{call.operation.name}Result": {"EnvelopeHeader": tuple(map(record_of, headers))}}


def _waiting(call: HubCall) -> Record:
    country = str(call.record.get("countryCode", "")).strip()
    return _headers(call, tuple(hub_store.hub_pending(caller=call.caller, country_code=country)))


def _pull_all(call: HubCall) -> Record:
    found = hub_store.hub_pull_all(caller=call.caller, at=call.at)
    records = tuple(record_of(header, content=content) for header, content in found)
    return {"PULLImportEnvelopesResult": {"Envelope": records}}


def _pull_one(call: HubCall) -> Record:
    found = hub_store.hub_pull_one(caller=call.caller, number=_number(call), at=call.at)
    if found is None:
        return {}
    header, content = found
    return {"PULLSingleImportEnvelopeResult": record_of(header, content=content)}


def _tracking(call: HubCall) -> Record:
    header = hub_store.hub_tracking(caller=call.caller, number=_number(call))
    return {"GetEnvelopeTrackingInfoResult": record_of(header)}


def _under_delivery(call: HubCall) -> Record:
    return _headers(call, tuple(hub_store.hub_under_delivery(caller=call.caller)))


def _set_tracking(call: HubCall) -> Record:
    header = header_of(call.record["header"])
    hub_store.hub_set_tracking(authority=call.caller.authority, caller=call.caller, header=header, at=call.at)
    return {}


def _profile(call: HubCall) -> Record:
    return {"GetProfileResult": nppo(hub_profile(caller=call.caller, at=call.at))}


def _active(call: HubCall) -> Record:
    return {"GetActiveNpposResult": {"Nppo": tuple(map(nppo, hub_active(caller=call.caller, at=call.at)))}}


def _channels(call: HubCall) -> Record:
    return {"GetAvailableChannelsResult": {"Channel": tuple(map(channel, hub_channels(caller=call.caller)))}}


def _validate(call: HubCall) -> Record:
    return validation(call.record["ePhytoXML"], extra_countries=receiving_terms().extra_countries, at=call.at)


def _code_list(call: HubCall) -> dict[str, Any]:
    return dict(hub_code_lists.code_list(call.operation.name, on=call.at.date()))


HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "DeliverEnvelope": _Deliver("env", content_of),
        "ValidateAndDeliverEnvelope": _Deliver("envelope", content_of, is_validated=True),
        "DeliverPhytoEnvelope": _Deliver("ePhytoEnvelope", _inline("SPSCertificate"), is_validated=True),
        "DeliverCountryResponseEnvelope": _Deliver("CountryResponseEnvelope", _inline("SPSAcknowledgement")),
        "ValidatePhytoXML": _validate,
        "GetImportEnvelopeHeaders": _waiting,
        "PULLImportEnvelope": _pull_all,
        "PULLSingleImportEnvelope": _pull_one,
        "AcknowledgeEnvelopeReceipt": partial(_acknowledge, word=TrackingInfo.DELIVERED, says=False),
        "AdvancedAcknowledgeEnvelopeReceipt": partial(
            _acknowledge, word=TrackingInfo.DELIVERED_WITH_WARNINGS, text="warningMessage"
        ),
        "AcknowledgeFailedEnvelopeReceipt": partial(
            _acknowledge, word=TrackingInfo.DELIVERED_NOT_READABLE, text="message"
        ),
        "GetEnvelopeTrackingInfo": _tracking,
        "GetUnderDeliveryEnvelope": _under_delivery,
        "SetTrackingInfoUpdate": _set_tracking,
        "GetProfile": _profile,
        "GetActiveNppos": _active,
        "GetAvailableChannels": _channels,
        **dict.fromkeys(hub_code_lists.OPERATIONS, _code_list),
    }
)


FACE = Face(
    name="hub",
    contract=CONTRACT,
    admit=admit,
    answer=answer,
    fault=fault_of_problem,
    versions=frozenset({SoapVersion.SOAP_1_1}),
    most_bytes=MOST_BYTES,
    kept=frozenset({CERTIFICATE, ACKNOWLEDGEMENT}),
    document=document,
)
