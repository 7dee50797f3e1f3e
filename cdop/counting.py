"""The statutory return and what is drawn from it: counts of reviews completed, each split by modifiability.

Plain values in, plain values out: the rule of what is counted is in `reviewed`, everything else is arithmetic.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from lscb.common.periods import FinancialYear

from .ages import AgeBand
from .models import (
    Category,
    Death,
    Ethnicity,
    EventType,
    Expected,
    Modifiable,
    Place,
    Review,
    Sex,
    When,
    YesNoUnknown,
)

MONTHS = (
    (6, "Under 6 months"),
    (8, "6 or 7 months"),
    (10, "8 or 9 months"),
    (12, "10 or 11 months"),
    (None, "12 months or more"),
)


@dataclass(frozen=True)
class Reviewed:
    """One completed review, as codes."""

    age_band: str
    sex: str
    ethnicity: str
    expected: str
    place: str
    event: str
    plan: str
    order: str
    asylum: str
    category: str
    modifiable: str
    months: int


@dataclass(frozen=True)
class Line:
    """A row of the return: one count for each answer about modifiable factors, in their order."""

    label: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True)
class CrossTable:
    title: str
    lines: tuple[Line, ...]

    @property
    def total(self) -> Line:
        return Line("All", tuple(sum(column) for column in zip(*(line.counts for line in self.lines), strict=True)))


def months_band(months: int) -> str:
    return next(label for under, label in MONTHS if under is None or months < under)


Kinds = Sequence[tuple[str, str]]
SPLITS: tuple[tuple[str, Kinds, Callable[[Reviewed], str]], ...] = (
    ("Age at death", AgeBand.choices, lambda one: one.age_band),
    ("Sex", Sex.choices, lambda one: one.sex),
    ("Ethnicity", Ethnicity.choices, lambda one: one.ethnicity),
    ("Expected or unexpected", Expected.choices, lambda one: one.expected),
    ("Category of death", Category.choices, lambda one: one.category),
    ("Type of event", EventType.choices, lambda one: one.event),
    ("Place of death", Place.choices, lambda one: one.place),
    ("Child protection plan", When.choices, lambda one: one.plan),
    ("Statutory order", When.choices, lambda one: one.order),
    ("Asylum seeker", YesNoUnknown.choices, lambda one: one.asylum),
    ("Months from death to review", [(label, label) for _, label in MONTHS], lambda one: months_band(one.months)),
)
"""The tables of the return, in its order."""


def annual_return(reviews: Iterable[Reviewed]) -> list[CrossTable]:
    """Every table, each with every row, also those that count nobody."""
    reviews = list(reviews)
    return [CrossTable(title, tuple(_lines(reviews, kinds, key))) for title, kinds, key in SPLITS]


def _lines(reviews: Sequence[Reviewed], kinds: Kinds, key: Callable[[Reviewed], str]) -> Iterable[Line]:
    for code, label in kinds:
        found = [one.modifiable for one in reviews if key(one) == code]
        yield Line(str(label), tuple(found.count(answer) for answer in Modifiable.values))


def reviewed(year: FinancialYear, until: dt.date | None = None) -> list[Reviewed]:
    """The reviews completed in `year`, up to the end of the day `until`. Three queries."""
    deaths = Death.objects.reviewed_in(year, until)
    reviews = Review.objects.filter(death__in=deaths).select_related("death").prefetch_related("categories")
    return [_codes(review) for review in reviews.order_by("death__ended_on", "death__reference")]


def _codes(review: Review) -> Reviewed:
    return Reviewed(
        age_band=review.death.age_band,
        sex=review.sex,
        ethnicity=review.ethnicity,
        expected=review.expected,
        place=review.place,
        event=review.event,
        plan=review.plan,
        order=review.order,
        asylum=review.asylum,
        category=review.primary_category or "",
        modifiable=review.modifiable,
        months=review.death.months_to_review or 0,
    )


@dataclass(frozen=True)
class Counts:
    """Three counts, each by itself: none follows from the others."""

    notified: int
    reviewed: int
    awaiting: int


def counts(year: FinancialYear, at: dt.date) -> Counts:
    """Notified and reviewed in `year` up to `at`, and awaiting review at the end of the day `at`."""
    return Counts(
        notified=Death.objects.notified_in(year, at).count(),
        reviewed=Death.objects.reviewed_in(year, at).count(),
        awaiting=Death.objects.awaiting(at).count(),
    )


def years_with_deaths(today: dt.date) -> list[FinancialYear]:
    """From the year of the first notification to this one, the newest first; this one at least."""
    first = Death.objects.counted().order_by("notified_on").values_list("notified_on", flat=True).first()
    last = FinancialYear.containing(today)
    start = FinancialYear.containing(first) if first else last
    return [FinancialYear(year) for year in range(last.start, min(start.start, last.start) - 1, -1)]
