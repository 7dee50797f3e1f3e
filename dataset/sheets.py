"""The scorecard as files: exactly the rows of the page, numbers as numbers, with what each is of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from lscb.common.rounding import round_half_up
from lscb.common.spreadsheets import Sheet, Value, csv_bytes, xlsx_bytes
from lscb.common.templatetags.portal import day, moment

from . import reading
from .models import Edition
from .reading import Cell, Row, ScoreRow

HEADINGS = (
    "Code", "Indicator", "Source agency", "Unit", "Period", "Previous", "Current", "Change on previous",
    "Change on year before", "Change in", "Rate", "Rate per", "Neighbours", "Region", "England", "Comparator periods",
    "Reading", "Numerator", "Denominator", "Definition", "Figure revision",
)  # fmt: skip
COLUMNS_OF_YEARS = ("Code", "Indicator", "Year", "Value", "Change on year before", "Change in")
PROVENANCE = ("What", "Value")


def as_csv(edition: Edition, rows: Sequence[ScoreRow]) -> bytes:
    return csv_bytes(HEADINGS, [row_of(row) for row in rows])


def as_xlsx(edition: Edition, content: Mapping[str, Any], rows: Sequence[ScoreRow], note: str = "") -> bytes:
    """Scorecard, series, years, missing, and where it all comes from."""
    return xlsx_bytes(
        [
            Sheet("Scorecard", HEADINGS, [row_of(row) for row in rows]),
            Sheet("Series", ("Code", "Indicator", "Period", "Value", "No value because", "Definition"), _series(rows)),
            Sheet("Years", COLUMNS_OF_YEARS, _years(rows)),
            Sheet("Missing", ("Indicator", "Agency", "Period"), _missing(content, rows)),
            Sheet("About", PROVENANCE, [*about(edition), *([("Small numbers", note)] if note else [])]),
        ]
    )


def about(edition: Edition) -> list[tuple[str, str]]:
    """Which edition it is, as at when, and its hash."""
    return [
        ("Edition", f"{edition.quarter.label}, edition {edition.number}, {edition.get_status_display().lower()}"),
        ("As at", f"the end of {day(edition.as_at_day)}"),
        ("Compiled", moment(edition.compiled_at)),
        ("SHA-256", edition.digest),
    ]


def row_of(score: ScoreRow) -> list[Value]:
    row, current = score.raw, score.raw["current"]
    change, on_year = row["change"].get("previous"), row["change"].get("year_before")
    others = {one["against"]: one for one in row["comparators"]}
    nature = "percentage points" if row["unit"] == "percent" else "percent"
    return [
        row["code"],
        row["title"],
        row["agency"]["name"],
        row["unit"],
        reading.label(row["period"]),
        _cell(row, row["beside"]["previous"]),
        _cell(row, current),
        _number(change and change["value"], 1),
        _number(on_year and on_year["value"], 1),
        nature,
        _number(current.get("rate"), 1),
        reading.rate_per(row),
        *(_number(others[name]["value"], row["decimals"]) if name in others else None for name in reading.SHORT),
        "; ".join(f"{one['name']} {one['period']}" for one in row["comparators"]),
        str(score.reading),
        _number(current.get("numerator")),
        _number(current.get("denominator")),
        row["definition"]["number"],
        current["revision"],
    ]


def _cell(row: Row, cell: Cell) -> Value:
    """A number stays a number; without one the words say why."""
    return reading.value(row, cell) if cell["value"] is None else _number(cell["value"], row["decimals"])


def _number(text: str | None, places: int | None = None) -> Decimal | None:
    if not text:
        return None
    return Decimal(text) if places is None else round_half_up(Decimal(text), places)


def _series(rows: Sequence[ScoreRow]) -> Iterator[list[Value]]:
    for score in rows:
        for cell in score.raw["series"]:
            row = score.raw
            because = "" if cell["value"] is not None else reading.value(row, cell)
            value = _number(cell["value"], row["decimals"])
            yield [row["code"], row["title"], reading.label(cell["period"]), value, because, cell["definition"]]


def _years(rows: Sequence[ScoreRow]) -> Iterator[list[Value]]:
    for score in rows:
        for one in score.raw["years"]:
            row, change = score.raw, one["change"]
            nature = "percentage points" if change["nature"] == "points" else "percent"
            value = _number(one["value"], row["decimals"])
            yield [row["code"], row["title"], one["year"], value, _number(change["value"], 1), nature]


def _missing(content: Mapping[str, Any], rows: Sequence[ScoreRow]) -> Iterator[list[Value]]:
    shown = {row.raw["code"] for row in rows}
    for gap in content["missing"]:
        if gap["code"] in shown:
            yield [gap["title"], gap["agency"], reading.label(gap["period"])]
