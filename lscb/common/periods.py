"""The board's calendar: financial years, quarters and months (domain: "Time").

The financial year runs from 1 April to 31 March and is written 2016-17; Q1 is April to June.
Every period is an ordered, immutable value that knows its first and last day. Dates are local (Europe/London).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Self
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
FIRST_MONTH = 4
MONTH_NAMES = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]

_YEAR = re.compile(r"(\d{4})-(\d{2})")
_QUARTER = re.compile(r"(\d{4}-\d{2})\s?Q([1-4])")
_MONTH = re.compile(r"(\d{4})-(\d{2})M")


@dataclass(frozen=True, order=True)
class FinancialYear:
    """1 April of `start` to 31 March of the year after; `str()` gives "2016-17"."""

    start: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "2016-17". Raises ValueError with a sentence for anything else, also for "2016-18"."""
        match = _YEAR.fullmatch(text.strip())
        if match and int(match[2]) == (int(match[1]) + 1) % 100:
            return cls(int(match[1]))
        raise ValueError(f"“{text}” is not a financial year. Write it like 2016-17.")

    @classmethod
    def containing(cls, day: dt.date) -> Self:
        return cls(day.year if day.month >= FIRST_MONTH else day.year - 1)

    def __str__(self) -> str:
        return f"{self.start}-{(self.start + 1) % 100:02d}"

    @property
    def first_day(self) -> dt.date:
        return dt.date(self.start, FIRST_MONTH, 1)

    @property
    def last_day(self) -> dt.date:
        return dt.date(self.start + 1, FIRST_MONTH - 1, 31)

    @property
    def quarters(self) -> tuple[Quarter, Quarter, Quarter, Quarter]:
        return Quarter(self, 1), Quarter(self, 2), Quarter(self, 3), Quarter(self, 4)

    @property
    def months(self) -> tuple[Month, ...]:
        return tuple(month for quarter in self.quarters for month in quarter.months)

    @property
    def year(self) -> FinancialYear:
        return self

    @property
    def previous(self) -> FinancialYear:
        return FinancialYear(self.start - 1)

    @property
    def next(self) -> FinancialYear:
        return FinancialYear(self.start + 1)

    @property
    def year_before(self) -> FinancialYear:
        return self.previous

    @property
    def label(self) -> str:
        return str(self)

    def upto(self, day: dt.date) -> dt.date:
        """`day`, or the last day of the year: what is told of a year after it is told as at its end."""
        return min(day, self.last_day)

    def __contains__(self, day: dt.date) -> bool:
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of a financial year; `str()` gives "2016-17Q4", which sorts as text in time order."""

    year: FinancialYear
    number: int

    def __post_init__(self) -> None:
        if self.number not in (1, 2, 3, 4):
            raise ValueError(f"A year has quarters 1 to 4, not {self.number}.")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "2016-17Q4" or "2016-17 Q4". Raises ValueError with a sentence for anything else."""
        match = _QUARTER.fullmatch(text.strip())
        if match:
            return cls(FinancialYear.parse(match[1]), int(match[2]))
        raise ValueError(f"“{text}” is not a quarter. Write it like 2016-17Q4.")

    @classmethod
    def containing(cls, day: dt.date) -> Self:
        return cls(FinancialYear.containing(day), (day.month - FIRST_MONTH) % 12 // 3 + 1)

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

    @property
    def label(self) -> str:
        """As it is printed: "Q4 2016-17"."""
        return f"Q{self.number} {self.year}"

    @property
    def months(self) -> tuple[Month, Month, Month]:
        first = Month(self.year.start, FIRST_MONTH)
        for _ in range(3 * (self.number - 1)):
            first = first.next
        return first, first.next, first.next.next

    @property
    def month_names(self) -> str:
        """ "Jan to Mar" """
        return f"{self.months[0].name[:3]} to {self.months[2].name[:3]}"

    @property
    def first_day(self) -> dt.date:
        return self.months[0].first_day

    @property
    def last_day(self) -> dt.date:
        return self.months[2].last_day

    @property
    def next(self) -> Quarter:
        return Quarter(self.year, self.number + 1) if self.number < 4 else Quarter(self.year.next, 1)

    @property
    def previous(self) -> Quarter:
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year.previous, 4)

    @property
    def year_before(self) -> Quarter:
        return Quarter(self.year.previous, self.number)

    def __contains__(self, day: dt.date) -> bool:
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month; `str()` gives "2016-04M", told from a financial year by its M."""

    calendar_year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "2016-04M". Raises ValueError with a sentence for anything else."""
        match = _MONTH.fullmatch(text.strip())
        if match and 1 <= int(match[2]) <= 12:
            return cls(int(match[1]), int(match[2]))
        raise ValueError(f"“{text}” is not a month. Write it like 2016-04M.")

    @classmethod
    def containing(cls, day: dt.date) -> Self:
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.calendar_year}-{self.number:02d}M"

    @property
    def name(self) -> str:
        return MONTH_NAMES[self.number - 1]

    @property
    def label(self) -> str:
        """As it is printed: "April 2016"."""
        return f"{self.name} {self.calendar_year}"

    @property
    def year(self) -> FinancialYear:
        return FinancialYear.containing(self.first_day)

    @property
    def first_day(self) -> dt.date:
        return dt.date(self.calendar_year, self.number, 1)

    @property
    def last_day(self) -> dt.date:
        return self.next.first_day - dt.timedelta(days=1)

    @property
    def next(self) -> Month:
        return Month(self.calendar_year + self.number // 12, self.number % 12 + 1)

    @property
    def previous(self) -> Month:
        return Month(self.calendar_year, self.number - 1) if self.number > 1 else Month(self.calendar_year - 1, 12)

    @property
    def year_before(self) -> Month:
        return Month(self.calendar_year - 1, self.number)

    def __contains__(self, day: dt.date) -> bool:
        return self.first_day <= day <= self.last_day


Period = FinancialYear | Quarter | Month


def parse_period(text: str) -> Period:
    """Read any period: "2016-17", "2016-17Q4" or "2016-04M". Raises ValueError with a sentence."""
    for kind in (FinancialYear, Quarter, Month):
        try:
            return kind.parse(text)
        except ValueError:
            continue
    raise ValueError(
        f"“{text}” is not a period. Write a year like 2016-17, a quarter like 2016-17Q4 or a month like 2016-04M."
    )


def end_of_day(day: dt.date) -> dt.datetime:
    """The moment a deadline on `day` has passed: midnight in London at its end, also across the clock change."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min, tzinfo=LONDON)


def local_date(moment: dt.datetime) -> dt.date:
    """The day in London on which `moment` falls."""
    return moment.astimezone(LONDON).date()
