"""Reads of engagement: for everybody who reads papers of the board; what is printed is cleared."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models

from lscb.accounts.models import Reader
from lscb.accounts.permissions import Permission
from lscb.common.periods import FinancialYear, Month

if TYPE_CHECKING:
    from ..models import EngagementEvent, Picture, Quote  # noqa: F401


def _reads_board(user: Reader) -> bool:
    return user.is_authenticated and user.may(Permission.READ_BOARD)


class EngagementEventQuerySet(models.QuerySet["EngagementEvent"]):
    def visible_to(self, user: Reader) -> EngagementEventQuerySet:
        return self.all() if _reads_board(user) else self.none()

    def of_year(self, year: FinancialYear) -> EngagementEventQuerySet:
        return self.filter(month__in=[str(month) for month in year.months])

    def not_after(self, day: dt.date) -> EngagementEventQuerySet:
        """Of a month up to that of `day`; not those that are known to be on a later day."""
        return self.filter(month__lte=Month.containing(day)).exclude(on__gt=day)


class QuoteQuerySet(models.QuerySet["Quote"]):
    def visible_to(self, user: Reader) -> QuoteQuerySet:
        return self.all() if _reads_board(user) else self.none()

    def cleared(self, on: dt.date) -> QuoteQuerySet:
        """What may be printed on that day."""
        return self.filter(cleared_on__lte=on)


class PictureQuerySet(models.QuerySet["Picture"]):
    def visible_to(self, user: Reader) -> PictureQuerySet:
        return self.all() if _reads_board(user) else self.none()

    def cleared(self, on: dt.date) -> PictureQuerySet:
        """What may be printed on that day."""
        return self.filter(cleared_on__lte=on)
