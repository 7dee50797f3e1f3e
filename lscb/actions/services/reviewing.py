"""A group goes through its plan: what all members present agree is achieved is signed off, and the flow is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace

from django.db import transaction

from lscb.accounts.models import Actor
from lscb.common.errors import RuleBroken
from lscb.trail.services import record

from ..access import may_sign_off, must
from ..counts import Flow, counted_until, flow
from ..models import Action, ActionPlan, Kind, QuarterlyReview
from .deciding import sign_off_actions
from .rules import check_day, check_not_back_in_time, name_of, state_after


@transaction.atomic
def hold_quarterly_review(
    *,
    plan: ActionPlan,
    held_on: dt.date,
    forum: str,
    achieved: Iterable[Action] = (),
    notes: str = "",
    by: Actor,
    today: dt.date | None = None,
) -> QuarterlyReview:
    """Keep the review of a day, with what is signed off at it. All of it or nothing."""
    must(may_sign_off(by, plan))
    plan = ActionPlan.objects.select_for_update().get(pk=plan.pk)
    achieved = list(achieved)
    check_review(plan=plan, held_on=held_on, forum=forum, achieved=achieved, today=today)
    if achieved:
        sign_off_actions(plan=plan, actions=achieved, on=held_on, forum=forum, by=by, today=today)
    counts = flow(plan, after=counted_until(plan, held_on), upto=held_on)
    review = QuarterlyReview.objects.create(
        plan=plan, held_on=held_on, forum=forum.strip(), notes=notes.strip(), by=by, **asdict(counts)
    )
    record(
        verb="reviewed the plan",
        by=by,
        target=plan,
        named=name_of(plan),
        changes={"outstanding": (counts.opening, counts.closing)},
    )
    return review


def check_review(
    *, plan: ActionPlan, held_on: dt.date, forum: str, achieved: Sequence[Action], today: dt.date | None = None
) -> Flow:
    """What the review would count. Writes nothing. Raises RuleBroken as holding it would."""
    check_day(plan, held_on, today, field="held_on")
    if plan.reviews.filter(held_on=held_on).exists():
        raise RuleBroken("This plan was reviewed on that day already. Enter another day.", field="held_on")
    if not forum.strip():
        raise RuleBroken("Enter the meeting at which the plan was reviewed.", field="forum")
    for action in achieved:
        state_after(action, Kind.SIGNED_OFF)
    check_not_back_in_time(achieved, held_on)
    before = flow(plan, after=counted_until(plan, held_on), upto=held_on)
    return replace(before, signed_off=before.signed_off + len(achieved), closing=before.closing - len(achieved))
