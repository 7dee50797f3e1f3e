"""The outbox: e-mails are rows with a unique key, sent once, however long the mail server is away."""

from __future__ import annotations

import datetime as dt
import smtplib
import uuid
from collections.abc import Iterable

import structlog
from django.conf import settings
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F
from django.utils import timezone

from lscb.jobs.models import Email, EmailState

from .copies import is_a_copy

log = structlog.get_logger(__name__)

Attachment = tuple[str, str, str]
"""Name, content type, text: an invitation of a calendar, say."""

LONGEST_WAIT = dt.timedelta(hours=1)
GIVEN_UP_AFTER = dt.timedelta(days=5)
PRESUMED_DEAD = dt.timedelta(minutes=10)
BATCH = 200


def queue_email(*, unique_key: str, to: str, subject: str, body: str, attachments: Iterable[Attachment] = ()) -> None:
    """Write an e-mail in the caller's transaction. A second one with this `unique_key` is not written.

    Errors: ValueError for a subject of more than one line, which could smuggle in a header.
    """
    if len(subject.splitlines()) != 1:
        raise ValueError("The subject of an e-mail is one line.")
    files = [list(each) for each in attachments]
    email = Email(unique_key=unique_key, to=to, subject=subject, body=body, attachments=files)
    Email.objects.bulk_create([email], ignore_conflicts=True)


def send_due_emails(*, now: dt.datetime) -> int:
    """Send what is due, up to BATCH of them, over one connection. Returns how many went out.

    A server that cannot be reached ends the round: the e-mails wait, none is lost. A restored copy sends nothing.
    """
    if is_a_copy():
        return 0
    Email.objects.abandoned(since=now - PRESUMED_DEAD).update(
        state=EmailState.WAITING, claim=None, claimed_at=None, next_try_at=now
    )
    if settings.DEMONSTRATION:
        return Email.objects.due(now).update(state=EmailState.SENT, sent_at=now)
    due = list(Email.objects.due(now)[:BATCH])
    if not due:
        return 0
    return _send_all(due, now)


def _send_all(due: list[Email], now: dt.datetime) -> int:
    sent = 0
    connection: BaseEmailBackend = mail.get_connection()
    try:
        for email in due:
            if not _claim(email):
                continue
            try:
                connection.open()
                connection.send_messages([_message(email)])
            except smtplib.SMTPRecipientsRefused as error:
                code = min(code for code, _ in error.recipients.values())
                _not_sent(email, now, f"The mail server refused the address ({code}).", for_good=code >= 500)
                _hang_up(connection)
            except smtplib.SMTPResponseException as error:
                _not_sent(email, now, f"The mail server answered {error.smtp_code}.", for_good=False)
                _hang_up(connection)
            except OSError as error:  # SMTPException is one: the server is away, or went away
                log.warning("email.server_away", error=type(error).__name__)
                _not_sent(email, now, "The mail server could not be reached.", for_good=False)
                break
            else:
                _sent(email)
                sent += 1
    finally:
        _hang_up(connection)
    return sent


def _claim(email: Email) -> bool:
    email.claim = uuid.uuid4()
    return bool(
        Email.objects.filter(pk=email.pk, state=EmailState.WAITING, attempts=email.attempts).update(
            state=EmailState.SENDING, claim=email.claim, claimed_at=timezone.now(), attempts=F("attempts") + 1
        )
    )


def _message(email: Email) -> mail.EmailMessage:
    """The Message-ID is that of the row: should an e-mail leave twice after all, mail programs show one."""
    message = mail.EmailMessage(
        email.subject,
        email.body,
        to=[email.to],
        headers={"Message-ID": f"<{email.pk}@{_domain()}>", "Auto-Submitted": "auto-generated"},
    )
    for name, content_type, text in email.attachments:
        message.attach(name, text, content_type)
    return message


def _domain() -> str:
    return settings.DEFAULT_FROM_EMAIL.rsplit("@", 1)[-1].rstrip("> ")


def _sent(email: Email) -> None:
    Email.objects.filter(pk=email.pk, claim=email.claim).update(
        state=EmailState.SENT,
        claim=None,
        claimed_at=None,
        sent_at=timezone.now(),
        failure="",
        body="",
        attachments=[],
    )


def _not_sent(email: Email, now: dt.datetime, why: str, *, for_good: bool) -> None:
    given_up = for_good or now - email.queued_at > GIVEN_UP_AFTER
    Email.objects.filter(pk=email.pk, claim=email.claim).update(
        state=EmailState.FAILED if given_up else EmailState.WAITING,
        claim=None,
        claimed_at=None,
        failure=why,
        next_try_at=now + min(dt.timedelta(minutes=2 ** min(email.attempts, 10)), LONGEST_WAIT),
    )


def _hang_up(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except OSError as error:
        log.info("email.hang_up", error=type(error).__name__)
