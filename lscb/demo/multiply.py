"""More of the same, for measuring: plans with their actions, challenges and meetings, copied many times over at once.

Copies are written as rows, without a service each, so that a hundred times the records are there in seconds. What they
hold is what the services wrote for the first; every rule of `check_data` holds for them, too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.db.models import Model

from boards.models import Challenge, ChallengeCounter, ChallengeEvent, ChallengeResponse, Happened, Meeting
from lscb.actions.models import (
    Action,
    ActionEntry,
    ActionEvent,
    ActionPlan,
    DueDateMove,
    ImpactCheck,
    Note,
    QuarterlyReview,
)

BATCH = 500

Key = Any


def multiply(scale: int) -> None:
    """Let there be `scale` of each: the records that are there, and `scale` - 1 copies. Files have no copies."""
    _plans(scale)
    _challenges(scale, meetings=_meetings(scale))


def _plans(scale: int) -> None:
    firsts = {
        model: list(model.objects.all())
        for model in (ActionPlan, QuarterlyReview, Action, ActionEntry, ActionEvent, Note, DueDateMove, ImpactCheck)
    }
    for number in range(2, scale + 1):
        plans = _copy(firsts[ActionPlan], change=partial(_of_locality, number))
        _copy(firsts[QuarterlyReview], plan=plans)
        actions = _copy(firsts[Action], plan=plans, replaced_by={})
        entries = _copy(firsts[ActionEntry], action=actions)
        events = _copy(firsts[ActionEvent], action=actions)
        _copy(firsts[Note], action=actions, entry=entries)
        _copy(firsts[DueDateMove], action=actions)
        _copy(firsts[ImpactCheck], event=events)


def _of_locality(number: int, plan: ActionPlan) -> dict[str, Any]:
    """A plan that a group of its own watches: no group's meeting signs off a hundred times as much in a day."""
    return {"title": f"{plan.title} (locality {number})", "group": f"{plan.group or 'board'}-{number}"}


def _challenges(scale: int, meetings: Sequence[dict[Key, Meeting]]) -> None:
    """Each copy was raised at the copy of its meeting."""
    firsts = list(Challenge.objects.all())
    responses = list(ChallengeResponse.objects.all())
    told = list(ChallengeEvent.objects.exclude(happened=Happened.PUBLISHED))
    put_to = Challenge.agencies.through
    asked = list(put_to.objects.all())
    last = dict(ChallengeCounter.objects.values_list("year", "last"))
    for number, held in enumerate(meetings, 1):
        copies = [
            _fresh(
                one,
                number=one.number + number * last[one.year],
                held_at=held.get(one.held_at_id),
                submission=None,
                plan=None,
            )
            for one in firsts
        ]
        Challenge.objects.bulk_create(copies, BATCH)
        of = {one.pk: copy for one, copy in zip(firsts, copies, strict=True)}
        put_to.objects.bulk_create((_fresh(row, challenge=of[row.challenge_id]) for row in asked), BATCH)
        _copy([_fresh(one, submission=None) for one in responses], challenge=of)
        _copy(told, challenge=of)
    for year, number in last.items():
        ChallengeCounter.objects.filter(year=year).update(last=number * scale)


def _meetings(scale: int) -> list[dict[Key, Meeting]]:
    """A minute later each, because a group meets once at a time. The copies of each time, by the key of the first."""
    firsts = list(Meeting.objects.all())
    return [_copy(firsts, change=partial(_later, dt.timedelta(minutes=number))) for number in range(1, scale)]


def _later(by: dt.timedelta, meeting: Meeting) -> dict[str, Any]:
    return {"starts_at": meeting.starts_at + by, "ends_at": meeting.ends_at + by, "approved_in": None}


def _copy(
    rows: Sequence[Any], change: Callable[[Any], dict[str, Any]] = lambda row: {}, **owners: dict[Key, Model]
) -> dict[Key, Any]:
    """A copy of each row with what `change` says of it, under the copy of each of its `owners`; by the first's key."""
    copies: list[Any] = []
    for row in rows:
        of_owners: dict[str, Any] = {name: of.get(getattr(row, f"{name}_id")) for name, of in owners.items()}
        copies.append(_fresh(row, **of_owners | change(row)))
    if copies:
        type(copies[0])._default_manager.bulk_create(copies, BATCH)
    return {row.pk: copy for row, copy in zip(rows, copies, strict=True)}


def _fresh(row: Any, **changes: Any) -> Any:
    """The same values under a key of its own."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.fields if not field.primary_key}
    for name, value in changes.items():
        values[f"{name}_id" if f"{name}_id" in values else name] = value.pk if isinstance(value, Model) else value
    return type(row)(**values)
