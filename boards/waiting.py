"""What of the board's own records waits for a person."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.common.waiting import Tone, Waiting

from .challenges.waiting import waiting_for as of_challenges
from .library.waiting import waiting_for as of_library
from .meetings.access import may_run, runs_any
from .models import Contribution, Meeting, MeetingState, Seat
from .querysets import PAYMENT_TAKES
from .surveys.waiting import waiting_for as of_surveys

SOON = dt.timedelta(days=14)
MINUTES_TAKE = dt.timedelta(days=14)
RECORDED_WITHIN = dt.timedelta(days=365)
"""Older meetings were recorded as dates only; nobody is asked for their minutes."""
MOST = 5


def waiting_for(user: User, today: dt.date) -> list[Waiting]:
    """Challenges; the next meetings and, for who runs them, what is to be recorded of the last; then, for who runs the
    board, vacant seats, invoices that were not paid within 30 days, surveys and the library. A fixed number of queries.
    """
    waiting = [*of_challenges(user, today), *_next(user, today), *_to_record(user, today)]
    if user.for_whole_board(Permission.MANAGE_BOARD):
        waiting += [*_vacant(user, today), *_unpaid(user, today), *of_surveys(user, today), *of_library(user, today)]
    return waiting


def _next(user: User, today: dt.date) -> list[Waiting]:
    """The meetings of the next days; the very next one however far off it is."""
    coming = Meeting.objects.visible_to(user).to_come().after(today - dt.timedelta(days=1)).select_related("group")
    following = list(coming.order_by("starts_at")[:MOST])
    return [
        Waiting(
            meeting.group.name,
            meeting.get_absolute_url(),
            f"{meeting.where}, {meeting.hours}",
            _day(meeting.day, today),
            due=meeting.day,
        )
        for meeting in [one for one in following if one.day <= today + SOON] or following[:1]
    ]


def _day(day: dt.date, today: dt.date) -> str:
    return f"{day.day} {day:%B}" + (f" {day.year}" if day.year != today.year else "")


def _to_record(user: User, today: dt.date) -> list[Waiting]:
    """Meetings of the last weeks that were never recorded as held, and those without minutes."""
    if not runs_any(user):
        return []
    since = today - RECORDED_WITHIN
    over = Meeting.objects.visible_to(user).between(since, today - dt.timedelta(days=1)).select_related("group")
    open_ = over.filter(minutes="").exclude(state=MeetingState.CANCELLED).order_by("starts_at")
    waiting = []
    for meeting in [one for one in open_ if may_run(user, one.group)][:MOST]:
        what, name = ("Write the minutes", "minutes") if meeting.is_held else ("Record attendance", "attendance")
        url = reverse(f"boards:meeting_{name}", args=[meeting.pk])
        late = today - meeting.day > MINUTES_TAKE
        tone: Tone = "amber" if late else "grey"
        waiting.append(Waiting(what, url, meeting.safe_name, "late" if late else "to write", tone))
    return waiting


def _vacant(user: User, today: dt.date) -> list[Waiting]:
    vacant = list(Seat.objects.visible_to(user).vacant(today).select_related("group"))
    if not vacant:
        return []
    groups = {seat.group for seat in vacant}
    url = groups.pop().get_absolute_url() if len(groups) == 1 else reverse("boards:group_list")
    return [Waiting("Fill vacant seats", url, ", ".join(seat.position for seat in vacant[:3]), f"{len(vacant)} vacant")]


def _unpaid(user: User, today: dt.date) -> list[Waiting]:
    owed = Contribution.objects.visible_to(user).late(today).count()
    if not owed:
        return []
    words = "1 invoice has not been paid" if owed == 1 else f"{owed} invoices have not been paid"
    sentence = f"{words} within {PAYMENT_TAKES.days} days"
    return [
        Waiting(
            "Chase contributions",
            f"{reverse('boards:contribution_list')}?state=late",
            sentence,
            f"{owed} late",
            "amber",
        )
    ]
