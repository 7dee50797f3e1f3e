"""Writes of the jobs room: putting work into the queue, doing it, putting back what died, and the outbox."""

from .outbox import queue_email, send_due_emails
from .queueing import cancel, enqueue, mark_seen, retry, ring
from .running import LostClaim, Progress, work
from .sweeping import sweep

__all__ = [
    "LostClaim",
    "Progress",
    "cancel",
    "enqueue",
    "mark_seen",
    "queue_email",
    "retry",
    "ring",
    "send_due_emails",
    "sweep",
    "work",
]
