"""What of the returns waits for a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse

from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.common.waiting import Waiting

from ..models import Return, ReturnState

MOST = 10


def waiting_for(user: User, today: dt.date) -> list[Waiting]:
    """For an agency what it owes and is asked; for who runs rounds what is missing and what waits to be read."""
    waiting = [*_owed(user, today), *_asked(user)]
    if user.for_whole_board(Permission.MANAGE_AUDITS):
        waiting += [*_missing(user, today), *_to_read(user)]
    return waiting


def _owed(user: User, today: dt.date) -> Iterator[Waiting]:
    own = user.agencies_where(Permission.FILL_RETURN)
    if not own:
        return
    owed = Return.objects.visible_to(user).owed().filter(agency__in=own, round__opens_on__lte=today)
    for one in owed.select_related("round", "agency").order_by("due_on")[:MOST]:
        late = one.days_late(today)
        signs = one.status == ReturnState.AWAITING
        yield Waiting(
            title=f"{'Sign' if signs else 'Fill in'} the return {one.reference}",
            url=one.get_absolute_url(),
            sentence=f"{one.round.title}, {one.agency.short_name}",
            tag=_days(late) if late else f"due {one.due_on.day} {one.due_on:%B}",
            tone="red" if late else "amber",
            due=one.due_on,
        )


def _asked(user: User) -> Iterator[Waiting]:
    own = user.agencies_where(Permission.FILL_RETURN)
    if not own:
        return
    queried = Return.objects.visible_to(user).filter(agency__in=own, status=ReturnState.QUERIED)
    for one in queried.select_related("round")[:MOST]:
        yield Waiting(
            title=f"Reply to the panel about {one.reference}",
            url=one.get_absolute_url(),
            sentence=one.round.title,
            tag="to reply",
            tone="amber",
        )


def _missing(user: User, today: dt.date) -> Iterator[Waiting]:
    missing = Return.objects.visible_to(user).overdue(today).filter(round__closed_on__isnull=True).count()
    if missing:
        words = "1 return has" if missing == 1 else f"{missing} returns have"
        url = f"{reverse('audits:return_list')}?status=overdue"
        yield Waiting("Chase returns", url, f"{words} not come in time", f"{missing} late", "red")


def _to_read(user: User) -> Iterator[Waiting]:
    to_read = (ReturnState.SUBMITTED, ReturnState.RESUBMITTED, ReturnState.MODERATED)
    waiting = Return.objects.visible_to(user).filter(status__in=to_read).count()
    if waiting:
        words = "1 return waits" if waiting == 1 else f"{waiting} returns wait"
        url = reverse("audits:return_list")
        yield Waiting("Read returns", url, f"{words} for the panel or for its feedback", "to read", "amber")


def _days(late: int) -> str:
    return "1 day late" if late == 1 else f"{late:,} days late"
