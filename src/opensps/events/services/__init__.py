"""What writes events: acts, payload erasure, the worker and the sequencer."""

from opensps.events.locks import lock
from opensps.events.services.sequencer import SEQUENCER, Sequencer
from opensps.events.services.worker import WorkerReport, worker_run_once, worker_run_until_idle
from opensps.events.services.writing import event_write, payload_erase

__all__ = [
    "SEQUENCER",
    "Sequencer",
    "WorkerReport",
    "event_write",
    "lock",
    "payload_erase",
    "worker_run_once",
    "worker_run_until_idle",
]
