"""Charts of the dataset, each from the cells it draws. The table beside it holds the same values."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lscb.common.chapters import Chart
from lscb.common.charts import DARK_BLUE, Line, Point, bar_chart, line_chart, sparkline

from . import reading
from .reading import Cell, Row


def line_of(row: Row, cells: Sequence[Cell], *, name: str = "", rate: bool = False) -> Line:
    """The cells as a line, broken where a definition begins and where there is no value."""
    points = [
        Point(reading.short_label(cell["period"]), drawn(cell, rate=rate), _printed(row, cell, rate=rate))
        for cell in cells
    ]
    return Line(name or row["title"], points, frozenset(reading.definition_begins(row, cells)))


def spark(row: Row, cells: Sequence[Cell], brand: str = DARK_BLUE) -> str:
    """The small line of a scorecard row."""
    line = line_of(row, cells)
    return sparkline(line, id=f"line-{row['code']}", title=row["title"], description=told(row, cells), brand=brand)


def over_time(row: Row, cells: Sequence[Cell], *, id: str, title: str, note: str = "", brand: str = DARK_BLUE) -> Chart:
    """The whole series as a chart."""
    description = told(row, cells)
    form = "{}%" if row["unit"] == "percent" else "{}"
    svg = line_chart([line_of(row, cells)], id=id, title=title, description=description, form=form, brand=brand)
    return Chart(title=title, description=description, svg=svg, note=note)


def beside_others(row: Row, own: str, *, id: str, title: str, note: str = "", brand: str = DARK_BLUE) -> Chart | None:
    """Our own value beside the comparators; None without either."""
    value = reading.compared_value(row)
    if value is None or not row["comparators"]:
        return None
    mine = Point(own, value, shown_beside_others(row))
    others = [
        Point(f"{one['name']}, {one['period']}", Decimal(one["value"]), reading.comparator(row, one))
        for one in row["comparators"]
    ]
    description = "; ".join(f"{point.label} {point.shown}" for point in [mine, *others]) + "."
    svg = bar_chart([mine], comparators=others, id=id, title=title, description=description, brand=brand)
    return Chart(title=title, description=description, svg=svg, note=note)


def shown_beside_others(row: Row) -> str:
    """Our own value as it stands beside the comparators."""
    cell = row["current"]
    return reading.rate(cell) if reading.is_rated_count(row) else reading.value(row, cell)


def drawn(cell: Cell, *, rate: bool = False) -> Decimal | None:
    """The exact value of a cell, or its rate."""
    text = cell.get("rate") if rate else cell["value"]
    return None if text is None else Decimal(text)


def _printed(row: Row, cell: Cell, *, rate: bool) -> str:
    return reading.rate(cell) if rate else reading.value(row, cell)


def told(row: Row, cells: Sequence[Cell]) -> str:
    """From where to where it went, in words, and where it breaks."""
    known = [cell for cell in cells if cell["value"] is not None]
    if not known:
        return "No figures."
    first, last = known[0], known[-1]
    words = f"{reading.value(row, first)} in {reading.label(first['period'])}"
    if last is not first:
        words += f", {reading.value(row, last)} in {reading.label(last['period'])}"
    starts = [reading.label(cells[at]["period"]) for at in reading.definition_begins(row, cells)]
    return f"{words}." + "".join(f" A new definition begins in {start}; the line is broken there." for start in starts)
