"""Our own hub, all that its face calls (`exchange.md` 2.4): handing in, collecting, acknowledging, asking after."""

from opensps.exchange.queries.hub_store import hub_pending, hub_tracking, hub_under_delivery
from opensps.exchange.services.hub_collecting import (
    hub_acknowledge,
    hub_pull_all,
    hub_pull_one,
    hub_set_tracking,
)
from opensps.exchange.services.hub_delivering import hub_deliver

__all__ = [
    "hub_acknowledge",
    "hub_deliver",
    "hub_pending",
    "hub_pull_all",
    "hub_pull_one",
    "hub_set_tracking",
    "hub_tracking",
    "hub_under_delivery",
]
