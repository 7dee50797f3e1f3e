"""What happens to a case beside its review: joined, passed on, parallel processes, rapid response."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from lscb.accounts.models import Actor
from lscb.common.errors import RuleBroken
from lscb.trail.services import record

from ..models import DEATH_MOVES, Death, DeathMove, DeathState, ParallelProcess, ProcessKind, RapidResponse
from .access import locked, must_be_open, must_manage, must_name_nobody


def move(death: Death, what: DeathMove) -> None:
    """Let `what` happen to a case whose state allows it. Raises RuleBroken with a sentence otherwise."""
    state = DEATH_MOVES.get((death.state, what))
    if state is None:
        raise RuleBroken(f"This case is {death.get_state_display().lower()}, so it stays as it is.")
    death.state = state


@transaction.atomic
def join_case(*, death: Death, to: Death, by: Actor) -> Death:
    """Two notifications of one child: `death` was never a death of its own and is in no count from now on."""
    must_manage(by)
    death, to = locked(death), locked(to)
    if death == to or to.state == DeathState.JOINED:
        raise RuleBroken("Choose another case, one that is not joined itself.", field="to")
    if death.panel_cases.exists():
        raise RuleBroken("This case came to a panel meeting. Join the other case to this one instead.", field="to")
    move(death, DeathMove.JOINED)
    death.same_as = to
    death.save(update_fields=["state", "same_as"])
    for twin in death.twins.all():
        twin.same_as = to
        twin.save(update_fields=["same_as"])
    record(verb="joined to another case", by=by, target=death, changes={"same_as": (None, to.reference)})
    record(verb="had another notification joined to it", by=by, target=to, reason=death.reference)
    return to


@transaction.atomic
def pass_on(*, death: Death, area: str, on: dt.date, by: Actor, today: dt.date) -> Death:
    """The child lived elsewhere: the panel of that area reviews the death. It stays notified, and awaits no more."""
    must_manage(by)
    death = must_be_open(death)
    if not area.strip():
        raise RuleBroken("Say which area's panel reviews the death.", field="area")
    must_name_nobody(death, {"area": area})
    _check_day(death, on, today)
    move(death, DeathMove.PASSED_ON)
    death.ended_on, death.ended_because = on, area.strip()
    death.save(update_fields=["state", "ended_on", "ended_because"])
    record(verb="passed on", by=by, target=death, changes={"ended_on": (None, on)})
    return death


@transaction.atomic
def note_process(
    *, death: Death, kind: str, ends_first: bool, note: str = "", on: dt.date, by: Actor, today: dt.date
) -> ParallelProcess:
    """Another process runs beside the review; `ends_first` when the review may not close before it."""
    must_manage(by)
    death = must_be_open(death)
    _check_day(death, on, today)
    process = ParallelProcess.objects.create(
        death=death, kind=ProcessKind(kind), ends_first=ends_first, noted_on=on, note=note.strip()
    )
    record(verb="noted a parallel process", by=by, target=death, reason=process.get_kind_display())
    return process


@transaction.atomic
def end_process(*, process: ParallelProcess, on: dt.date, note: str = "", by: Actor, today: dt.date) -> ParallelProcess:
    """It is over; what came of it may be added to its note."""
    must_manage(by)
    process = ParallelProcess.objects.select_for_update(of=("self",)).select_related("death").get(pk=process.pk)
    if process.ended_on:
        raise RuleBroken("This process has ended already.")
    if not process.noted_on <= on <= today:
        raise RuleBroken("The day must be from the day it was noted to today.", field="on")
    process.ended_on = on
    process.note = "\n".join(part for part in (process.note, note.strip()) if part)
    process.save()
    record(verb="ended a parallel process", by=by, target=process.death, reason=process.get_kind_display())
    return process


@transaction.atomic
def record_rapid_response(
    *,
    death: Death,
    began_on: dt.date,
    visited_on: dt.date | None = None,
    discussed_on: dt.date | None = None,
    note: str = "",
    by: Actor,
    today: dt.date,
) -> RapidResponse:
    """How the professionals came together after an unexpected death."""
    must_manage(by)
    death = must_be_open(death)
    for name, day in (("began_on", began_on), ("visited_on", visited_on), ("discussed_on", discussed_on)):
        if day and day > today:
            raise RuleBroken("The day must be today or earlier.", field=name)
        if day and day < began_on:
            raise RuleBroken("The day must not be before the first conversation.", field=name)
    values = {"began_on": began_on, "visited_on": visited_on, "discussed_on": discussed_on, "note": note.strip()}
    response, _ = RapidResponse.objects.update_or_create(death=death, defaults=values)
    record(verb="recorded the rapid response", by=by, target=death)
    return response


def _check_day(death: Death, on: dt.date, today: dt.date) -> None:
    if not death.notified_on <= on <= today:
        raise RuleBroken("The day must be from the day of the notification to today.", field="on")
