"""What of the board's own records waits for a person."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.common.waiting import Waiting

from .challenges.waiting import waiting_for as of_challenges
from .models import Contribution, Seat

PAYMENT_TAKES = dt.timedelta(days=30)


def waiting_for(user: User, today: dt.date) -> list[Waiting]:
    """Challenges; and for who runs the board: vacant seats and invoices that were not paid within 30 days."""
    waiting = of_challenges(user, today)
    if user.for_whole_board(Permission.MANAGE_BOARD):
        waiting += [*_vacant(user, today), *_unpaid(user, today)]
    return waiting


def _vacant(user: User, today: dt.date) -> list[Waiting]:
    vacant = list(Seat.objects.visible_to(user).vacant(today).select_related("group"))
    if not vacant:
        return []
    groups = {seat.group for seat in vacant}
    url = groups.pop().get_absolute_url() if len(groups) == 1 else reverse("boards:group_list")
    return [Waiting("Fill vacant seats", url, ", ".join(seat.position for seat in vacant[:3]), f"{len(vacant)} vacant")]


def _unpaid(user: User, today: dt.date) -> list[Waiting]:
    owed = Contribution.objects.visible_to(user).unpaid(today - PAYMENT_TAKES).count()
    if not owed:
        return []
    words = "1 invoice has not been paid" if owed == 1 else f"{owed} invoices have not been paid"
    sentence = f"{words} within {PAYMENT_TAKES.days} days"
    return [Waiting("Chase contributions", reverse("boards:contribution_list"), sentence, f"{owed} late", "amber")]
