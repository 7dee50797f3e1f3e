"""Rules of the board's records that no constraint can hold, proved by query for `check_data`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise

from django.db.models import Count, F

from lscb.common.faults import Fault

from .challenges.invariants import broken as in_challenges
from .models import (
    Answer,
    Attendance,
    Challenge,
    Group,
    Holder,
    Meeting,
    MeetingAction,
    MeetingState,
    PublishedStructure,
    QuestionKind,
    ThemeAction,
)
from .publishing import digest


def broken(today: dt.date) -> Iterator[str]:
    """A sentence for each rule that does not hold."""
    yield from _circles()
    yield from _seats_held_twice()
    yield from _actions_of_another_plan()
    yield from in_challenges(today)
    yield from _seats_that_attend_without_existing()
    yield from _minutes_approved_elsewhere()
    yield from _actions_of_another_group()
    yield from _challenges_at_another_meeting()
    yield from _answers_that_were_not_offered()
    yield from _published_structures_that_changed()


def _circles() -> Iterator[str]:
    parents = dict(Group.objects.values_list("pk", "parent"))
    for group in Group.objects.all():
        above, steps = group.parent_id, 0
        while above is not None and steps <= len(parents):
            above, steps = parents[above], steps + 1
        if above is not None:
            yield Fault(f"Group {group.code} reports to itself in a circle.", group)


def _seats_held_twice() -> Iterator[str]:
    holders = Holder.objects.order_by("seat", "is_deputy", "starts_on")
    for before, after in pairwise(holders.iterator(chunk_size=500)):
        same = (before.seat_id, before.is_deputy) == (after.seat_id, after.is_deputy)
        if same and (before.ends_on is None or after.starts_on <= before.ends_on):
            yield Fault(f"Seat {after.seat_id} is held by two people on {after.starts_on}.", after.seat)
    for holder in Holder.objects.filter(starts_on__lt=F("seat__starts_on")):
        yield Fault(f"Seat {holder.seat_id} is held from {holder.starts_on}, before it began.", holder.seat)


def _actions_of_another_plan() -> Iterator[str]:
    wrong = ThemeAction.objects.exclude(action__plan__business_plan__year=F("theme__year"))
    for row in wrong.select_related("theme"):
        yield Fault(
            f"Action {row.action_id} stands under a theme of {row.theme.year} but is not in the plan of that year.",
            row.action,
        )


def _seats_that_attend_without_existing() -> Iterator[str]:
    for row in Attendance.objects.select_related("meeting__group", "seat").iterator(chunk_size=500):
        day, seat = row.meeting.day, row.seat
        if seat.group_id != row.meeting.group_id:
            yield Fault(f"Meeting {row.meeting_id} records seat {seat.pk} of another group.", row.meeting)
        elif day < seat.starts_on or (seat.ends_on and day > seat.ends_on):
            yield Fault(
                f"Meeting {row.meeting_id} records seat {seat.pk} on {day}, when it did not exist.", row.meeting
            )
    for meeting in Meeting.objects.filter(attendance__isnull=False).exclude(state=MeetingState.HELD).distinct():
        yield Fault(f"Meeting {meeting.pk} has attendance but is {meeting.state}.", meeting)


def _minutes_approved_elsewhere() -> Iterator[str]:
    for meeting in Meeting.objects.filter(approved_in__isnull=False).select_related("approved_in"):
        at = meeting.approved_in
        if at and (at.group_id != meeting.group_id or at.starts_at <= meeting.starts_at or not at.is_held):
            yield Fault(
                f"The minutes of meeting {meeting.pk} were not approved at a later meeting of its group.", meeting
            )


def _actions_of_another_group() -> Iterator[str]:
    """An action of a meeting is read with no less than its meeting."""
    for row in MeetingAction.objects.select_related("meeting__group", "action"):
        if row.action.plan_id != row.meeting.group.action_plan_id:
            yield Fault(
                f"Action {row.action_id} came out of meeting {row.meeting_id} but is in the plan of another group.",
                row.action,
            )


def _challenges_at_another_meeting() -> Iterator[str]:
    for challenge in Challenge.objects.filter(held_at__isnull=False).select_related("held_at"):
        meeting = challenge.held_at
        if meeting and (meeting.group_id, meeting.day) != (challenge.group_id, challenge.met_on):
            yield Fault(f"Challenge {challenge} names meeting {meeting.pk} of another group or day.", challenge)


def _answers_that_were_not_offered() -> Iterator[str]:
    """An answer is to a question of its survey and among its options; a question that takes one answer has one."""
    wrong = Answer.objects.exclude(question__survey=F("response__survey"))
    strange = Answer.objects.filter(option__isnull=False).exclude(option__question=F("question"))
    for answer in [*wrong, *strange]:
        yield f"Answer {answer.pk} is not to a question of its survey or not among its options."
    single = Answer.objects.filter(question__kind=QuestionKind.SINGLE).order_by()
    for row in single.values("response", "question").annotate(Count("pk")).filter(pk__count__gt=1):
        yield f"Response {row['response']} has several answers to question {row['question']}, which takes one."


def _published_structures_that_changed() -> Iterator[str]:
    for version in PublishedStructure.objects.all():
        if digest(version.content) != version.digest:
            yield f"The published structure of {version.as_at} is not what was published."
