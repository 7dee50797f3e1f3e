"""What of the records waits for a person: lists that a second person has to approve, access requests to answer."""

from __future__ import annotations

import datetime as dt

from lscb.accounts.models import User
from lscb.common.templatetags.portal import day
from lscb.common.waiting import Waiting

from .access import KEEPERS
from .clock import SOON
from .models import AccessRequest, Destruction


def waiting_for(user: User, today: dt.date) -> list[Waiting]:
    """No query for who keeps no records."""
    if not any(user.may(permission) for permission in KEEPERS):
        return []
    return [*_lists(user), *_requests(user, today)]


def _lists(user: User) -> list[Waiting]:
    lists = Destruction.objects.visible_to(user).waiting().exclude(proposed_by=user)
    return [
        Waiting(
            str(one),
            one.get_absolute_url(),
            "Somebody froze the list. Look at it, then approve it, or let it be withdrawn.",
            "to approve",
            "amber",
            outside="A destruction of records waits for a second person",
        )
        for one in lists
    ]


def _requests(user: User, today: dt.date) -> list[Waiting]:
    return [
        _to_answer(request, request.due(today), today)
        for request in AccessRequest.objects.visible_to(user).open().prefetch_related("pauses")
    ]


def _to_answer(request: AccessRequest, due: dt.date, today: dt.date) -> Waiting:
    days = (due - today).days
    tag = f"{-days} days late" if days < 0 else f"{days} days left"
    return Waiting(
        str(request),
        request.get_absolute_url(),
        f"To be answered by {day(due)}.",
        tag,
        "red" if days < 0 else "amber" if days <= SOON else "grey",
        due=due,
        outside="A subject access request is to be answered",
    )
