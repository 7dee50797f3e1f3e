"""The analysis as tables and charts: the same values on the page, in the file and in the annual report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lscb.accounts.models import Reader
from lscb.common.chapters import Chart, Column, Table
from lscb.common.charts import Line, Point, bar_chart, stacked_bar_chart
from lscb.common.periods import FinancialYear, local_date
from lscb.common.rounding import Percentage, percentage, show, show_change
from lscb.common.spreadsheets import Sheet
from lscb.common.words import naming

from ..models import Audience, Return
from ..rounds.schools import open_schools
from .analysis import Area, Cycle, Graded, areas_for_development, cycle, recurring
from .document import Score

NOTHING = "none"


@dataclass(frozen=True)
class Findings:
    """Of a year and audience. `completion` is of those that were asked, or of the schools that were open."""

    year: FinancialYear
    audience: str
    now: Cycle
    before: Cycle
    areas: Sequence[Area]
    recurring: Sequence[Area]
    completion: Percentage
    tables: Sequence[Table]
    charts: Sequence[tuple[Chart, Table]]

    @property
    def missing(self) -> list[Return]:
        return self.now.missing


def findings_of(year: FinancialYear, audience: str, *, at: dt.datetime, user: Reader | None = None) -> Findings:
    now = cycle(year, audience, at=at, user=user)
    before = cycle(year.previous, audience, at=at, user=user)
    areas = areas_for_development(now.answers)
    standards = _standards_table(now)
    return Findings(
        year=year,
        audience=audience,
        now=now,
        before=before,
        areas=areas,
        recurring=recurring(now.answers),
        completion=_completion(now, audience, at),
        charts=[(_chart(now, audience), standards)] if now.answers else [],
        tables=[_agencies_table(now, before), _rounds_table(now), _areas_table(areas, now)],
    )


def _completion(now: Cycle, audience: str, at: dt.datetime) -> Percentage:
    """Of schools: those open on the last day of the year, or today; of agencies: those that were asked."""
    if audience != Audience.SCHOOLS:
        return percentage(len(now.submitted), len(now.asked))
    opened = {one.pk for one in open_schools(min(local_date(at), now.year.last_day))}
    return percentage(len({one.agency_id for one in now.submitted} & opened), len(opened))


def _standards_table(now: Cycle) -> Table:
    counted = now.by_standard()
    grades = _grades(now)
    rows = [
        (f"{number} {title}", *(str(counted[number][grade]) for grade in grades))
        for number, title in now.standards.items()
    ]
    columns = (Column("Standard"), *(Column(grade, True) for grade in grades))
    note = "Grades are the panel’s where it moderated, else the agencies’ own. What does not apply is left out."
    return Table(f"Grades by standard, {now.year}", columns, rows, note=note)


def _grades(now: Cycle) -> list[str]:
    """The scale, the best grade first."""
    return list(now.grades)


def _chart(now: Cycle, audience: str) -> Chart:
    counted, grades = now.by_standard(), _grades(now)
    title = f"Grades by standard, {now.year}"
    series = [Line(grade, [_point(number, counted[number][grade]) for number in now.standards]) for grade in grades]
    said = "; ".join(
        f"standard {number}: {', '.join(f'{counted[number][grade]} {grade.lower()}' for grade in grades)}"
        for number in now.standards
    )
    description = f"Number of answers with each grade. {said}."
    svg = stacked_bar_chart(
        series, id=f"grades-{audience}", title=title, description=description, brand=naming().brand_colour
    )
    return Chart(title, description, svg)


def _point(number: int, value: int) -> Point:
    return Point(str(number), Decimal(value), str(value) if value else "")


def _agencies_table(now: Cycle, before: Cycle) -> Table:
    """Each agency's score now and last time. Its change is in percentage points, where there are both."""
    own, last = now.by_agency(), before.by_agency()
    rows = []
    for key, name in _names(now).items():
        score, past = now.score(own.get(key, [])), before.score(last.get(key, []))
        rows.append((name, _shown(score), f"{score.graded} of {score.asked}", _shown(past), _change(score, past)))
    columns = (
        Column("Agency"),
        Column("Score", True),
        Column("Questions graded", True),
        Column("Last time", True),
        Column("Change in points", True),
    )
    note = "The score is points of those that could be had. What was not answered or does not apply is left out."
    return Table(f"Grades by agency, {now.year}", columns, rows, note=note)


def _names(now: Cycle) -> dict[int, str]:
    on = now.year.last_day
    found = {one.agency_id: one.agency.name_on(on) for one in now.submitted}
    return dict(sorted(found.items(), key=lambda item: item[1]))


def _shown(score: Score) -> str:
    return NOTHING if score.percent is None else f"{show(score.percent)}%"


def _change(score: Score, past: Score) -> str:
    if score.percent is None or past.percent is None:
        return NOTHING
    return show_change(score.percent - past.percent, 0)


def _rounds_table(now: Cycle) -> Table:
    """Completion and score by round."""
    titles = {one.round_id: one.round.title for one in now.asked}
    agencies = now.by_agency()
    rows = []
    for key, title in sorted(titles.items(), key=lambda item: item[1]):
        asked = [one for one in now.asked if one.round_id == key]
        sent = [one for one in now.submitted if one.round_id == key]
        answers: Iterable[Graded] = [graded for one in sent for graded in agencies.get(one.agency_id, [])]
        late = sum(one.came_late for one in sent)
        score = now.score(answers)
        rows.append((title, str(len(asked)), str(len(sent)), str(late), _shown(score)))
    columns = (
        Column("Round"),
        Column("Asked", True),
        Column("Submitted", True),
        Column("Of these late", True),
        Column("Score", True),
    )
    return Table(f"Returns by round, {now.year}", columns, rows)


def _areas_table(areas: Sequence[Area], now: Cycle) -> Table:
    rows = [(area.text, str(area.standard), str(len(area.agencies)), "yes" if area.recurs else "no") for area in areas]
    columns = (Column("Area for development"), Column("Standard", True), Column("Agencies", True), Column("Recurs"))
    note = "An area recurs when more than three agencies raised it. Each agency counts once."
    return Table(f"Areas for development, {now.year}", columns, rows, note=note)


def missing_table(found: Findings) -> Table:
    rows = [(one.agency.name_on(found.year.last_day), one.round.title) for one in found.missing]
    return Table(f"Returns that are missing, {found.year}", (Column("Agency"), Column("Round")), rows)


def recurring_chart(found: Findings) -> Chart:
    title = f"Areas raised by more than three agencies, {found.year}"
    points = [Point(one.text, Decimal(len(one.agencies)), str(len(one.agencies))) for one in found.recurring]
    said = "; ".join(f"{one.text}: {len(one.agencies)} agencies" for one in found.recurring)
    description = f"Agencies that raised each area. {said}."
    svg = bar_chart(
        points, id=f"areas-{found.audience}", title=title, description=description, brand=naming().brand_colour
    )
    return Chart(title, description, svg)


def sheets(found: Findings) -> list[Sheet]:
    """The tables of the page as a workbook."""
    tables = [*(table for _, table in found.charts), *found.tables, missing_table(found)]
    return [Sheet(table.title, [column.heading for column in table.columns], table.rows) for table in tables]
