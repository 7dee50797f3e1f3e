"""What the verbs share: the rules about days, and how something happens to actions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from django.db.models import Max
from django.utils import timezone

from lscb.accounts.models import Actor
from lscb.common.errors import RuleBroken
from lscb.common.templatetags.portal import day
from lscb.trail.services import record

from ..counts import counted_until, flow
from ..models import (
    MOVES,
    NEEDS_REASON,
    Action,
    ActionEvent,
    ActionPlan,
    Kind,
    QuarterlyReview,
    State,
)


def happen(
    actions: Sequence[Action],
    kind: Kind,
    *,
    on: dt.date,
    by: Actor,
    meeting: str = "",
    reason: str = "",
    today: dt.date | None,
) -> None:
    """Let `kind` happen to actions of one plan, if each one's state allows it; all of them or none."""
    if not actions:
        raise RuleBroken("Tick at least one action.", field="actions")
    if kind in NEEDS_REASON and not reason.strip():
        raise RuleBroken("Give the reason.", field="reason")
    plan = ActionPlan.objects.select_for_update().get(pk=actions[0].plan_id)
    check_day(plan, on, today)
    before = {
        action.pk: action
        for action in Action.objects.select_for_update()
        .filter(pk__in=[action.pk for action in actions])
        .order_by("number")
    }
    check_not_back_in_time(before.values(), on)
    for action in before.values():
        action.state = state_after(action, kind)
        action.save(update_fields=["state"])
    ActionEvent.objects.bulk_create(
        ActionEvent(action=action, kind=kind, on=on, meeting=meeting, reason=reason.strip(), by=by)
        for action in before.values()
    )
    count_again(plan, on)
    for given in actions:
        old, given.state = given.state, before[given.pk].state
        record(
            verb=kind.label.lower(),
            by=by,
            target=given,
            changes={"state": (old, given.state)},
            reason=words_of(plan, " ".join(part for part in (meeting, reason.strip()) if part)),
        )


def state_after(action: Action, kind: Kind) -> str:
    """Raises RuleBroken where the table of moves has none for the action's state."""
    state = MOVES.get((action.state, kind))
    if state is None:
        done = kind.label[0].lower() + kind.label[1:]
        was = State(action.state).label.lower()
        raise RuleBroken(f"Action {action.number} is {was}, so it cannot be {done} now.")
    return state


def check_not_back_in_time(actions: Iterable[Action], on: dt.date) -> None:
    last_days = ActionEvent.objects.filter(action__in=list(actions)).aggregate(last=Max("on"))
    if last_days["last"] and on < last_days["last"]:
        raise RuleBroken("Something happened to the action after that day already. Enter a later day.", field="on")


def check_not_later(on: dt.date, today: dt.date | None, *, field: str = "on") -> None:
    if on > (today or timezone.localdate()):
        raise RuleBroken("The day must be today or earlier.", field=field)


def check_day(plan: ActionPlan, on: dt.date, today: dt.date | None, *, field: str = "on") -> None:
    check_not_later(on, today, field=field)
    if on < plan.opened_on:
        raise RuleBroken("The plan was not open yet on that day. Enter a later day.", field=field)
    last = plan.reviews.aggregate(last=Max("held_on"))["last"]
    if last and on < last:
        raise RuleBroken(
            f"The plan was reviewed on {day(last)} and its counts stand. Enter that day or later.", field=field
        )


def count_again(plan: ActionPlan, on: dt.date) -> None:
    """What happens on the day of a review belongs to that review, also when it is written down after it."""
    review = plan.reviews.filter(held_on=on).first()
    if review:
        counts = flow(plan, after=counted_until(plan, on), upto=on)
        QuarterlyReview.objects.filter(pk=review.pk).update(**asdict(counts))


def locked(action: Action) -> Action:
    return Action.objects.select_for_update(of=("self",)).select_related("plan").get(pk=action.pk)


def name_of(plan: ActionPlan) -> str:
    return "Action plan" if plan.is_confidential else plan.title


def words_of(plan: ActionPlan, text: str) -> str:
    return "" if plan.is_confidential else text
