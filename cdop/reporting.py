"""What the panel hands to the annual report. Small numbers are hidden before anything leaves this room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from statistics import median

from django.db.models import QuerySet

from boards.models import Meeting
from lscb.accounts.permissions import Permission
from lscb.common.chapters import Block, Chapter, Chart, Column, Fact, Figure, Note, Section, Table, in_line, of_fact
from lscb.common.charts import Point, bar_chart
from lscb.common.counted import Counted, rows_at
from lscb.common.periods import FinancialYear
from lscb.common.rounding import percentage, show
from lscb.common.small_numbers import Cell, Shown
from lscb.common.words import naming

from .ages import AgeBand
from .counting import Counts, Reviewed, counts, reviewed
from .models import Category, Death, Expected, Modifiable, Review, Sex
from .publishing import MODIFIABLE, PublicFigures, Split, last_day_of, policy_of, public_figures
from .querysets import DeathQuerySet

YEARS_BACK = 4
NOT_SHOWN = "a small number that is not shown"
AGE, SEX, EXPECTED, CATEGORY = "Age at death", "Sex", "Expected or unexpected", "Category of death"
LIST, PANELS = "cdop:death_list", "cdop:panel_list"
NAMED = (
    ("neonatal", AGE, AgeBand.NEONATAL, "of newborn children under 28 days"),
    ("expected", EXPECTED, Expected.EXPECTED, "of deaths that were expected"),
    ("unexpected", EXPECTED, Expected.UNEXPECTED, "of deaths that were unexpected"),
    ("male", SEX, Sex.MALE, "of boys"),
    ("female", SEX, Sex.FEMALE, "of girls"),
    ("modifiable", MODIFIABLE, Modifiable.IDENTIFIED, "with modifiable factors"),
    ("not_modifiable", MODIFIABLE, Modifiable.NOT_IDENTIFIED, "without modifiable factors"),
    *((f"category_{one.value}", CATEGORY, one, f"in the category “{one.label}”") for one in Category),
)
"""Each has a count and a share: its name, the split and the code in it, and how it goes on after “reviews”."""
ASYLUM = "Asylum seeker"
PRINTED = (
    *(AGE, SEX, EXPECTED, CATEGORY, MODIFIABLE, "Child protection plan", "Statutory order", ASYLUM),
    "Months from death to review",
)


def _reviewed(year: FinancialYear, as_at: dt.date) -> DeathQuerySet:
    return Death.objects.reviewed_in(year, as_at)


def _with_code(split: str, code: str, year: FinancialYear, as_at: dt.date) -> DeathQuerySet:
    """The reviews of the year that a split counts under a code."""
    if split == CATEGORY:
        reviews = Review.objects.filter(death__in=_reviewed(year, as_at)).prefetch_related("categories")
        return Death.objects.filter(pk__in=[one.pk for one in reviews if one.primary_category == code])
    field = {AGE: "age_band", SEX: "review__sex", EXPECTED: "review__expected", MODIFIABLE: "review__modifiable"}[split]
    return _reviewed(year, as_at).filter(**{field: code})


def _panel_meetings(year: FinancialYear, as_at: dt.date) -> QuerySet[Meeting]:
    held = Meeting.objects.filter(group__confidential_permission=Permission.READ_CHILD_DEATHS).held()
    return held.between(year.first_day, last_day_of(year, as_at))


COUNTED: Mapping[str, Counted] = {
    "cdop.notified": Counted("Deaths notified", lambda year, as_at: Death.objects.notified_in(year, as_at)),
    "cdop.reviewed": Counted("Reviews completed", _reviewed),
    "cdop.awaiting": Counted(
        "Deaths awaiting review", lambda year, as_at: Death.objects.awaiting(last_day_of(year, as_at))
    ),
    **{
        f"cdop.{name}": Counted(f"Reviews completed {label}", partial(_with_code, split, code))
        for name, split, code, label in NAMED
    },
}
COUNTED_MEETINGS: Mapping[str, Counted] = {"cdop.meetings": Counted("Meetings of the panel", _panel_meetings)}


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
            Figure(_printed("notified", figures.notified), f"deaths notified in {year}"),
            Figure(_printed("reviewed", figures.reviewed), "reviews completed"),
            Figure(_printed("awaiting", figures.awaiting), f"awaiting review on {day}"),
        ),
        sections=(
            Section("Over the years", (_trend(year, on),)),
            Section("What was reviewed", _tables(figures, year)),
        ),
        facts=_facts(year, on, figures, reviews, counted),
    )


def _lead(figures: PublicFigures, day: str) -> str:
    return in_line(
        _printed("notified", figures.notified),
        " deaths of children were notified, ",
        _printed("reviewed", figures.reviewed),
        " reviews were completed, and ",
        _printed("awaiting", figures.awaiting),
        f" deaths awaited review on {day}.",
    )


def _printed(name: str, cell: Cell) -> str:
    """A count as it is printed. One that is hidden prints no fact: it has none."""
    return of_fact(f"cdop.{name}", str(cell)) if name and isinstance(cell, Shown) else str(cell)


def _tables(figures: PublicFigures, year: FinancialYear) -> Sequence[Block]:
    blocks: list[Block] = []
    ages = figures.splits[AGE]
    if all(isinstance(cell, Shown) for cell in ages.cells.values()):
        blocks.append(_chart(ages, year))
    blocks += [_table(figures.splits[title], figures.note) for title in PRINTED]
    note = "A review may end in another year than the death was notified. None of the three counts follows from others."
    return [*blocks, Note(note)]


def _table(split: Split, note: str) -> Table:
    """Rows that count nobody are left out where zeros are shown anyway: they say nothing, but to a yes or no."""
    all_said = split.title == ASYLUM
    named = {str(code): name for name, title, code, _ in NAMED if title == split.title}
    rows = [
        (split.labels[code], _printed(named.get(code, ""), cell))
        for code, cell in split.cells.items()
        if all_said or cell != Shown(0)
    ]
    columns = (Column(split.title), Column("Reviews completed", True))
    total = ("All", _printed("reviewed", split.total))
    return Table(split.title, columns, rows or [("None", "0")], note=note, total=total)


def _chart(split: Split, year: FinancialYear) -> Chart:
    title = f"Age at death, reviews completed in {year}"
    shown = {split.labels[code]: cell.count for code, cell in split.cells.items() if isinstance(cell, Shown)}
    points = [Point(label, Decimal(count), str(count)) for label, count in shown.items()]
    description = "Reviews by age at death: " + ", ".join(f"{label} {count}" for label, count in shown.items()) + "."
    svg = bar_chart(points, id="cdop-age", title=title, description=description, brand=naming().brand_colour)
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
            cells = (("notified", figures.notified), ("reviewed", figures.reviewed), ("awaiting", figures.awaiting))
            rows.append((str(one), *(_printed(name if one == year else "", cell) for name, cell in cells)))
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
    source = f"{naming().death_panel}, as at {on.day} {on:%B %Y}"
    before = year.previous
    earlier = counts(before, before.last_day)
    last = public_figures(reviewed(before), earlier, *policy_of(before))
    meetings = _panel_meetings(year, on).count()

    def rows(figure: str, page: str = LIST) -> str:
        return rows_at(page, f"cdop.{figure}", year, on)

    facts = [
        _fact("notified", figures.notified, f"Deaths notified in {year}", source, rows("notified")),
        _fact("reviewed", figures.reviewed, f"Reviews completed in {year}", source, rows("reviewed")),
        _fact(
            "awaiting",
            figures.awaiting,
            f"Deaths awaiting review on {on.day} {on:%B %Y}",
            source,
            rows("awaiting"),
        ),
        _fact(
            "reviewed_before",
            last.reviewed,
            f"Reviews completed in {before}",
            source,
            rows_at(LIST, "cdop.reviewed", before, before.last_day),
        ),
        Fact(
            "meetings",
            meetings,
            str(meetings),
            f"Panel meetings in {year}",
            source=source,
            rows=rows("meetings", PANELS),
        ),
    ]
    for name, split, code, label in NAMED:
        cell = figures.splits[split].cells[str(code)]
        facts.append(_fact(name, cell, f"Reviews completed {label}", source, rows(name)))
        facts.append(_share(name, cell, figures.reviewed, f"Share of reviews {label}", source, rows(name)))
    if reviews and isinstance(figures.reviewed, Shown):
        months, label = Decimal(median(one.months for one in reviews)), "Median months from death to review"
        facts.append(Fact("median_months", months, show(months, 0), label, source=source, rows=rows("reviewed")))
    return facts


def _fact(name: str, cell: Cell, label: str, source: str, rows: str) -> Fact:
    """A hidden count has no value at all: neither page nor program can tell it."""
    value = cell.count if isinstance(cell, Shown) else None
    return Fact(name, value, NOT_SHOWN if value is None else str(cell), label, source=source, rows=rows)


def _share(name: str, cell: Cell, total: Cell, label: str, source: str, rows: str) -> Fact:
    if not isinstance(cell, Shown) or not isinstance(total, Shown) or not total.count:
        return Fact(f"{name}_share", None, NOT_SHOWN, label, source=source, rows=rows)
    share = percentage(cell.count, total.count)
    return Fact(f"{name}_share", share.value, share.show(), label, base=total.count, source=source, rows=rows)
