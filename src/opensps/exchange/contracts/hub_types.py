"""Headers, envelopes, profiles and code list items of the Hub's contract (`exchange.md` 1.3).

Children of types in `hub` are qualified, those of entity types in `eph` are not; the tables say so row by row.
"""

from opensps.exchange.contracts.hub_names import HUB, IN_EPH, IN_HUB
from opensps.exchange.contracts.tables import ComplexType, Form, Schema, SimpleType
from opensps.lifecycle import TrackingInfo

_HERE = Form.QUALIFIED
_BARE = Form.UNQUALIFIED
_CHANGED = "lastModified? dateTime, lastModifiedBy? string"

ENTITIES = Schema(
    namespace=HUB,
    version="1.0",
    elements=IN_HUB.elements(
        """ArrayOfEnvelope ArrayOfEnvelope, ArrayOfEnvelopeHeader ArrayOfEnvelopeHeader, Envelope Envelope,
        EnvelopeHeader EnvelopeHeader, HUBTrackingInfo HUBTrackingInfo"""
    ),
    types=(
        IN_HUB.record(
            "EnvelopeHeader",
            """From string, To string, CertificateType int, CertificateStatus int, NPPOCertificateNumber string,
            hubDeliveryNumber? string, HUBTrackingInfo? string, hubDeliveryErrorMessage? string,
            Forwardings? ArrayOfEnvelopeForwarding""",
            form=_HERE,
        ),
        IN_HUB.record("EnvelopeForwarding", "Code string, HubDeliveryNumber? string", form=_HERE),
        IN_HUB.record("Envelope", "Content? string large", base="EnvelopeHeader", form=_HERE),
        IN_HUB.record("ePhytoEnvelope", "@rsm:SPSCertificate?", base="EnvelopeHeader"),
        IN_HUB.record("CountryResponseEnvelope", "@ack:SPSAcknowledgement?", base="EnvelopeHeader"),
        IN_HUB.record(
            "Nppo",
            """Country? string, Receive? string, Send? string, AllowedDocument* eph:allowedDocument,
            Signature? eph:signingCertificate, ChannelRules? ArrayOfChannelRules""",
            form=_HERE,
        ),
        IN_HUB.record("Channel", "Code? string, Name? string", attributes="Receive boolean, Send boolean", form=_HERE),
        IN_HUB.record("ArrayOfEnvelope", "Envelope* Envelope nil", form=_HERE),
        IN_HUB.record("ArrayOfEnvelopeHeader", "EnvelopeHeader* EnvelopeHeader nil", form=_HERE),
        IN_HUB.record("ArrayOfEnvelopeForwarding", "EnvelopeForwarding* EnvelopeForwarding nil", form=_HERE),
        IN_HUB.record("ArrayOfNppo", "Nppo* Nppo nil", form=_HERE),
        IN_HUB.record("ArrayOfChannels", "Channel* Channel nil", form=_HERE),
        IN_HUB.record("ArrayOfChannelRules", "ChannelRule* eph:channelRule nil", form=_HERE),
        IN_HUB.choice("HUBTrackingInfo", " ".join(TrackingInfo)),
    ),
)

TYPES: tuple[ComplexType | SimpleType, ...] = (
    IN_EPH.record("baseEntity"),
    IN_EPH.record(
        "allowedDocument",
        "certificateType? certificateType, certificateStatus? certificateStatus",
        attributes="active boolean",
        base="baseEntity",
        form=_BARE,
    ),
    *(IN_EPH.record(name, attributes="number int, value? string") for name in ("certificateType", "certificateStatus")),
    IN_EPH.record("signingCertificate", "dn? string, certificate? string", base="baseEntity", form=_BARE),
    IN_EPH.record(
        "channelRule",
        attributes="""id int, active boolean, ruleType? channelRuleType, certificateType int, certificateStatus int,
        countryCode? string, direction? channelDirection""",
        base="baseEntity",
    ),
    IN_EPH.record(
        "validationResult",
        "area? validationArea, field? string, level? validationLevel, msg? string",
        form=_BARE,
    ),
    IN_EPH.record(
        "additionalDeclaration",
        f"""active boolean, additionalCode? string, code? string, lang? string, {_CHANGED}, optionalText? string,
        text? string""",
        form=_BARE,
    ),
    IN_EPH.record(
        "treatmentType",
        f"""active boolean, code? string, description? string, lang? string, {_CHANGED}, level int,
        parentCode? string""",
        form=_BARE,
    ),
    *(
        IN_EPH.record(name, f"active boolean, code? string, lang? string, {_CHANGED}, name? string", form=_BARE)
        for name in ("intendedUse", "productDescription", "condition")
    ),
    IN_EPH.record("pesticide", f"active boolean, code? string, description? string, {_CHANGED}", form=_BARE),
    IN_EPH.record(
        "packageType", f"active boolean, code? string, description? string, lang? string, {_CHANGED}", form=_BARE
    ),
    IN_EPH.record(
        "unitMeasure",
        f"active boolean, code? string, {_CHANGED}, name? string, symbol? string, type? unitMeasureType",
        form=_BARE,
    ),
    IN_EPH.record(
        "meanOfTransport",
        f"active boolean, lang? string, {_CHANGED}, modeCode? int, usedTransportMean? string",
        base="baseEntity",
        form=_BARE,
    ),
    IN_EPH.record(
        "statement",
        f"active boolean, code? string, docTypeOnly int, lang? string, {_CHANGED}, text? string",
        form=_BARE,
    ),
    IN_EPH.choice("channelRuleType", "FORWARD DELEGATE"),
    IN_EPH.choice("channelDirection", "OUT INC"),
    IN_EPH.choice("unitMeasureType", "WEIGHT VOLUME DURATION TEMPERATURE CONCENTRATION AREA DISTANCE"),
    IN_EPH.choice("validationArea", "MandatoryElements Mapping Schema"),
    IN_EPH.choice("validationLevel", "SEVERE WARNING INFO"),
)
"""Types of profiles, findings and code lists."""
