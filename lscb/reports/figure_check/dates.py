"""Dates and years in the words: held against facts that are dates, and against the periods that facts speak of.

A year or the last day of one is an ordinary part of a sentence. It wants a look when it is the year before and nothing
is compared with it, for then it was probably left standing from last year's report.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lscb.common.periods import MONTH_NAMES, FinancialYear

_MONTHS = {name[:3].lower(): number for number, name in enumerate(MONTH_NAMES, start=1)}
_DATE = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month>{'|'.join(MONTH_NAMES)}|{'|'.join(m[:3] for m in MONTH_NAMES)})"
    r"\s+(?P<year>\d{4})\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\d-])(?P<first>20\d{2})\s?[-/–]\s?(?:20)?(?P<last>\d{2})(?![\d-])")
_COMPARES = re.compile(
    r"\b(?:than|compar\w*|against|after|before|since|from|until|previous\w*|earlier|last\s+year|year\s+before|while"
    r"|whereas|rose|risen|fell|fallen|grew|grown|increas\w*|decreas\w*|reduc\w*|up|down|again|still|began|begun|started"
    r"|carried|agreed|planned|first|continu\w*|already|had\s+been)\b",
    re.IGNORECASE,
)
_NAMES_A_PAPER = re.compile(
    r"\b(?:report|plan|edition|strategy|review|dataset|programme|policy)s?\s+(?:of\s+|for\s+)?$", re.IGNORECASE
)


@dataclass(frozen=True)
class Dated:
    """A date or year at `start` to `end` of the text; `date` is None for one that the calendar does not have."""

    start: int
    end: int
    text: str
    date: dt.date | None = None
    year: FinancialYear | None = None


def dates_in(text: str) -> Iterator[Dated]:
    """The dates with day, month and year that are typed in a text."""
    for match in _DATE.finditer(text):
        month = _MONTHS[match["month"][:3].lower()]
        try:
            date: dt.date | None = dt.date(int(match["year"]), month, int(match["day"]))
        except ValueError:
            date = None
        yield Dated(match.start(), match.end(), match[0], date=date)


def years_in(text: str) -> Iterator[Dated]:
    """The financial years in a text, as 2016-17, 2016/17 or 2016-2017; a plan of three years (2015-18) is none."""
    for match in _YEAR.finditer(text):
        first = int(match["first"])
        if (first + 1) % 100 == int(match["last"]):
            yield Dated(match.start(), match.end(), match[0], year=FinancialYear(first))


def years_of(text: str) -> set[FinancialYear]:
    """The financial years that a text speaks of, by their names or by days in them."""
    of_days = {FinancialYear.containing(one.date) for one in dates_in(text) if one.date}
    return of_days | {one.year for one in years_in(text) if one.year}


def compares(text: str) -> bool:
    """Whether a sentence sets one thing beside another, or tells of what went before."""
    return bool(_COMPARES.search(text))


def left_standing(text: str, year: FinancialYear) -> Iterator[Dated]:
    """Last year's year, or its last day, in a sentence of the report of `year` that compares nothing with it.

    The name of a paper, such as "the report 2015-16", stays what it is.
    """
    years, dates = list(years_in(text)), list(dates_in(text))
    if year in years_of(text) or compares(text):
        return
    for one in (*years, *dates):
        is_last_years = one.year == year.previous or one.date == year.previous.last_day
        if is_last_years and not _NAMES_A_PAPER.search(text[: one.start]):
            yield one
