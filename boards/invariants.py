"""Rules of the board's records that no constraint can hold, proved by query for `check_data`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise

from django.db.models import F

from .challenges.invariants import broken as in_challenges
from .models import Attendance, Group, Holder, Meeting, MeetingAction, MeetingState, ThemeAction


def broken(today: dt.date) -> Iterator[str]:
    """A sentence for each rule that does not hold."""
    yield from _circles()
    yield from _seats_held_twice()
    yield from _actions_of_another_plan()
    yield from in_challenges(today)
    yield from _seats_that_attend_without_existing()
    yield from _minutes_approved_elsewhere()
    yield from _actions_of_another_group()


def _circles() -> Iterator[str]:
    parents = dict(Group.objects.values_list("pk", "parent"))
    for group in Group.objects.all():
        above, steps = group.parent_id, 0
        while above is not None and steps <= len(parents):
            above, steps = parents[above], steps + 1
        if above is not None:
            yield f"Group {group.code} reports to itself in a circle."


def _seats_held_twice() -> Iterator[str]:
    holders = Holder.objects.order_by("seat", "is_deputy", "starts_on")
    for before, after in pairwise(holders.iterator(chunk_size=500)):
        same = (before.seat_id, before.is_deputy) == (after.seat_id, after.is_deputy)
        if same and (before.ends_on is None or after.starts_on <= before.ends_on):
            yield f"Seat {after.seat_id} is held by two people on {after.starts_on}."
    for holder in Holder.objects.filter(starts_on__lt=F("seat__starts_on")):
        yield f"Seat {holder.seat_id} is held from {holder.starts_on}, before it began."


def _actions_of_another_plan() -> Iterator[str]:
    wrong = ThemeAction.objects.exclude(action__plan__business_plan__year=F("theme__year"))
    for row in wrong.select_related("theme"):
        yield f"Action {row.action_id} stands under a theme of {row.theme.year} but is not in the plan of that year."


def _seats_that_attend_without_existing() -> Iterator[str]:
    for row in Attendance.objects.select_related("meeting__group", "seat").iterator(chunk_size=500):
        day, seat = row.meeting.day, row.seat
        if seat.group_id != row.meeting.group_id:
            yield f"Meeting {row.meeting_id} records seat {seat.pk} of another group."
        elif day < seat.starts_on or (seat.ends_on and day > seat.ends_on):
            yield f"Meeting {row.meeting_id} records seat {seat.pk} on {day}, when it did not exist."
    for meeting in Meeting.objects.filter(attendance__isnull=False).exclude(state=MeetingState.HELD).distinct():
        yield f"Meeting {meeting.pk} has attendance but is {meeting.state}."


def _minutes_approved_elsewhere() -> Iterator[str]:
    for meeting in Meeting.objects.filter(approved_in__isnull=False).select_related("approved_in"):
        at = meeting.approved_in
        if at and (at.group_id != meeting.group_id or at.starts_at <= meeting.starts_at or not at.is_held):
            yield f"The minutes of meeting {meeting.pk} were not approved at a later meeting of its group."


def _actions_of_another_group() -> Iterator[str]:
    """An action of a meeting is read with no less than its meeting."""
    for row in MeetingAction.objects.select_related("meeting__group", "action"):
        if row.action.plan_id != row.meeting.group.action_plan_id:
            yield f"Action {row.action_id} came out of meeting {row.meeting_id} but is in the plan of another group."
