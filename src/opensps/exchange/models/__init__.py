"""Tables of exchange: partners' records, envelopes and attempts, what arrived, calls, webhooks."""

from opensps.exchange.models.agreements import AgreementStage, AllowedDocument, ChannelRule, ExchangeMode, Mode
from opensps.exchange.models.envelopes import Attempt, Content, Envelope, Way
from opensps.exchange.models.golden import GoldenTalk
from opensps.exchange.models.incoming import Decision, IncomingCertificate, ReceivedMessage
from opensps.exchange.models.partners import (
    CredentialStatus,
    CredentialUse,
    Delivery,
    Direction,
    GoldenRun,
    Partner,
    PartnerConnection,
    PartnerContact,
    PartnerCredential,
    Side,
    Stage,
)
from opensps.exchange.models.requests import AccessToken, CallCounter, RequestKey, UsedNonce
from opensps.exchange.models.webhooks import WebhookAttempt, WebhookEndpoint, WebhookMessage

__all__ = [
    "AccessToken",
    "AgreementStage",
    "AllowedDocument",
    "Attempt",
    "CallCounter",
    "ChannelRule",
    "Content",
    "CredentialStatus",
    "CredentialUse",
    "Decision",
    "Delivery",
    "Direction",
    "Envelope",
    "ExchangeMode",
    "GoldenRun",
    "GoldenTalk",
    "IncomingCertificate",
    "Mode",
    "Partner",
    "PartnerConnection",
    "PartnerContact",
    "PartnerCredential",
    "ReceivedMessage",
    "RequestKey",
    "Side",
    "Stage",
    "UsedNonce",
    "Way",
    "WebhookAttempt",
    "WebhookEndpoint",
    "WebhookMessage",
]
