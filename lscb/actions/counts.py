"""How many actions came, went and stayed between two days, counted from what happened to them.

For the floors above: `flow` of a plan or of any actions, `flow_by_agency` for each agency that is asked, and
`differences` for what became of them for children. Every count is of what happened, so it has one answer for ever.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet

from lscb.accounts.models import Agency
from lscb.common.rounding import Percentage, percentage
from lscb.common.words import worded

from .models import (
    BECOMES_OUTSTANDING,
    Action,
    ActionEntry,
    ActionEvent,
    ActionPlan,
    Difference,
    ImpactCheck,
    Kind,
    QuarterlyReview,
)
from .querysets import ActionQuerySet

TEAM = worded("The {board}’s team")


@dataclass(frozen=True)
class Flow:
    """`opening` + `added` - `signed_off` - `withdrawn` = `closing`, always.

    `added` holds new and re-opened actions (`reopened` says how many of them), `withdrawn` also those superseded.
    """

    opening: int
    added: int
    reopened: int
    signed_off: int
    withdrawn: int
    closing: int

    @property
    def adds_up(self) -> bool:
        return self.opening + self.added - self.signed_off - self.withdrawn == self.closing

    @property
    def share_signed_off(self) -> Percentage:
        """Signed off, of all that was to be done in the time."""
        return percentage(self.signed_off, self.opening + self.added)


@dataclass(frozen=True)
class AgencyFlow:
    """The flow of the actions that ask something of one agency; `agency` is None for the board's team."""

    agency: Agency | None
    flow: Flow

    def name_on(self, day: dt.date) -> str:
        return self.agency.name_on(day) if self.agency else str(TEAM)


def flow(of: ActionPlan | ActionQuerySet, *, after: dt.date, upto: dt.date) -> Flow:
    """What happened after the end of the day `after`, up to the end of the day `upto`: in a plan, or to any actions.

    Opening and closing are states at a date, each counted by itself and never one from the other.
    """
    actions = Action.objects.filter(plan=of) if isinstance(of, ActionPlan) else of
    rows = ActionEvent.objects.filter(action__in=actions.order_by().values("pk"), on__gt=after, on__lte=upto)
    happened = Counter(dict(rows.order_by().values_list("kind").annotate(Count("pk"))))
    return _flow(actions.outstanding(after).count(), happened, actions.outstanding(upto).count())


def flow_by_agency(actions: ActionQuerySet, *, after: dt.date, upto: dt.date) -> list[AgencyFlow]:
    """The same for each agency that is asked for one of `actions`, by name; the board's team comes last.

    An action of several agencies counts for each of them, so the agencies together are more than the whole.
    """
    chosen = ActionEntry.objects.filter(action__in=actions.order_by().values("pk"))
    opening, closing = (_by_agency(chosen, actions.outstanding(at)) for at in (after, upto))
    happened: dict[int | None, Counter[str]] = {}
    rows = chosen.filter(action__events__on__gt=after, action__events__on__lte=upto).order_by()
    for agency, kind, number in rows.values_list("agency", "action__events__kind").annotate(Count("pk")):
        happened.setdefault(agency, Counter())[kind] = number
    asked = set(chosen.order_by().values_list("agency", flat=True))
    agencies = list(Agency.objects.filter(pk__in=asked - {None}).prefetch_related("names").order_by("name"))
    every: Iterable[Agency | None] = [*agencies, None] if None in asked else agencies
    return [
        AgencyFlow(agency, _flow(opening[key], happened.get(key, Counter()), closing[key]))
        for agency in every
        for key in [agency.pk if agency else None]
    ]


def differences(actions: ActionQuerySet, *, after: dt.date, upto: dt.date) -> dict[Difference, int]:
    """How the impact checks answered in the time came out."""
    checks = ImpactCheck.objects.filter(event__action__in=actions.order_by().values("pk"), on__gt=after, on__lte=upto)
    found = dict(checks.order_by().values_list("difference").annotate(Count("pk")))
    return {difference: found.get(difference.value, 0) for difference in Difference}


# ---- Reviews --------------------------------------------------------------------------------------------------------


def counted_until(plan: ActionPlan, held_on: dt.date) -> dt.date:
    """The end of the period before a review: the review before it, or the day before the plan opened."""
    before = plan.reviews.filter(held_on__lt=held_on).aggregate(last=Max("held_on"))["last"]
    return before or plan.opened_on - dt.timedelta(days=1)


def counted_in(review: QuarterlyReview) -> dict[str, list[ActionEvent]]:
    """What a review counts, list by list: as many in each as its number says."""
    after = counted_until(review.plan, review.held_on)
    events = ActionEvent.objects.filter(action__plan=review.plan, on__gt=after, on__lte=review.held_on)
    told = list(events.select_related("action").order_by("on", "action__number", "pk"))
    return {
        "signed_off": [event for event in told if event.kind == Kind.SIGNED_OFF],
        "added": [event for event in told if event.kind in BECOMES_OUTSTANDING],
        "withdrawn": [event for event in told if event.kind in (Kind.WITHDRAWN, Kind.SUPERSEDED)],
    }


def left_after(review: QuarterlyReview) -> ActionQuerySet:
    """What was outstanding when the review was over: as many as its `closing`."""
    return review.plan.actions.outstanding(review.held_on).order_by("due", "number")


# ---- Parts ----------------------------------------------------------------------------------------------------------


def _by_agency(entries: QuerySet[ActionEntry], actions: ActionQuerySet) -> Counter[int | None]:
    rows = entries.filter(action__in=actions.order_by().values("pk")).order_by()
    return Counter(dict(rows.values_list("agency").annotate(Count("pk"))))


def _flow(opening: int, happened: Counter[str], closing: int) -> Flow:
    reopened = happened[Kind.REOPENED]
    return Flow(
        opening=opening,
        added=happened[Kind.ADDED] + reopened,
        reopened=reopened,
        signed_off=happened[Kind.SIGNED_OFF],
        withdrawn=happened[Kind.WITHDRAWN] + happened[Kind.SUPERSEDED],
        closing=closing,
    )
