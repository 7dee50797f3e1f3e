"""What of the library waits for who runs it: reviews that are due within a month or late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse

from lscb.accounts.models import User
from lscb.common.templatetags.portal import day
from lscb.common.waiting import Waiting

from ..models import LibraryItem


def waiting_for(user: User, today: dt.date) -> Iterator[Waiting]:
    due = list(LibraryItem.objects.visible_to(user).to_review(today).order_by("review_on"))
    if not due:
        return
    first, late = due[0], sum(item.review_is_due(today) for item in due)
    yield Waiting(
        title="Review the library" if len(due) > 1 else f"Review: {first.title}",
        url=f"{reverse('boards:library')}?review=due" if len(due) > 1 else first.get_absolute_url(),
        sentence=f"{len(due)} documents are to be read again" if len(due) > 1 else "It is to be read again",
        tag=f"{late} late" if late else f"due {day(first.review_on)}",
        tone="red" if late else "amber",
        due=first.review_on,
    )
