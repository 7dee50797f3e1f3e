"""Reads of the board's own records."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Sum

from lscb.accounts.models import Reader, User
from lscb.accounts.permissions import Permission
from lscb.actions.models import Action
from lscb.common.models import in_force
from lscb.common.periods import FinancialYear

from .challenges.querysets import KeptQuerySet

if TYPE_CHECKING:
    from .models import (  # noqa: F401
        BusinessPlan,
        Contribution,
        Group,
        Holder,
        Priority,
        Seat,
        Theme,
        ThemeAction,
    )

PAYMENT_TAKES = dt.timedelta(days=30)
"""How long a partner has to pay an invoice."""


def _reads_board(user: Reader) -> bool:
    return user.is_authenticated and user.may(Permission.READ_BOARD)


class GroupQuerySet(models.QuerySet["Group"]):
    def visible_to(self, user: Reader) -> GroupQuerySet:
        """That a group exists and what it is for is known to everybody who reads papers of the board."""
        return self.all() if _reads_board(user) else self.none()

    def running(self, on: dt.date) -> GroupQuerySet:
        return self.filter(in_force(on))


class SeatQuerySet(models.QuerySet["Seat"]):
    def visible_to(self, user: Reader) -> SeatQuerySet:
        """Membership by position is known to everybody who reads papers of the board."""
        return self.all() if _reads_board(user) else self.none()

    def in_place(self, on: dt.date) -> SeatQuerySet:
        return self.filter(in_force(on), in_force(on, start="group__starts_on", end="group__ends_on"))

    def vacant(self, on: dt.date) -> SeatQuerySet:
        """Seats that exist on `on` and that nobody holds; a deputy alone does not fill one."""
        from .models import Holder

        holding = Holder.objects.filter(in_force(on), seat=OuterRef("pk"), is_deputy=False)
        return self.in_place(on).filter(~Exists(holding))


class HolderQuerySet(models.QuerySet["Holder"]):
    def visible_to(self, user: Reader) -> HolderQuerySet:
        """Names: of every group for who reads the whole board, else of one's own groups."""
        if not isinstance(user, User):
            return self.none()
        if user.for_whole_board(Permission.READ_BOARD):
            return self.all()
        return self.filter(seat__group__code__in=sorted(user.groups_where(Permission.READ_BOARD)))

    def holding(self, on: dt.date) -> HolderQuerySet:
        return self.filter(in_force(on))


class PriorityQuerySet(models.QuerySet["Priority"]):
    def visible_to(self, user: Reader) -> PriorityQuerySet:
        return self.all() if _reads_board(user) else self.none()

    def of_year(self, year: FinancialYear) -> PriorityQuerySet:
        return self.filter(first_year__lte=year, last_year__gte=year)


class ThemeQuerySet(models.QuerySet["Theme"]):
    def visible_to(self, user: Reader) -> ThemeQuerySet:
        return self.all() if _reads_board(user) else self.none()


class BusinessPlanQuerySet(models.QuerySet["BusinessPlan"]):
    def visible_to(self, user: Reader) -> BusinessPlanQuerySet:
        return self.all() if _reads_board(user) else self.none()


class ThemeActionQuerySet(models.QuerySet["ThemeAction"]):
    def visible_to(self, user: Reader) -> ThemeActionQuerySet:
        """As far as the action itself may be read."""
        return self.filter(action__in=Action.objects.visible_to(user)) if _reads_board(user) else self.none()


class ContributionQuerySet(models.QuerySet["Contribution"]):
    def visible_to(self, user: Reader) -> ContributionQuerySet:
        may_read = user.is_authenticated and user.may(Permission.READ_CONTRIBUTIONS)
        return self.all() if may_read else self.none()

    def unpaid(self, since: dt.date) -> ContributionQuerySet:
        """Invoiced on or before `since` and not yet paid in full."""
        owed = Q(received__isnull=True) | Q(received__lt=F("invoiced"))
        return self.filter(owed, invoiced_on__lte=since)

    def totals(self) -> dict[str, Decimal]:
        """Agreed, invoiced and received, in pounds and pence: SQLite forgets the pence of a sum that has none."""
        sums = self.aggregate(agreed=Sum("agreed"), invoiced=Sum("invoiced"), received=Sum("received"))
        return {name: _to_the_penny(value) for name, value in sums.items()}

    def states(self, state: str, today: dt.date) -> ContributionQuerySet:
        """`to_invoice`, `owed`, `late` or `received`. Nothing in kind is ever invoiced."""
        owed = Q(invoiced__isnull=False) & (Q(received__isnull=True) | Q(received__lt=F("invoiced")))
        if state == "to_invoice":
            return self.filter(invoiced__isnull=True).exclude(purpose="in_kind")
        if state == "received":
            return self.filter(received=F("invoiced"))
        return self.late(today) if state == "late" else self.filter(owed)

    def late(self, today: dt.date) -> ContributionQuerySet:
        """Invoiced more than `PAYMENT_TAKES` ago and not paid in full."""
        return self.unpaid(today - PAYMENT_TAKES)

    def by_year_and_purpose(self) -> list[dict[str, Any]]:
        """The totals of each year and purpose, the newest year first. One query."""
        sums = {name: Sum(name) for name in ("agreed", "invoiced", "received")}
        rows = self.order_by("-year", "purpose").values("year", "purpose").annotate(**sums)
        return [{**row, **{name: _to_the_penny(row[name]) for name in sums}} for row in rows]


def _to_the_penny(amount: Decimal | None) -> Decimal:
    return (amount or Decimal(0)).quantize(Decimal("0.01"))


class PublishedStructureQuerySet(KeptQuerySet):
    def visible_to(self, user: Reader) -> PublishedStructureQuerySet:
        """What was published is public."""
        return self.all()
