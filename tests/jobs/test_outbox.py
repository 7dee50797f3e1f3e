"""E-mails go out once, over real SMTP, however the server behaves."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from django.db import transaction
from django.utils import timezone

from lscb.accounts.roles import AgencyLead, BoardManager
from lscb.jobs.models import Email
from lscb.jobs.services import queue_email, send_due_emails
from tests.accounts.factories import person

from .factories import EmailFactory


class Server:
    """Takes e-mails, or answers what it is told to."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.answer_to_address = "250 OK"
        self.answer_to_content = "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.answer_to_address.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer_to_address

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        if self.answer_to_content.startswith("250"):
            self.taken.append(BytesParser(policy=default).parsebytes(envelope.content))
        return self.answer_to_content


@pytest.fixture(autouse=True)
def _real_smtp(db: None, settings: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = free.getsockname()[1]
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=settings.EMAIL_PORT)
    controller.start()
    yield handler
    controller.stop()


def send(after: dt.timedelta = dt.timedelta()) -> int:
    return send_due_emails(now=timezone.now() + after)


def test_an_e_mail_goes_out_once_with_its_attachment(server: Server) -> None:
    queue_email(
        unique_key="booking 1",
        to="someone@example.org",
        subject="Your place – confirmed",
        body="Dear Zoë,\nsee https://portal.example.org/secret-link/",
        attachments=[("workshop.ics", "text/calendar", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")],
    )
    written = Email.objects.get()
    assert (send(), send()) == (1, 0)
    [taken] = server.taken
    assert (taken["To"], taken["Subject"]) == ("someone@example.org", "Your place – confirmed")
    assert taken["Message-ID"].startswith(f"<{written.pk}@")
    assert "Dear Zoë" in taken.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    [attachment] = taken.iter_attachments()
    assert (attachment.get_filename(), attachment.get_content_type()) == ("workshop.ics", "text/calendar")
    written.refresh_from_db()
    assert (written.state, written.attempts, written.failure) == ("sent", 1, "")
    assert (written.body, written.attachments) == ("", []), "a sent link must not lie about"


def test_the_same_occasion_is_written_once() -> None:
    queue_email(unique_key="reminder 1", to="a@example.org", subject="One", body="")
    queue_email(unique_key="reminder 1", to="b@example.org", subject="Two", body="")
    assert Email.objects.get().subject == "One"


def test_an_e_mail_is_undone_with_what_it_tells_of() -> None:
    def goes_wrong() -> None:
        with transaction.atomic():
            queue_email(unique_key="reminder 1", to="a@example.org", subject="One", body="")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        goes_wrong()
    assert not Email.objects.exists()


def test_a_subject_cannot_smuggle_in_a_header() -> None:
    with pytest.raises(ValueError, match="one line"):
        queue_email(unique_key="x", to="a@example.org", subject="Hello\nBcc: all@example.org", body="")


def test_a_mail_server_away_for_a_day_costs_nothing(settings: Any) -> None:
    EmailFactory.create_batch(3)
    minute = dt.timedelta(minutes=1)
    assert [send(after=number * 15 * minute) for number in range(96)] == [0] * 96
    assert set(Email.objects.values_list("state", "failure")) == {("waiting", "The mail server could not be reached.")}
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=settings.EMAIL_PORT)
    controller.start()
    try:
        assert send(after=dt.timedelta(days=1, hours=1)) == 3
        assert send(after=dt.timedelta(days=1, hours=2)) == 0
    finally:
        controller.stop()
    assert len({message["To"] for message in handler.taken}) == 3


def test_a_server_that_is_away_is_asked_once_per_round(settings: Any) -> None:
    EmailFactory.create_batch(5)
    send()
    assert sorted(Email.objects.values_list("attempts", flat=True)) == [0, 0, 0, 0, 1]


def test_an_answer_for_now_is_tried_again_later_and_more_and_more_seldom(server: Server) -> None:
    email = EmailFactory()
    server.answer_to_content = "451 Come back later"
    delays = []
    now = timezone.now()
    for _ in range(9):
        send_due_emails(now=now)
        email.refresh_from_db()
        delays.append(int((email.next_try_at - now).total_seconds() // 60))
        now = email.next_try_at
    assert delays == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    server.answer_to_content = "250 OK"
    assert send_due_emails(now=now) == 1


def test_after_five_days_it_is_given_up(server: Server) -> None:
    email = EmailFactory()
    server.answer_to_content = "451 Come back later"
    send(after=dt.timedelta(days=6))
    email.refresh_from_db()
    assert (email.state, email.failure) == ("failed", "The mail server answered 451.")


def test_an_address_that_is_refused_for_good_holds_up_nobody_and_is_not_logged(server: Server) -> None:
    server.answer_to_address = "550 No such user person1@example.org"
    refused = EmailFactory()
    send()
    refused.refresh_from_db()
    assert (refused.state, refused.failure) == ("failed", "The mail server refused the address (550).")
    server.answer_to_address = "250 OK"
    EmailFactory()
    assert send() == 1


def test_a_process_that_died_while_sending_leaves_its_e_mail_to_the_next(server: Server) -> None:
    email = EmailFactory(
        state="sending", claim="6f9619ff-8b86-4d01-b42d-00cf4fc964ff", claimed_at=timezone.now(), attempts=1
    )
    assert send() == 0, "somebody may still be at it"
    assert send(after=dt.timedelta(minutes=11)) == 1
    email.refresh_from_db()
    assert email.state == "sent"


def test_an_e_mail_that_somebody_else_took_is_left_to_them(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    from lscb.jobs.services import outbox

    email = EmailFactory()
    taken_by_another = outbox._claim

    def late(mine: Email) -> bool:
        assert taken_by_another(Email.objects.get(pk=email.pk))
        return taken_by_another(mine)

    monkeypatch.setattr(outbox, "_claim", late)
    assert send() == 0
    assert server.taken == []


def test_the_demonstration_sends_nothing_and_keeps_the_text(settings: Any) -> None:
    settings.DEMONSTRATION = True
    email = EmailFactory()
    assert send() == 1
    email.refresh_from_db()
    assert email.state == "sent"
    assert "secret-link" in email.body


def test_only_who_keeps_jobs_running_sees_that_e_mails_wait() -> None:
    EmailFactory()
    assert Email.objects.visible_to(person(BoardManager)).count() == 1
    assert Email.objects.visible_to(person(AgencyLead)).count() == 0
