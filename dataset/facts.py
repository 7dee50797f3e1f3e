"""The named facts of a compiled quarter. For an indicator `looked_after` they are called

looked_after                    the value of the last period            542
looked_after.first              the first period of the year            611
looked_after.change             since the period before                 -5.4%
looked_after.change_on_year     since the same period a year before     -10.3%
looked_after.change_in_year     since the first period of the year      -11.3%
looked_after.rate               of a count that has one                 110
looked_after.neighbours         and region, england                     76
cin_referrals.year              the whole year; year_before, two_years_before
cin_referrals.year_change       on the year before; year_before_change  -12.1%
missing_high.share              of its whole, in the year where it flows 5.0%
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.urls import reverse

from lscb.common.chapters import Fact
from lscb.common.counted import Counted, rows_at
from lscb.common.periods import FinancialYear, end_of_day

from . import reading
from .models import Figure, Kind, Unit
from .reading import Row

CHANGES = (
    ("change", "previous", "Change on the period before"),
    ("change_on_year", "year_before", "Change on the year before"),
    ("change_in_year", "first", "Change since the first period of the year"),
)


COUNTED: Mapping[str, Counted] = {
    "dataset.figures": Counted(
        "Figures as they were known", lambda year, as_at: Figure.objects.known(end_of_day(as_at))
    )
}
FIGURES, COMPARED = "dataset:figure_list", "dataset:indicator_detail"


def facts_of(row: Row, year: FinancialYear, edition: str, as_at: dt.date) -> Iterator[Fact]:
    """Every fact of one indicator; what is not known or hidden has no value and says so."""
    source = f"{row['agency']['name']}. {edition}"

    def rows(**filters: object) -> str:
        return rows_at(FIGURES, "dataset.figures", year, as_at, indicator=row["code"], **filters)

    yield from _values(row, source, rows)
    yield from _changes(row, source, rows())
    compared = reverse(COMPARED, args=[row["code"]])
    for one in row["comparators"]:
        shown, label, name = (
            reading.comparator(row, one),
            f"{row['title']}: {one['name']}, {one['period']}",
            one["against"],
        )
        yield Fact(f"{row['code']}.{name}", Decimal(one["value"]), shown, label, source=one["source"], rows=compared)
    yield from _years(row, year, source, rows)
    yield from _shares(row, source, rows())


def _values(row: Row, source: str, rows: Callable[..., str]) -> Iterator[Fact]:
    code, current = row["code"], row["current"]
    of = rows(period=row["period"])
    base = _base(row, current)
    title = f"{row['title']}, {reading.label(row['period'])}"
    shown = reading.value(row, current)
    yield Fact(code, _decimal(current["value"]), shown, title, base=base, source=source, rows=of)
    first = row["beside"].get("first")
    if first:
        title = f"{row['title']}, {reading.label(first['period'])}"
        shown, base, begun = reading.value(row, first), _base(row, first), rows(period=first["period"])
        yield Fact(f"{code}.first", _decimal(first["value"]), shown, title, base=base, source=source, rows=begun)
    if reading.is_rated_count(row):
        title = f"{row['title']}, {reading.rate_per(row)}"
        shown = reading.rate(current) or reading.value(row, current)
        base = _decimal(current.get("denominator"))
        yield Fact(f"{code}.rate", _decimal(current.get("rate")), shown, title, base=base, source=source, rows=of)


def _changes(row: Row, source: str, rows: str) -> Iterator[Fact]:
    for name, since, words in CHANGES:
        change = row["change"].get(since)
        if change:
            label = f"{row['title']}: {words.lower()}"
            yield _change(f"{row['code']}.{name}", change, label, source, rows)


def _years(row: Row, year: FinancialYear, source: str, rows: Callable[..., str]) -> Iterator[Fact]:
    """Whole years of flows; an annual figure is its own year."""
    if row["kind"] != Kind.FLOW:
        return
    named = ((year, "year"), (year.previous, "year_before"), (year.previous.previous, "two_years_before"))
    for each, name in named:
        one = reading.year_of(row, each)
        if one is None:
            continue
        shown = reading.total(row, one)
        label = f"{row['title']}, {each}"
        base = _decimal(one.get("base"))
        of = rows(year=each)
        yield Fact(f"{row['code']}.{name}", _decimal(one["value"]), shown, label, base=base, source=source, rows=of)
        if name != "two_years_before":
            label = f"{row['title']}, {each}: change on the year before"
            yield _change(f"{row['code']}.{name}_change", one["change"], label, source, rows())


def _shares(row: Row, source: str, rows: str) -> Iterator[Fact]:
    share = row["share"] and (row["share"]["year"] or row["share"]["period"])
    if share:
        label = f"{row['title']} as a share of {row['share']['title'].lower()}"
        percent, base = Decimal(share["percent"]), Decimal(share["base"])
        shown = reading.percent(share["percent"])
        yield Fact(f"{row['code']}.share", percent, shown, label, base=base, source=source, rows=rows)


def _change(name: str, change: Mapping[str, Any], label: str, source: str, rows: str) -> Fact:
    shown = reading.change(change) or reading.WHY_NO_CHANGE.get(change["why"], "no change to tell")
    return Fact(name, _decimal(change["value"]), shown, label, source=source, rows=rows)


def _base(row: Row, cell: Mapping[str, Any]) -> Decimal | None:
    """What a percentage, rate or average is of."""
    return None if row["unit"] == Unit.COUNT else _decimal(cell.get("denominator"))


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
