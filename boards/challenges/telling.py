"""E-mails about challenges: that one waits, is due soon, is late. They tell nothing of what it is about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from lscb.accounts.models import Agency, Grant, User
from lscb.accounts.permissions import Permission
from lscb.accounts.roles import roles_with
from lscb.common.words import in_templates, naming
from lscb.jobs.models import Email
from lscb.jobs.services import queue_email
from lscb.trail.services import record

from ..models import Challenge, ChallengeEvent, ChallengeResponse, Happened

ANSWERING = roles_with(Permission.ANSWER_CHALLENGES)
BEFORE_DUE = dt.timedelta(days=7)


class Reminder(StrEnum):
    """What a reminder says; the value stands in the key that lets it go out once per due date."""

    SOON = "soon"
    LATE = "late"


SUBJECTS = {
    Reminder.SOON: "a challenge is due for your agency’s response",
    Reminder.LATE: "your agency’s response to a challenge is late",
}


def tell_that_it_waits(challenge: Challenge, agencies: Iterable[Agency], today: dt.date) -> None:
    """One e-mail per lead and round."""
    for user in _leads(agencies, today):
        _write(
            challenge,
            user,
            key=f"challenge {challenge.pk} round {challenge.round} for {user.pk}",
            subject="a challenge waits for your agency’s response",
            opening="A challenge was put to your agency and waits for its response",
        )


def remind_of_challenges(*, today: dt.date) -> int:
    """Write to the leads of agencies that owe a response: a week before it is due, and when it is late.

    Each goes out once per due date, however often this runs; a date that moves is reminded of anew. Returns how many
    challenges were reminded of.
    """
    owed = Challenge.objects.owed_by(Agency.objects.values_list("pk", flat=True))
    waiting = owed.filter(due__lte=today + BEFORE_DUE).order_by("due", "number")
    return sum(_remind(challenge.pk, today) for challenge in waiting)


@transaction.atomic
def _remind(pk: UUID, today: dt.date) -> bool:
    challenge = Challenge.objects.select_for_update(of=("self",)).get(pk=pk)
    kind = Reminder.LATE if challenge.due < today else Reminder.SOON
    occasion = f"challenge {challenge.pk} due {challenge.due} {kind}"
    if Email.objects.filter(unique_key__startswith=f"{occasion} ").exists():
        return False
    leads = _leads(_owing(challenge), today)
    for user in leads:
        opening = "A challenge waits for your agency’s response"
        _write(challenge, user, key=f"{occasion} for {user.pk}", subject=SUBJECTS[kind], opening=opening)
    if leads:
        ChallengeEvent.objects.create(challenge=challenge, happened=Happened.REMINDED, on=today)
        record(verb="reminded of a challenge", by=None, target=challenge)
    return bool(leads)


def _owing(challenge: Challenge) -> list[Agency]:
    """The agencies that have not answered since they were last asked."""
    answered = ChallengeResponse.objects.filter(challenge=challenge, round=challenge.round)
    return list(challenge.agencies.exclude(pk__in=answered.values("agency")))


def _leads(agencies: Iterable[Agency], today: dt.date) -> list[User]:
    grants = Grant.objects.in_force(today).filter(role__in=ANSWERING, agency__in=list(agencies))
    return sorted({grant.user for grant in grants.select_related("user")}, key=lambda user: user.email)


def _write(challenge: Challenge, user: User, *, key: str, subject: str, opening: str) -> None:
    words = {
        "opening": opening,
        "due": challenge.due,
        "link": settings.PORTAL_URL + reverse("boards:challenge_respond", args=[challenge.pk]),
        **in_templates(),
    }
    queue_email(
        unique_key=key,
        to=user.email,
        subject=f"{naming().board_short_name}: {subject}",
        body=render_to_string("boards/email/challenge_waits.txt", words),
    )
