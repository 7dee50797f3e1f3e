"""What the panel hands to the annual report. Small numbers are hidden before anything leaves this room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from statistics import median

from django.conf import settings

from boards.models import Meeting
from lscb.accounts.permissions import Permission
from lscb.common.chapters import Block, Chapter, Chart, Column, Fact, Figure, Note, Section, Table
from lscb.common.charts import Point, bar_chart
from lscb.common.periods import FinancialYear
from lscb.common.rounding import percentage, show
from lscb.common.small_numbers import Cell, Shown

from .ages import AgeBand
from .counting import Counts, Reviewed, counts, reviewed
from .models import Category, Expected, Modifiable, Sex
from .publishing import MODIFIABLE, PublicFigures, Split, last_day_of, policy_of, public_figures

YEARS_BACK = 4
NOT_SHOWN = "a small number that is not shown"
AGE, SEX, EXPECTED, CATEGORY = "Age at death", "Sex", "Expected or unexpected", "Category of death"
PRINTED = (AGE, SEX, EXPECTED, CATEGORY, MODIFIABLE, "Child protection plan", "Months from death to review")


def chapter(year: FinancialYear, as_at: dt.date) -> Chapter:
    """Notified, reviewed and awaiting as three counts, and what the reviews of the year say. Never a case."""
    on = last_day_of(year, as_at)
    reviews, counted = reviewed(year, on), counts(year, on)
    figures = public_figures(reviews, counted, *policy_of(year))
    day = f"{on.day} {on:%B %Y}"
    return Chapter(
        slug="cdop",
        title="Child deaths",
        lead=_lead(figures, day),
        figures=(
            Figure(_printed(figures.notified), f"deaths notified in {year}"),
            Figure(_printed(figures.reviewed), "reviews completed"),
            Figure(_printed(figures.awaiting), f"awaiting review on {day}"),
        ),
        sections=(
            Section("What was reviewed", _tables(figures, year)),
            Section("Over the years", (_trend(year, on),)),
        ),
        facts=_facts(year, on, figures, reviews, counted),
    )


def _lead(figures: PublicFigures, day: str) -> str:
    return (
        f"{_printed(figures.notified)} deaths of children were notified, {_printed(figures.reviewed)} reviews were "
        f"completed, and {_printed(figures.awaiting)} deaths awaited review on {day}."
    )


def _printed(cell: Cell) -> str:
    return str(cell)


def _tables(figures: PublicFigures, year: FinancialYear) -> Sequence[Block]:
    blocks: list[Block] = []
    ages = figures.splits[AGE]
    if all(isinstance(cell, Shown) for cell in ages.cells.values()):
        blocks.append(_chart(ages, year))
    blocks += [_table(figures.splits[title], figures.note) for title in PRINTED]
    note = "A review may end in another year than the death was notified. None of the three counts follows from others."
    return [*blocks, Note(note)]


def _table(split: Split, note: str) -> Table:
    """Rows that count nobody are left out where zeros are shown anyway: they say nothing."""
    rows = [(split.labels[code], str(cell)) for code, cell in split.cells.items() if cell != Shown(0)]
    columns = (Column(split.title), Column("Reviews completed", True))
    return Table(split.title, columns, rows or [("None", "0")], note=note, total=("All", str(split.total)))


def _chart(split: Split, year: FinancialYear) -> Chart:
    title = f"Age at death, reviews completed in {year}"
    shown = {split.labels[code]: cell.count for code, cell in split.cells.items() if isinstance(cell, Shown)}
    points = [Point(label, Decimal(count), str(count)) for label, count in shown.items()]
    description = "Reviews by age at death: " + ", ".join(f"{label} {count}" for label, count in shown.items()) + "."
    svg = bar_chart(points, id="cdop-age", title=title, description=description, brand=settings.BRAND_COLOUR)
    return Chart(title, description, svg)


def _trend(year: FinancialYear, on: dt.date) -> Table:
    """The three counts of this year and those before it. Splits of several years are never put side by side: a
    difference could give a hidden number back."""
    rows = []
    for one in [FinancialYear(year.start - back) for back in range(YEARS_BACK, -1, -1)]:
        end = last_day_of(one, on)
        counted = counts(one, end)
        if any((counted.notified, counted.reviewed, counted.awaiting)):
            policy, _ = policy_of(one)
            figures = public_figures(reviewed(one, end), counted, policy, "")
            rows.append((str(one), str(figures.notified), str(figures.reviewed), str(figures.awaiting)))
    columns = (
        Column("Year"),
        Column("Notified", True),
        Column("Reviewed", True),
        Column("Awaiting at the end", True),
    )
    return Table("Notified, reviewed and awaiting, by year", columns, rows or [(str(year), "0", "0", "0")])


def _facts(
    year: FinancialYear, on: dt.date, figures: PublicFigures, reviews: Sequence[Reviewed], counted: Counts
) -> list[Fact]:
    source = f"Child Death Overview Panel, as at {on.day} {on:%B %Y}"
    before = year.previous
    earlier = counts(before, before.last_day)
    last = public_figures(reviewed(before), earlier, *policy_of(before))
    facts = [
        _fact("notified", figures.notified, f"Deaths notified in {year}", source),
        _fact("reviewed", figures.reviewed, f"Reviews completed in {year}", source),
        _fact("awaiting", figures.awaiting, f"Deaths awaiting review on {on.day} {on:%B %Y}", source),
        _fact("reviewed_before", last.reviewed, f"Reviews completed in {before}", source),
        Fact("meetings", _meetings(year, on), str(_meetings(year, on)), f"Panel meetings in {year}", source=source),
    ]
    named = (
        ("neonatal", AGE, AgeBand.NEONATAL, "of newborn children under 28 days"),
        ("expected", EXPECTED, Expected.EXPECTED, "of deaths that were expected"),
        ("unexpected", EXPECTED, Expected.UNEXPECTED, "of deaths that were unexpected"),
        ("male", SEX, Sex.MALE, "of boys"),
        ("female", SEX, Sex.FEMALE, "of girls"),
        ("modifiable", MODIFIABLE, Modifiable.IDENTIFIED, "with modifiable factors"),
        ("not_modifiable", MODIFIABLE, Modifiable.NOT_IDENTIFIED, "without modifiable factors"),
        *((f"category_{one.value}", CATEGORY, one, f"in the category “{one.label}”") for one in Category),
    )
    for name, split, code, label in named:
        cell = figures.splits[split].cells[str(code)]
        facts.append(_fact(name, cell, f"Reviews completed {label}", source))
        facts.append(_share(name, cell, figures.reviewed, f"Share of reviews {label}", source))
    if reviews and isinstance(figures.reviewed, Shown):
        months = Decimal(median(one.months for one in reviews))
        facts.append(
            Fact("median_months", months, show(months, 0), "Median months from death to review", source=source)
        )
    return facts


def _fact(name: str, cell: Cell, label: str, source: str) -> Fact:
    """A hidden count has no value at all: neither page nor program can tell it."""
    value = cell.count if isinstance(cell, Shown) else None
    return Fact(name, value, NOT_SHOWN if value is None else str(cell), label, source=source)


def _share(name: str, cell: Cell, total: Cell, label: str, source: str) -> Fact:
    if not isinstance(cell, Shown) or not isinstance(total, Shown) or not total.count:
        return Fact(f"{name}_share", None, NOT_SHOWN, label, source=source)
    share = percentage(cell.count, total.count)
    return Fact(f"{name}_share", share.value, share.show(), label, base=total.count, source=source)


def _meetings(year: FinancialYear, on: dt.date) -> int:
    held = Meeting.objects.filter(group__confidential_permission=Permission.READ_CHILD_DEATHS).held()
    return held.between(year.first_day, on).count()
