"""Django's way of sending mail, into the outbox: for code that knows `django.core.mail` and not this floor."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from .services import queue_email


class OutboxBackend(BaseEmailBackend):
    """Every message becomes one row per recipient in the caller's transaction; the worker sends it (plain text)."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            for to in message.recipients():
                queue_email(unique_key=str(uuid.uuid4()), to=to, subject=str(message.subject), body=str(message.body))
        return len(email_messages)
