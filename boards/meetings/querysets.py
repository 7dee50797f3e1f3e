"""Reads of meetings. What may be read of a meeting may be read of everything in it, and nothing else is."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from lscb.accounts.cases import within_cases
from lscb.accounts.models import Reader, User
from lscb.accounts.permissions import Permission
from lscb.actions.models import Action
from lscb.common.periods import LONDON, FinancialYear

if TYPE_CHECKING:
    from boards.models import AgendaItem, Attendance, Meeting, MeetingAction  # noqa: F401

CONFIDENTIAL = (Permission.READ_CASE_REVIEWS, Permission.READ_CHILD_DEATHS)
"""What reading the meetings of a confidential group may need."""


def readable_meetings(user: Reader, path: str = "") -> Q:
    """The meetings that `user` reads; `path` leads from the queried model to the meeting, such as "meeting__".

    The main board's: who reads papers of the board. Another group's: its members and who reads the whole board. A
    confidential group's: who holds its own permission, for it or for the whole board; reading the board is not enough.
    A meeting about one case: who is let into that case, and nobody who is kept out of it.
    """
    if not isinstance(user, User):
        return Q(pk__in=[])
    open_to_board = Q(**{f"{path}group__confidential_permission": ""})
    readable = Q(pk__in=[])
    if user.for_whole_board(Permission.READ_BOARD):
        readable |= open_to_board
    elif user.may(Permission.READ_BOARD):
        own = Q(**{f"{path}group__code__in": sorted(user.groups_where(Permission.READ_BOARD))})
        readable |= open_to_board & (Q(**{f"{path}group__kind": "board"}) | own)
    for permission in CONFIDENTIAL:
        within = Q(**{f"{path}group__confidential_permission": permission.value})
        if user.for_whole_board(permission):
            readable |= within
        elif groups := user.groups_where(permission):
            readable |= within & Q(**{f"{path}group__code__in": sorted(groups)})
    return within_cases(user, readable, f"{path}case")


def start_of(day: dt.date) -> dt.datetime:
    """The first moment of a day in London."""
    return dt.datetime.combine(day, dt.time(), LONDON)


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: Reader) -> MeetingQuerySet:
        return self.filter(readable_meetings(user))

    def between(self, first: dt.date, last: dt.date) -> MeetingQuerySet:
        """Meetings that begin from `first` to `last`, both included, by the calendar of London."""
        return self.filter(starts_at__gte=start_of(first), starts_at__lt=start_of(last + dt.timedelta(days=1)))

    def on(self, day: dt.date) -> MeetingQuerySet:
        return self.between(day, day)

    def after(self, day: dt.date) -> MeetingQuerySet:
        return self.filter(starts_at__gte=start_of(day + dt.timedelta(days=1)))

    def not_after(self, day: dt.date) -> MeetingQuerySet:
        return self.filter(starts_at__lt=start_of(day + dt.timedelta(days=1)))

    def of_year(self, year: FinancialYear) -> MeetingQuerySet:
        return self.between(year.first_day, year.last_day)

    def held(self) -> MeetingQuerySet:
        return self.filter(state="held")

    def to_come(self) -> MeetingQuerySet:
        """Neither held nor cancelled yet."""
        return self.filter(state__in=("planned", "papers_out"))

    def not_minuted(self) -> MeetingQuerySet:
        return self.held().filter(minutes="")


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def visible_to(self, user: Reader) -> AgendaItemQuerySet:
        return self.filter(readable_meetings(user, "meeting__"))


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def visible_to(self, user: Reader) -> AttendanceQuerySet:
        return self.filter(readable_meetings(user, "meeting__"))


class MeetingActionQuerySet(models.QuerySet["MeetingAction"]):
    def visible_to(self, user: Reader) -> MeetingActionQuerySet:
        """As far as both the meeting and the action may be read."""
        return self.filter(readable_meetings(user, "meeting__"), action__in=Action.objects.visible_to(user))
