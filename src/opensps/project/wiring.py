"""Which consumer follows which event, and who answers for another room: registered here, so nobody imports upward."""

from django.conf import settings

from opensps.border.ledger_consumer import LEDGER_CONSUMER
from opensps.border.records import register_received
from opensps.border.services.sourcing import LedgerSources
from opensps.certification.services.log_leaves import LOG_CONSUMER
from opensps.certification.sources import register_sources
from opensps.events.registry import Consumer, register
from opensps.exchange.consumer import EXCHANGE_CONSUMER
from opensps.exchange.outcome_consumer import OUTCOME_CONSUMER
from opensps.exchange.webhook_consumer import WEBHOOK_CONSUMER
from opensps.project.forged_mail import FORGED_MAIL_CONSUMER
from opensps.project.inquiry_sending import INQUIRY_SENDING_CONSUMER
from opensps.project.mail import register_mail
from opensps.project.received import ReceivedCertificates

CONSUMERS: tuple[Consumer, ...] = (
    *(EXCHANGE_CONSUMER, WEBHOOK_CONSUMER, LEDGER_CONSUMER, OUTCOME_CONSUMER),
    *(FORGED_MAIL_CONSUMER, INQUIRY_SENDING_CONSUMER),
)
"""Those of the rooms above `events`; its own sequencer registers itself. Notices come here."""


def register_consumers() -> None:
    """Register every consumer in the registry of ``events``; called once, from `ProjectConfig.ready`."""
    for consumer in CONSUMERS:
        register(consumer)
    if settings.OPENSPS_LOG_DIR is not None:
        register(LOG_CONSUMER)
    register_mail()
    register_received(ReceivedCertificates())
    register_sources(LedgerSources())
