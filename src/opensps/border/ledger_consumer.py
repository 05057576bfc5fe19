"""The consumer of events that enters what partners report of our certificates into the ledger of use.

Source: `architecture.md` 4, `lifecycles.md` 5.1. Reports come by SubmitOutcome, REST or an SPSAcknowledgement;
`certification` keeps each and writes one event.
"""

from opensps.border.services.presentation_reports import report_enter, report_of
from opensps.certification.names import CERTIFICATE, OUTCOME_REPORTED
from opensps.events.queries import EventView


class LedgerConsumer:
    """Follows certificates: each reported outcome becomes an entry, once."""

    name = "ledger"
    kinds = frozenset({CERTIFICATE})

    def handle(self, event: EventView) -> None:
        """Enter the report of one event; nothing else concerns the ledger."""
        if event.act != OUTCOME_REPORTED or event.payload is None:
            return
        report_enter(
            report_of(
                authority=event.authority,
                number=event.object_id,
                reason_code=event.reason_code,
                at=event.at,
                payload=event.payload,
            )
        )


LEDGER_CONSUMER = LedgerConsumer()
