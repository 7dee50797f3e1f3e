"""One e-mail for what is due or late, never one for each thing.

It is made of the same lines as the first page, and says no more than each line allows to be said outside (`Waiting`).
Nothing is sent when nothing is due, and no second one on the same day, however often this runs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from lscb.accounts.models import Digest, Grant, User
from lscb.common.waiting import Waiting
from lscb.common.words import in_templates, naming
from lscb.jobs.models import Email
from lscb.jobs.services import queue_email

from .waiting import waiting_for

log = structlog.get_logger(__name__)

MONDAY, SATURDAY = 0, 5
DUE = ("red", "amber")
MOST = 12


def send_digests(*, today: dt.date) -> int:
    """Write the e-mails of `today` into the outbox; how many. A fault at one person takes nothing from the others."""
    written = 0
    for user in people(today).iterator():
        try:
            written += send_digest(user=user, today=today)
        except Exception as fault:
            log.error("digest.failed", error=type(fault).__name__)
    return written


def people(today: dt.date) -> QuerySet[User]:
    """Who chose to hear on such a day and has a role: daily on working days, weekly on Mondays."""
    chosen = [Digest.DAILY] if today.weekday() < SATURDAY else []
    chosen += [Digest.WEEKLY] if today.weekday() == MONDAY else []
    with_a_role = Grant.objects.in_force(today).values("user")
    return User.objects.filter(pk__in=with_a_role, is_active=True, digest__in=chosen).order_by("pk")


def send_digest(*, user: User, today: dt.date) -> bool:
    """Whether one was written."""
    key = f"digest for {user.pk} on {today}"
    if Email.objects.filter(unique_key=key).exists():
        return False
    due = [waiting for waiting in waiting_for(user, today) if waiting.tone in DUE]
    if not due:
        return False
    things = "1 thing waits" if len(due) == 1 else f"{len(due)} things wait"
    with transaction.atomic():
        queue_email(
            unique_key=key,
            to=user.email,
            subject=f"{naming().board_short_name}: {things} for you",
            body=render_to_string("home/email/digest.txt", _words(user, due, things)),
        )
    return True


def _words(user: User, due: Sequence[Waiting], things: str) -> dict[str, object]:
    told = [f"{waiting.outside} ({waiting.tag})" for waiting in due if waiting.outside]
    return {
        "things": things,
        "late": sum(waiting.tone == "red" for waiting in due),
        "told": told[:MOST],
        "untold": len(due) - len(told[:MOST]),
        "how_often": Digest(user.digest).label.lower(),
        "link": settings.PORTAL_URL + reverse("home"),
        "change": settings.PORTAL_URL + reverse("accounts:digest"),
        **in_templates(),
    }
