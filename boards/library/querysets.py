"""Reads of the library: an item is for its audience, with all its versions and files."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Min, Q

from lscb.accounts.models import Reader, User
from lscb.accounts.permissions import Permission
from lscb.common.periods import FinancialYear

if TYPE_CHECKING:
    from ..models import LibraryItem, LibraryVersion, Notice  # noqa: F401

REVIEW_SOON = dt.timedelta(days=30)


def readable_items(user: Reader, path: str = "") -> Q:
    """`path` leads from the queried model to the item, such as "item__"."""
    audiences = ["public"]
    if isinstance(user, User):
        audiences.append("partners")
        if user.may(Permission.READ_BOARD):
            audiences.append("board")
    readable = Q(**{f"{path}audience__in": audiences})
    if isinstance(user, User) and user.for_whole_board(Permission.MANAGE_BOARD):
        return readable
    return readable & Q(**{f"{path}withdrawn_on__isnull": True})


class LibraryItemQuerySet(models.QuerySet["LibraryItem"]):
    def visible_to(self, user: Reader) -> LibraryItemQuerySet:
        """What was withdrawn is seen only by who runs the library."""
        return self.filter(readable_items(user))

    def to_review(self, today: dt.date) -> LibraryItemQuerySet:
        """Those whose review is due within a month."""
        return self.filter(withdrawn_on__isnull=True, review_on__lte=today + REVIEW_SOON)

    def newsletters_of(self, year: FinancialYear, upto: dt.date) -> LibraryItemQuerySet:
        """Issues of the newsletter that came out in `year`: an issue that was corrected is one issue."""
        out = self.filter(kind="newsletter").annotate(came_out=Min("versions__on"))
        return out.filter(came_out__gte=year.first_day, came_out__lte=min(upto, year.last_day))


class LibraryVersionQuerySet(models.QuerySet["LibraryVersion"]):
    def visible_to(self, user: Reader) -> LibraryVersionQuerySet:
        return self.filter(readable_items(user, "item__"))


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: Reader) -> NoticeQuerySet:
        """Who was told is known to who reads papers of the board."""
        reads = isinstance(user, User) and user.may(Permission.READ_BOARD)
        return self.all() if reads else self.none()
