"""Rules of action plans that no constraint can hold, proved by query for `check_data`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from lscb.common.faults import Fault

from .counts import flow
from .models import MOVES, Action, ActionPlan, Kind, State


def broken(today: dt.date) -> Iterator[str]:
    """A sentence for each rule that does not hold."""
    yield from _histories()
    yield from _reviews()


def _histories() -> Iterator[str]:
    """Each action is in the state that what happened to it leads to, step by step."""
    for action in Action.objects.select_related("plan").prefetch_related("events").iterator(chunk_size=500):
        name = f"Action {action.number} of plan {action.plan_id}"
        events = list(action.events.all())
        if not events or events[0].kind != Kind.ADDED:
            yield Fault(f"{name}: its first event is not that it was added.", action)
            continue
        state: str | None = State.OPEN
        for event in events[1:]:
            state = MOVES.get((state, event.kind)) if state else None
        if state != action.state:
            yield Fault(
                f"{name}: its state is {action.state}, but what happened to it leads to {state or 'no state at all'}.",
                action,
            )


def _reviews() -> Iterator[str]:
    """Each review holds what is counted today for its period, and begins where the one before it ended."""
    for plan in ActionPlan.objects.prefetch_related("reviews").iterator(chunk_size=500):
        until = plan.opened_on - dt.timedelta(days=1)
        for review in plan.reviews.all():
            counts = flow(plan, after=until, upto=review.held_on)
            kept = (review.opening, review.added, review.signed_off, review.withdrawn, review.closing)
            if kept != (counts.opening, counts.added, counts.signed_off, counts.withdrawn, counts.closing):
                yield Fault(
                    f"Plan {plan.pk}: its review of {review.held_on} does not hold the counts of its period.", plan
                )
            until = review.held_on
