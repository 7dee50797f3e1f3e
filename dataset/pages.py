"""What the page of an indicator shows, as plain values for its template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from django.db.models import QuerySet

from lscb.common.chapters import Chart, Column, Table
from lscb.common.templatetags.portal import day

from . import pictures, reading
from .document import change
from .models import Edition, Figure, Frequency, Indicator
from .reading import Cell, Row

PUBLIC_PERIODS = 5
EARLIER_DEFINITION = "* counted by an earlier definition: not to be compared with what comes after it."


def facts(indicator: Indicator, said: Row) -> list[dict[str, Any]]:
    """The summary list."""
    unit = indicator.get_unit_display()
    return [
        {"key": "Source agency", "value": said["agency"]["name"]},
        {"key": "Code", "value": indicator.code},
        {"key": "Unit", "value": f"{unit}, {reading.rate_per(said)}" if indicator.multiplier else unit},
        *_parts(indicator),
        {"key": "Kind", "value": indicator.get_kind_display()},
        {"key": "How often", "value": indicator.get_frequency_display()},
        {"key": "Which way is better", "value": indicator.get_polarity_display()},
        {"key": "Target", "value": _target(indicator, said), "empty": "No target"},
        *([{"key": "Part of", "value": indicator.part_of.title}] if indicator.part_of else []),
    ]


def _parts(indicator: Indicator) -> list[dict[str, Any]]:
    labels = (("Numerator", indicator.numerator_label), ("Denominator", indicator.denominator_label))
    return [{"key": key, "value": label} for key, label in labels if label]


def _target(indicator: Indicator, said: Row) -> str:
    if indicator.target is None:
        return ""
    target = reading.number(said, said["target"])
    return f"{target}, amber up to {reading.number(said, said['tolerance'])} from it" if said["tolerance"] else target


def series(said: Row, cells: Sequence[Cell], *, edition: Edition | None, brand: str) -> dict[str, Chart | Table] | None:
    """The whole series as a chart with its table; None without any figure."""
    if not cells:
        return None
    note = f"Source: {said['agency']['name']}. " + (
        f"Dataset {edition.quarter.label}, edition {edition.number}." if edition else "As known today."
    )
    chart = pictures.over_time(said, cells, id="series", title=said["title"], note=note, brand=brand)
    return {"chart": chart, "table": series_table(said, cells)}


def series_table(said: Row, cells: Sequence[Cell]) -> Table:
    """Newest first: value, parts, rate, and the change inside one definition."""
    parts = any(cell.get("denominator") for cell in cells)
    rated = reading.is_rated_count(said)
    broken = len({cell["definition"] for cell in cells}) > 1
    said_more = any(_remark(cell) for cell in cells)
    columns = [
        Column("Period"),
        *([Column("Numerator", True), Column("Denominator", True)] if parts and not rated else []),
        Column("Value", True),
        *([Column(reading.rate_per(said).capitalize(), True)] if rated else []),
        Column("Change", True),
        *([Column("Definition")] if broken else []),
        *([Column("Comment")] if said_more else []),
    ]
    rows = []
    for at in reversed(range(len(cells))):
        cell = cells[at]
        rows.append(
            [
                reading.label(cell["period"]),
                *([_part(cell, "numerator"), _part(cell, "denominator")] if parts and not rated else []),
                reading.value(said, cell),
                *([reading.rate(cell)] if rated else []),
                change_at(said, cells, at),
                *([f"Version {cell['definition']}"] if broken else []),
                *([_remark(cell)] if said_more else []),
            ]
        )
    return Table(f"{said['title']}, period by period", columns, rows)


def _part(cell: Cell, name: str) -> str:
    return reading.number({"unit": "count", "decimals": 0}, cell.get(name))


def _remark(cell: Cell) -> str:
    provisional = "provisional" if cell.get("status") == "provisional" else ""
    return "; ".join(part for part in (provisional, cell.get("comment", "")) if part)


def change_at(said: Row, cells: Sequence[Cell], at: int) -> str:
    """On the period before; the words "new definition" where there is none because the series breaks."""
    if at == 0:
        return ""
    before, after = cells[at - 1], cells[at]
    same = before["definition"] == after["definition"]
    moved = change(said["unit"], pictures.drawn(before), pictures.drawn(after), same=same)
    return "new definition" if moved["why"] == "break" else reading.change(moved)


def others(row: Row, edition: Edition, *, brand: str, id: str = "others") -> dict[str, Any] | None:
    """The newest edition's value beside the comparators, as a chart with its table."""
    title = f"{row['title']}, {reading.rate_per(row)}" if reading.is_rated_count(row) else row["title"]
    chart = pictures.beside_others(
        row, f"Here, {reading.label(row['period'])}", id=id, title=f"{title}: beside others", brand=brand
    )
    if chart is None:
        return None
    own = ["Here", pictures.shown_beside_others(row), reading.label(row["period"]), row["agency"]["name"]]
    theirs = [[one["name"], reading.comparator(row, one), one["period"], one["source"]] for one in row["comparators"]]
    columns = [Column("Where"), Column("Value", True), Column("Period"), Column("Source")]
    return {"chart": chart, "table": Table(f"{title}: beside others", columns, [own, *theirs])}


def years(row: Row) -> Table | None:
    """Whole years, for what may be summed."""
    rows = [
        [one["year"], reading.number(row, one["value"]) or "not complete", reading.change(one["change"])]
        for one in row["years"]
    ]
    if row["kind"] != "flow" or not rows:
        return None
    columns = [Column("Year"), Column("Value", True), Column("Change on the year before", True)]
    return Table("Whole years", columns, rows, note="Only years of which every figure is known.")


def commentary(cells: Sequence[Cell]) -> list[dict[str, str]]:
    """What the source agency said to its figures, newest first, as a timeline prints it."""
    return [
        {"title": reading.label(cell["period"]), "text": cell["comment"], "who": "", "when": ""}
        for cell in reversed(cells)
        if cell.get("comment")
    ]


def past_names(indicator: Indicator) -> list[tuple[str, str]]:
    """What the measure was called before, and until when: renamed, it is the same measure. One query."""
    said = list(indicator.revisions.order_by("revision").values_list("said", "recorded_at"))
    return [(old["title"], day(at)) for (old, _), (new, at) in pairwise(said) if old["title"] != new["title"]]


def comparators(said: Row, indicator: Indicator) -> Table | None:
    """What others had, year by year, each with the period it is really of. One query."""
    rows = [
        [str(one.year), one.called, reading.comparator(said, {"value": str(one.value)}), one.period_label, one.source]
        for one in indicator.comparators.latest_revisions().order_by("-year", "against")
    ]
    columns = [
        Column("Beside the figures of"),
        Column("Who"),
        Column("Value", True),
        Column("Period"),
        Column("Source"),
    ]
    return Table("What others had", columns, rows) if rows else None


def revisions(said: Row, figures: QuerySet[Figure]) -> Table | None:
    """Every figure that was corrected, with what was known before."""
    rows: list[list[str]] = []
    by_period: dict[Any, list[Figure]] = {}
    for figure in figures.select_related("recorded_by").order_by("-period", "-revision"):
        by_period.setdefault(figure.period, []).append(figure)
    for period, versions in by_period.items():
        if len(versions) > 1:
            rows += [[period.label, *_revision(said, figure)] for figure in versions]
    if not rows:
        return None
    columns = [Column("Period"), Column("Revision", True), Column("Value", True), Column("Recorded"), Column("By")]
    return Table("Figures that were corrected", columns, rows)


def _revision(said: Row, figure: Figure) -> list[str]:
    value = None if figure.value is None else format(figure.value, "f")
    shown = reading.value(said, {"value": value, "absence": figure.absence})
    state = " (provisional)" if figure.status == "provisional" else ""
    by = str(figure.recorded_by) if figure.recorded_by else "The portal"
    return [str(figure.revision), shown + state, day(figure.recorded_at), by]


def public_tables(document: Mapping[str, Any]) -> list[Table]:
    """The open data of a quarter as tables: one for each way of coming, the last periods across."""
    tables = []
    for frequency, title in ((Frequency.QUARTER, "Quarter by quarter"), (Frequency.MONTH, "Month by month"),
                             (Frequency.YEAR, "Year by year")):  # fmt: skip
        those = [one for one in document["indicators"] if one["frequency"] == frequency]
        if those:
            tables.append(_public_table(title, those))
    return tables


def _public_table(title: str, indicators: Sequence[Mapping[str, Any]]) -> Table:
    periods = sorted({cell["period"] for one in indicators for cell in one["cells"]})[-PUBLIC_PERIODS:]
    columns = [Column("Indicator"), *(Column(reading.short_label(period), True) for period in periods)]
    rows = []
    for one in indicators:
        cells = {cell["period"]: cell for cell in one["cells"]}
        rows.append([one["title"], *(_public_cell(one, cells[at]) if at in cells else "" for at in periods)])
    starred = any(text.endswith("*") for row in rows for text in row)
    return Table(title, columns, rows, note=EARLIER_DEFINITION if starred else "")


def _public_cell(one: Mapping[str, Any], cell: Cell) -> str:
    mark = "*" if cell["definition"] != one["definition"]["number"] else ""
    return f"{reading.with_base(one, cell)}{mark}"
