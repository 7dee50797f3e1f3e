"""How many actions came, went and stayed between two days, counted from what happened to them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count

from .models import Action, ActionEvent, ActionPlan, Kind


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


def flow(plan: ActionPlan, *, after: dt.date, upto: dt.date) -> Flow:
    """What happened in `plan` after the end of the day `after`, up to the end of the day `upto`.

    Opening and closing are states at a date, each counted by itself and never one from the other.
    """
    rows = ActionEvent.objects.filter(action__plan=plan, on__gt=after, on__lte=upto)
    happened = dict(rows.order_by().values_list("kind").annotate(Count("pk")))
    reopened = happened.get(Kind.REOPENED, 0)
    actions = Action.objects.filter(plan=plan)
    return Flow(
        opening=actions.outstanding(after).count(),
        added=happened.get(Kind.ADDED, 0) + reopened,
        reopened=reopened,
        signed_off=happened.get(Kind.SIGNED_OFF, 0),
        withdrawn=happened.get(Kind.WITHDRAWN, 0) + happened.get(Kind.SUPERSEDED, 0),
        closing=actions.outstanding(upto).count(),
    )
