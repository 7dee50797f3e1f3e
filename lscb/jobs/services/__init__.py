"""Writes of the jobs room: putting work into the queue, doing it, putting back what died, the outbox, copies."""

from .copies import is_a_copy, on_the_portal_only, take_over
from .outbox import queue_email, send_due_emails
from .queueing import cancel, enqueue, mark_seen, retry, ring
from .running import LostClaim, Progress, work
from .sweeping import sweep

__all__ = [
    "LostClaim",
    "Progress",
    "cancel",
    "enqueue",
    "is_a_copy",
    "mark_seen",
    "on_the_portal_only",
    "queue_email",
    "retry",
    "ring",
    "send_due_emails",
    "sweep",
    "take_over",
    "work",
]
