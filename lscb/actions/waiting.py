"""What of the actions waits for a person."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from lscb.accounts.models import User
from lscb.common.rag import SOON
from lscb.common.waiting import Waiting

from .models import Action, ActionPlan, State

MOST = 10


def waiting_for(user: User, today: dt.date) -> list[Waiting]:
    """One's own actions that are late or due soon. For who runs plans: what to decide, chase and ask, a line per plan.

    What the board's team itself is to do is told by the plan's line, unless it is given to one of them.
    A fixed number of queries.
    """
    return [*_own(user, today), *_plans(user, today)]


def _own(user: User, today: dt.date) -> list[Waiting]:
    own = Action.objects.visible_to(user).waiting_for(user).filter(state=State.OPEN, due__lte=today + SOON)
    found = list(own.select_related("plan").order_by("due", "number")[: MOST + 1])
    waiting = [_one(action, today) for action in found[:MOST]]
    return [*waiting, _more(today)] if len(found) > MOST else waiting


def _one(action: Action, today: dt.date) -> Waiting:
    late = action.due < today
    tag = _late(today - action.due) if late else f"due {action.due.day} {action.due:%B}"
    return Waiting(
        title=f"{action} of {action.plan}",
        url=action.get_absolute_url(),
        sentence="Report progress, or propose it as complete",
        tag=tag,
        tone="red" if late else "amber",
        due=action.due,
        outside=_outside(action.plan, f"{action} of {action.plan}"),
    )


def _more(today: dt.date) -> Waiting:
    url = f"{reverse('actions:mine')}?whose=mine"
    return Waiting("More actions", url, "See all that are yours to do", "more", "amber", today + SOON, "more actions")


def _late(by: dt.timedelta) -> str:
    return "1 day late" if by.days == 1 else f"{by.days:,} days late"


def _outside(plan: ActionPlan, words: str) -> str:
    """What an e-mail may say: of a confidential plan, nothing."""
    return "" if plan.is_confidential else words


# ---- For who runs plans ---------------------------------------------------------------------------------------------


def _plans(user: User, today: dt.date) -> list[Waiting]:
    runs = ActionPlan.objects.managed_by(user)
    proposed, late = Q(actions__state=State.PROPOSED), Q(actions__state=State.OPEN, actions__due__lt=today)
    counted = runs.annotate(proposed=Count("actions", filter=proposed), late=Count("actions", filter=late))
    found = list(counted.filter(Q(proposed__gt=0) | Q(late__gt=0)).order_by("-late", "title")[: MOST + 1])
    waiting = []
    for plan in found[:MOST]:
        if plan.proposed:
            waiting.append(_decide(plan, plan.proposed))
        if plan.late:
            waiting.append(_chase(plan, plan.late))
    if len(found) > MOST:
        url = f"{reverse('actions:plan_list')}?sort=-overdue"
        waiting.append(Waiting("More plans", url, "Others have actions to decide or to chase", "more", "amber"))
    return [*waiting, *_impact(runs, today)]


def _decide(plan: ActionPlan, number: int) -> Waiting:
    words = "1 action is" if number == 1 else f"{number} actions are"
    title = f"Sign off actions: {plan}"
    sentence = f"{words} proposed as complete"
    return Waiting(
        title, plan.get_absolute_url(), sentence, "to decide", "amber", outside=_outside(plan, f"{title}, {sentence}")
    )


def _chase(plan: ActionPlan, number: int) -> Waiting:
    words = "1 action is late" if number == 1 else f"{number} actions are late"
    url = f"{reverse('actions:mine')}?plan={plan.pk}&show=overdue"
    title = f"Late actions: {plan}"
    return Waiting(title, url, words, f"{number} late", "red", outside=_outside(plan, title))


def _impact(runs: QuerySet[ActionPlan], today: dt.date) -> list[Waiting]:
    """A line for all plans together: it asks for an hour some day, not for an answer today."""
    number = Action.objects.filter(plan__in=runs).impact_unknown(today).count()
    if not number:
        return []
    words = "1 action was" if number == 1 else f"{number} actions were"
    sentence = f"{words} signed off half a year ago or longer"
    url = f"{reverse('actions:mine')}?show=impact"
    title = "Say whether actions made a difference"
    return [Waiting(title, url, sentence, f"{number} to answer", outside=title)]
