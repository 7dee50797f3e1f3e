"""From a figure of the annual report to the records that it counts.

An app names in its `reporting.py` which records a figure counts (`COUNTED`); the list page of these records takes that
name from the address and shows them, narrowed by what the person may see and by its own filters. So a figure and the
list of its records are the same question, also years later: the list answers as at the day of the report.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from .periods import FinancialYear

FIGURE, YEAR, AS_AT = "figure", "figure_year", "figure_as_at"
"""In the address. All three begin alike, so that a list knows them as one filter."""


@dataclass(frozen=True)
class Counted:
    """`records(year, as_at)` are what the figure counts, for the report of a year as at a day. `label` names it."""

    label: str
    records: Callable[[FinancialYear, dt.date], QuerySet[Any]]


@dataclass(frozen=True)
class AskedFor:
    """A figure that an address asks for."""

    counted: Counted
    year: FinancialYear
    as_at: dt.date

    @property
    def records(self) -> QuerySet[Any]:
        return self.counted.records(self.year, self.as_at)

    @property
    def label(self) -> str:
        return f"{self.counted.label}, {self.year}, as at {self.as_at.day} {self.as_at:%B %Y}"


def rows_at(page: str, figure: str, year: FinancialYear, as_at: dt.date, /, **filters: object) -> str:
    """The address of the list `page` with the records that `figure` counts; `filters` are those of the list."""
    named = {FIGURE: figure, YEAR: str(year), AS_AT: as_at.isoformat()}
    return f"{reverse(page)}?{urlencode(named | filters)}"


def page_as_at(page: str, day: dt.date, /, **more: object) -> str:
    """The address of a page that shows how things stood on a day."""
    return f"{reverse(page)}?{urlencode({'as_at': f'{day.day} {day:%B %Y}'} | more)}"


def asked_for(query: Mapping[str, str], known: Mapping[str, Counted]) -> AskedFor | None:
    """What an address asks for; None when it asks for no figure. Raises ValueError for what nobody counts."""
    name = query.get(FIGURE, "")
    if not name:
        return None
    if name not in known:
        raise ValueError(f"No figure is called {name}.")
    return AskedFor(known[name], FinancialYear.parse(query.get(YEAR, "")), dt.date.fromisoformat(query.get(AS_AT, "")))
