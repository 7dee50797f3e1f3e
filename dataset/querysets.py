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

    from .models import (  # noqa: F401  used in strings
        AgencyReturn,
        BoardPack,
        Collection,
        Comparator,
        ComparatorSet,
        DefinitionVersion,
        DisclosurePolicy,
        Edition,
        Entry,
        Figure,
        Indicator,
        IndicatorRevision,
        Lift,
        PackItem,
        PublishedDataset,
        Upload,
    )

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


class IndicatorRevisionQuerySet(_RevisedQuerySet["IndicatorRevision"]):
    key = ("indicator",)

    def visible_to(self, user: Reader) -> IndicatorRevisionQuerySet:
        """Who sees the indicator sees what it was called."""
        from .models import Indicator

        return self.filter(indicator__in=Indicator.objects.visible_to(user))


class ComparatorSetQuerySet(_RevisedQuerySet["ComparatorSet"]):
    key = ("against", "from_year")

    def visible_to(self, user: Reader) -> ComparatorSetQuerySet:
        """For everybody who reads indicators."""
        reads = user.is_authenticated and any(
            user.may(p) for p in (Permission.READ_DATASET, Permission.READ_FIGURES, Permission.SUBMIT_FIGURES)
        )
        return self.all() if reads else self.none()


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


class _OfReadersQuerySet(models.QuerySet[Row]):
    """What readers of the dataset read."""

    def visible_to(self, user: Reader) -> Self:
        may_read = user.is_authenticated and user.may(Permission.READ_DATASET)
        return self.all() if may_read else self.none()


class BoardPackQuerySet(_OfReadersQuerySet["BoardPack"]):
    pass


class PackItemQuerySet(_OfReadersQuerySet["PackItem"]):
    pass


# ---- Collections -----------------------------------------------------------------------------------------------------


def reads_all_figures(user: Reader) -> bool:
    """Whether somebody reads every agency's figures before they are compiled."""
    return user.is_authenticated and (user.may(Permission.READ_FIGURES) or user.may(Permission.MANAGE_DATASET))


class _OfAgenciesQuerySet(models.QuerySet[Row]):
    """What readers of figures see whole, and an agency of its own; `agency` is the way to the agency's key."""

    agency = ""

    def visible_to(self, user: Reader) -> Self:
        if not user.is_authenticated:
            return self.none()
        if reads_all_figures(user):
            return self.all()
        return self.filter(**{f"{self.agency}__in": user.agencies_where(Permission.SUBMIT_FIGURES)})


class CollectionQuerySet(models.QuerySet["Collection"]):
    def visible_to(self, user: Reader) -> CollectionQuerySet:
        """All for readers of figures; an agency sees those in which something is asked of it."""
        from .models import AgencyReturn

        if reads_all_figures(user):
            return self.all()
        return self.filter(pk__in=AgencyReturn.objects.visible_to(user).values("collection"))

    def open(self) -> CollectionQuerySet:
        return self.filter(closed_at__isnull=True)


class AgencyReturnQuerySet(_OfAgenciesQuerySet["AgencyReturn"]):
    agency = "agency"


class EntryQuerySet(_OfAgenciesQuerySet["Entry"]):
    agency = "of_return__agency"


class UploadQuerySet(_OfAgenciesQuerySet["Upload"]):
    agency = "of_return__agency"


# ---- Disclosure ------------------------------------------------------------------------------------------------------


class DisclosurePolicyQuerySet(_RevisedQuerySet["DisclosurePolicy"]):
    key = ("audience", "disclosure_class")

    def visible_to(self, user: Reader) -> DisclosurePolicyQuerySet:
        may_read = user.is_authenticated and user.may(Permission.READ_DATASET)
        return self.all() if may_read else self.none()


class LiftQuerySet(_OfReadersQuerySet["Lift"]):
    def in_force(self) -> LiftQuerySet:
        return self.filter(ended_at__isnull=True)


class PublishedDatasetQuerySet(_Kept["PublishedDataset"]):
    refusal = "What was published is never changed or removed."

    def visible_to(self, user: Reader) -> PublishedDatasetQuerySet:
        """It is public."""
        return self.all()

    def standing(self) -> PublishedDatasetQuerySet:
        """The newest version of each quarter."""
        later = self.model._default_manager.filter(quarter=OuterRef("quarter"), number__gt=OuterRef("number"))
        return self.filter(~Exists(later))
