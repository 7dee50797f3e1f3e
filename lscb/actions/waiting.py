"""What of the actions waits for a person."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Q
from django.urls import reverse

from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.common.waiting import Waiting

from .models import Action, ActionPlan, State

SOON = dt.timedelta(days=28)
MOST = 10


def waiting_for(user: User, today: dt.date) -> list[Waiting]:
    """For an agency: its own actions that are late or due soon. For who runs plans: one line per plan. Two queries."""
    return [*_own(user, today), *_plans(user, today)]


def _own(user: User, today: dt.date) -> list[Waiting]:
    agencies = user.agencies_where(Permission.UPDATE_OWN_ACTIONS)
    if not agencies:
        return []
    own = Action.objects.visible_to(user).of_agencies(agencies).filter(state=State.OPEN, due__lte=today + SOON)
    return [_one(action, today) for action in own.select_related("plan").order_by("due", "number")[:MOST]]


def _one(action: Action, today: dt.date) -> Waiting:
    late = action.due < today
    return Waiting(
        title=f"{action} of {action.plan}",
        url=action.get_absolute_url(),
        sentence="Report progress, or propose it as complete",
        tag=_late(today - action.due) if late else f"due {action.due.day} {action.due:%B}",
        tone="red" if late else "amber",
        due=action.due,
    )


def _late(by: dt.timedelta) -> str:
    return "1 day late" if by.days == 1 else f"{by.days:,} days late"


def _plans(user: User, today: dt.date) -> list[Waiting]:
    if not user.for_whole_board(Permission.MANAGE_ACTIONS):
        return []
    proposed, late = Q(actions__state=State.PROPOSED), Q(actions__state=State.OPEN, actions__due__lt=today)
    plans = ActionPlan.objects.visible_to(user).annotate(
        proposed=Count("actions", filter=proposed), late=Count("actions", filter=late)
    )
    waiting = []
    for plan in plans.filter(Q(proposed__gt=0) | Q(late__gt=0)).order_by("title"):
        if plan.proposed:
            waiting.append(_decide(plan, plan.proposed))
        if plan.late:
            waiting.append(_chase(plan, plan.late))
    return waiting


def _decide(plan: ActionPlan, number: int) -> Waiting:
    words = "1 action is" if number == 1 else f"{number} actions are"
    return Waiting(
        f"Sign off actions: {plan}", plan.get_absolute_url(), f"{words} proposed as complete", "to decide", "amber"
    )


def _chase(plan: ActionPlan, number: int) -> Waiting:
    words = "1 action is late" if number == 1 else f"{number} actions are late"
    url = f"{reverse('actions:mine')}?plan={plan.pk}&show=overdue"
    return Waiting(f"Late actions: {plan}", url, words, f"{number} late", "red")
