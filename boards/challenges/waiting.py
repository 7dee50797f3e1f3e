"""What of the challenge log waits for a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse

from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.common.periods import Quarter
from lscb.common.waiting import Waiting

from ..models import Challenge, ChallengeStatus
from .publishing import unpublished

MOST = 10
QUARTERS_BACK = 4


def waiting_for(user: User, today: dt.date) -> list[Waiting]:
    """For who answers: each question to the agency. For who runs the log: answers to read, late ones, publishing."""
    waiting = list(_owed(user, today))
    if user.for_whole_board(Permission.MANAGE_CHALLENGES):
        waiting += [*_to_read(user), *_late(user, today), *_to_publish(today)]
    return waiting


def _owed(user: User, today: dt.date) -> Iterator[Waiting]:
    agencies = user.agencies_where(Permission.ANSWER_CHALLENGES)
    if not agencies:
        return
    for challenge in Challenge.objects.visible_to(user).owed_by(agencies).order_by("due")[:MOST]:
        late = (today - challenge.due).days
        yield Waiting(
            title=f"Answer challenge {challenge}",
            url=reverse("boards:challenge_respond", args=[challenge.pk]),
            sentence=challenge.title,
            tag=_days_late(late) if late > 0 else f"due {challenge.due.day} {challenge.due:%B}",
            tone="red" if late > 0 else "amber",
            due=challenge.due,
            outside=f"Answer challenge {challenge}",
        )


def _to_read(user: User) -> Iterator[Waiting]:
    number = Challenge.objects.visible_to(user).filter(status=ChallengeStatus.ANSWERED).count()
    if number:
        words = "1 challenge has a response" if number == 1 else f"{number} challenges have a response"
        url = f"{reverse('boards:challenge_list')}?status={ChallengeStatus.ANSWERED}"
        yield Waiting("Read responses to challenges", url, f"{words} to accept or to ask again", "to decide", "amber")


def _late(user: User, today: dt.date) -> Iterator[Waiting]:
    number = Challenge.objects.visible_to(user).unanswered().filter(due__lt=today).count()
    if number:
        words = "1 challenge has" if number == 1 else f"{number} challenges have"
        url = f"{reverse('boards:challenge_list')}?status=late"
        yield Waiting("Chase responses to challenges", url, f"{words} no response in time", f"{number} late", "red")


def _to_publish(today: dt.date) -> Iterator[Waiting]:
    """A quarter that is over and of which the public does not read everything that is worded for it."""
    quarters = [Quarter.containing(today).previous]
    while len(quarters) < QUARTERS_BACK:
        quarters.append(quarters[-1].previous)
    for quarter, number in sorted(unpublished(quarters).items()):
        words = "1 challenge is" if number == 1 else f"{number} challenges are"
        url = f"{reverse('boards:challenge_publish')}?quarter={quarter}"
        yield Waiting(f"Publish challenges of {quarter.label}", url, f"{words} worded for the public", "to publish")


def _days_late(days: int) -> str:
    return "1 day late" if days == 1 else f"{days:,} days late"
