"""The contract of the IPPC ePhyto Hub: service, 27 operations and their wrappers (`exchange.md` 1.1 and 1.2).

The same contract serves our own hub, the push endpoint of an authority, and the client. Types stand in `hub_types`
and `hub_certificate`. Two operations share an action on purpose: nothing may ever be routed by it.
"""

from collections.abc import Iterator

from opensps.exchange.contracts import hub_certificate, hub_types
from opensps.exchange.contracts.hub_names import EPH, IN_EPH, PREFIXES
from opensps.exchange.contracts.tables import (
    Binding,
    ComplexType,
    Contract,
    Element,
    Fault,
    Operation,
    Schema,
    SoapVersion,
)

EXCEPTION = f"{{{EPH}}}HubWebException"
"""Element in the detail of a fault that is an answer; a fault without it is an error of the transport."""

_ACTION = f"{EPH}IDeliveryService/"
_SHARED = f"{_ACTION}NegativeAcknowledgeEnvelopeReceipt"

_HEADER = "hub:EnvelopeHeader"
_HEADERS = "hub:ArrayOfEnvelopeHeader"

_ROWS: tuple[tuple[str, str, str], ...] = (
    ("DeliverEnvelope", "env hub:Envelope", f"DeliverEnvelopeResult? {_HEADER}"),
    ("ValidateAndDeliverEnvelope", "@eph:envelope", f"ValidateAndDeliverEnvelopeResult? {_HEADER}"),
    ("DeliverPhytoEnvelope", "@eph:ePhytoEnvelope", f"DeliverPhytoEnvelopeResult? {_HEADER}"),
    (
        "DeliverCountryResponseEnvelope",
        "CountryResponseEnvelope hub:CountryResponseEnvelope",
        f"DeliverCountryResponseEnvelopeResult? {_HEADER}",
    ),
    ("ValidatePhytoXML", "ePhytoXML string large", "ValidationResult* validationResult"),
    ("GetImportEnvelopeHeaders", "countryCode? string", f"GetImportEnvelopeHeadersResult? {_HEADERS}"),
    ("PULLImportEnvelope", "", "PULLImportEnvelopesResult? hub:ArrayOfEnvelope"),
    ("PULLSingleImportEnvelope", "hubTrackingNumber string", "PULLSingleImportEnvelopeResult? hub:Envelope"),
    ("AcknowledgeEnvelopeReceipt", "hubTrackingNumber string", ""),
    ("AdvancedAcknowledgeEnvelopeReceipt", "hubTrackingNumber string, warningMessage string", "return? string"),
    ("AcknowledgeFailedEnvelopeReceipt", "hubTrackingNumber string, message string", "return? string"),
    ("GetEnvelopeTrackingInfo", "hubTrackingNumber string", f"GetEnvelopeTrackingInfoResult? {_HEADER}"),
    ("GetUnderDeliveryEnvelope", "", f"GetUnderDeliveryEnvelopeResult? {_HEADERS}"),
    ("SetTrackingInfoUpdate", f"header {_HEADER}", ""),
    ("GetProfile", "", "GetProfileResult? hub:Nppo"),
    ("GetActiveNppos", "", "GetActiveNpposResult? hub:ArrayOfNppo"),
    ("GetAvailableChannels", "", "GetAvailableChannelsResult? hub:ArrayOfChannels"),
    ("GetAdditionalDeclarations", "", "AdditionalDeclaration* additionalDeclaration"),
    ("GetConditions", "", "Condition* condition"),
    ("GetIntendedUses", "", "IntendedUse* intendedUse"),
    ("GetMeanOfTransports", "", "MeanOfTransport* meanOfTransport"),
    ("GetPackageTypes", "", "PackageType* packageType"),
    ("GetPesticides", "", "Pesticide* pesticide"),
    ("GetProductDescriptions", "", "ProductDescription* productDescription"),
    ("GetStatements", "", "Statement* statement"),
    ("GetTreatmentTypes", "", "TreatmentType* treatmentType"),
    ("GetUnitMeasures", "", "UnitMeasure* unitMeasure"),
)
"""Operation, children of its request, child of its response."""

_SOAP_ACTIONS = {"AdvancedAcknowledgeEnvelopeReceipt": _SHARED}
_INPUT_ACTIONS = {"AdvancedAcknowledgeEnvelopeReceipt": _SHARED, "AcknowledgeFailedEnvelopeReceipt": _SHARED}


def _operation(name: str) -> Operation:
    return Operation(
        name=name,
        request=f"{{{EPH}}}{name}",
        response=f"{{{EPH}}}{name}Response",
        soap_action=_SOAP_ACTIONS.get(name, _ACTION + name),
        input_action=_INPUT_ACTIONS.get(name, _ACTION + name),
        output_action=f"{_ACTION}{name}Response",
        faults=(
            Fault(
                name="HubWebException",
                element=EXCEPTION,
                action=f"{_ACTION}{name}/Fault/HubWebException",
                part="HubWebException",
            ),
        ),
    )


def _wrappers() -> Iterator[ComplexType]:
    for name, request, response in _ROWS:
        yield IN_EPH.record(name, request)
        yield IN_EPH.record(f"{name}Response", response)


_ENTITY_ELEMENTS = """AllowedDocument allowedDocument, CertificateStatus certificateStatus,
    CertificateType certificateType, ChannelRule channelRule, Signature signingCertificate, channel hub:Channel,
    countryResponseEnvelope hub:CountryResponseEnvelope, ePhytoEnvelope hub:ePhytoEnvelope, envelope hub:Envelope,
    envelopeForwarding hub:EnvelopeForwarding, envelopeHeader hub:EnvelopeHeader, nppo hub:Nppo,
    HubWebException HubWebException"""

_MESSAGES = Schema(
    namespace=EPH,
    is_qualified=True,
    elements=(
        *(Element(name=wrapper.name, type=wrapper.name) for wrapper in _wrappers()),
        *IN_EPH.elements(_ENTITY_ELEMENTS),
    ),
    types=(
        *_wrappers(),
        IN_EPH.record("HubWebException", "message? string"),
        *hub_types.TYPES,
        *hub_certificate.TYPES,
    ),
)

CONTRACT = Contract(
    service="DeliveryService",
    port_type="IDeliveryService",
    namespace=EPH,
    bindings=(
        Binding(name="DeliveryServiceSoapBinding", port="IDeliveryServiceImplPort", version=SoapVersion.SOAP_1_1),
    ),
    schemas=(*hub_certificate.SCHEMAS, hub_types.ENTITIES, _MESSAGES),
    operations=tuple(_operation(name) for name, *_ in _ROWS),
    prefixes=PREFIXES,
)
"""The Hub's contract; its address is given when the WSDL is written."""
