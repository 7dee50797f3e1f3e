"""Reads of the dataset. Compiled editions are for readers of the dataset; figures before that are not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from lscb.accounts.permissions import Permission
from lscb.common.periods import Period, Quarter, end_of_day

if TYPE_CHECKING:
    from lscb.accounts.models import Reader

    from .models import Comparator, DefinitionVersion, Edition, Figure, Indicator  # noqa: F401

FIGURE_KEPT = "A figure is never changed or removed: a correction is its next revision."
EDITION_FROZEN = "A compiled edition is frozen: it is never changed or removed. Compile a new one."

Row = TypeVar("Row", bound=models.Model, covariant=True)


class _Kept(models.QuerySet[Row]):
    """Rows that are only ever added."""

    refusal = FIGURE_KEPT

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError(self.refusal)

    def delete(self) -> NoReturn:
        raise TypeError(self.refusal)

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(self.refusal)


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    def visible_to(self, user: Reader) -> IndicatorQuerySet:
        """All for readers of the dataset; an agency sees the indicators it is the source of."""
        if not user.is_authenticated:
            return self.none()
        if any(user.may(p) for p in (Permission.READ_DATASET, Permission.READ_FIGURES, Permission.MANAGE_DATASET)):
            return self.all()
        return self.filter(source_agency__in=user.agencies_where(Permission.SUBMIT_FIGURES))

    def active(self, quarter: Quarter) -> IndicatorQuerySet:
        """Indicators that are part of the dataset in `quarter`."""
        return self.filter(
            Q(active_from__isnull=True) | Q(active_from__lte=quarter),
            Q(active_to__isnull=True) | Q(active_to__gte=quarter),
        )


class DefinitionVersionQuerySet(models.QuerySet["DefinitionVersion"]):
    def visible_to(self, user: Reader) -> DefinitionVersionQuerySet:
        """Who sees the indicator sees how it is defined."""
        from .models import Indicator

        return self.filter(indicator__in=Indicator.objects.visible_to(user))

    def known(self, as_at: dt.datetime) -> DefinitionVersionQuerySet:
        return self.filter(recorded_at__lte=as_at)


class _RevisedQuerySet(_Kept[Row]):
    """Rows that come in revisions; `key` names the fields that are the same in all revisions of one."""

    key: tuple[str, ...] = ()

    def known(self, as_at: dt.datetime) -> Self:
        """The latest revision of each that was recorded at or before `as_at`."""
        return self.filter(recorded_at__lte=as_at)._latest(Q(recorded_at__lte=as_at))

    def latest_revisions(self) -> Self:
        return self._latest(Q())

    def _latest(self, among: Q) -> Self:
        same = {field: OuterRef(field) for field in self.key}
        later = self.model._default_manager.filter(among, revision__gt=OuterRef("revision"), **same)
        return self.filter(~Exists(later))


class FigureQuerySet(_RevisedQuerySet["Figure"]):
    key = ("indicator", "period")

    def visible_to(self, user: Reader) -> FigureQuerySet:
        """All for readers of figures; an agency sees its own and no other's."""
        if not user.is_authenticated:
            return self.none()
        if user.may(Permission.READ_FIGURES) or user.may(Permission.MANAGE_DATASET):
            return self.all()
        return self.filter(indicator__source_agency__in=user.agencies_where(Permission.SUBMIT_FIGURES))

    def of_periods(self, periods: Iterable[Period]) -> FigureQuerySet:
        return self.filter(period__in=list(periods))


class ComparatorQuerySet(_RevisedQuerySet["Comparator"]):
    key = ("indicator", "against", "year")

    def visible_to(self, user: Reader) -> ComparatorQuerySet:
        """Who sees the indicator sees what it is compared with."""
        from .models import Indicator

        return self.filter(indicator__in=Indicator.objects.visible_to(user))


class EditionQuerySet(_Kept["Edition"]):
    refusal = EDITION_FROZEN

    def visible_to(self, user: Reader) -> EditionQuerySet:
        may_read = user.is_authenticated and user.may(Permission.READ_DATASET)
        return self.all() if may_read else self.none()

    def of_quarter(self, quarter: Quarter) -> EditionQuerySet:
        return self.filter(quarter=quarter)

    def as_at(self, day: dt.date) -> EditionQuerySet:
        """Editions that show nothing later than the end of `day`."""
        return self.filter(as_at__lte=end_of_day(day))
