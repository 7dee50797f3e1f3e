"""From rows of texts to figures: every error is named by sheet, row and column, and so is everything that was
understood although it was not written plainly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, TypeVar

from openpyxl.utils import get_column_letter

from lscb.common.errors import RuleBroken
from lscb.common.periods import FinancialYear, Month, Period, Quarter
from lscb.common.spreadsheets import CsvRow

from ..checking import NewFigure, checked_figure
from ..models import Figure, Indicator, Status
from . import understanding
from .files import ReadFile, ReadSheet, heading
from .understanding import LONGEST_CELL, Understood, Wrong

T = TypeVar("T")

MOST_ERRORS = 500
"""After so many the rest is not read: who has them all in one column looks at the first."""
COLUMNS = ("indicator", "period", "value", "numerator", "denominator", "no value", "status", "comment")
HELPERS = ("title", "source agency", "unit", "previous", "previous period", "same period last year")
"""Columns of the template that are there to be read by people; what is in them is not taken."""
REQUIRED = ("indicator", "period", "value")
FIELD_COLUMN = {"absence": "no value"}
"""Where a refusal names a field that is called otherwise in the file."""

Known = Mapping[tuple[int, Period], Figure]
"""The newest revision of each figure, by indicator and period."""


@dataclass(frozen=True)
class CellError:
    """One thing that is wrong. `row` is as a spreadsheet counts, `column` names heading and letter."""

    row: int
    column: str
    value: str
    sentence: str
    sheet: str = ""


@dataclass(frozen=True)
class CellNote:
    """One thing that was understood although it was not written plainly."""

    row: int
    sentence: str
    sheet: str = ""


@dataclass(frozen=True)
class Result:
    figures: tuple[NewFigure, ...]
    errors: tuple[CellError, ...]
    notes: tuple[CellNote, ...]


def read_figures(
    file: ReadFile, *, indicators: Mapping[str, Indicator], quarter: Quarter | None, today: dt.date, known: Known
) -> Result:
    """Read every sheet. `indicators`, by code, are what this person may send; `known` fills in what a file without a
    column for it does not say (status, comment)."""
    reader = _Reader(indicators, quarter, today, known, file.decimal_comma)
    figures = [figure for sheet in file.sheets for figure in reader.read(sheet)]
    return Result(tuple(figures), tuple(reader.errors), tuple(reader.notes))


class _Reader:
    """Reads rows into figures and keeps every error; a row with an error gives no figure."""

    def __init__(
        self,
        indicators: Mapping[str, Indicator],
        quarter: Quarter | None,
        today: dt.date,
        known: Known,
        decimal_comma: bool,
    ) -> None:
        self.indicators = indicators
        self.quarter = quarter
        self.today = today
        self.known = known
        self.decimal_comma = decimal_comma
        self.errors: list[CellError] = []
        self.notes: list[CellNote] = []
        self.sheet = ""
        self.columns: dict[str, int] = {}
        self.taken: set[int] = set()
        self.seen: dict[tuple[int, Period], tuple[str, int]] = {}

    def read(self, sheet: ReadSheet) -> Iterator[NewFigure]:
        self.sheet, self.columns = sheet.title, {}
        self._read_headings(sheet.rows[0])
        for number, area in sheet.merged:
            sentence = f"The cells {area} are merged, so all but one are hidden. Unmerge them and fill in each."
            self._add(number, area, "", sentence)
        if self.errors:
            return
        for row in sheet.rows[1:]:
            if len(self.errors) >= MOST_ERRORS:
                return
            figure = self._figure(row)
            if figure is not None:
                yield figure

    def _read_headings(self, row: CsvRow) -> None:
        helpers = set()
        for index, text in enumerate(row.values):
            name, column = heading(text), get_column_letter(index + 1)
            if not name:
                continue
            if name in HELPERS:
                helpers.add(index)
            elif name not in COLUMNS:
                words = ", ".join(COLUMNS)
                self._add(row.number, column, text, f"This heading is not known. The headings are: {words}.")
            elif name in self.columns:
                self._add(row.number, column, text, "This heading is there twice. Remove one of the columns.")
            else:
                self.columns[name] = index
        for name in REQUIRED:
            if name not in self.columns:
                self._add(row.number, name, "", f"There is no column “{name}”. Add it, with that heading in row 1.")
        self.taken = {*self.columns.values(), *helpers}

    def _figure(self, row: CsvRow) -> NewFigure | None:
        before = len(self.errors)
        for index, text in enumerate(row.values):
            if text and index not in self.taken:
                column = get_column_letter(index + 1)
                self._add(row.number, column, text, "This cell stands under no heading. Move it or remove it.")
        indicator = self._try(row, "indicator", self._indicator)
        period = self._try(row, "period", lambda text: self._period(row, text, indicator))
        if indicator and period:
            self._check_first(row, indicator, period)
        if indicator is None or period is None:
            return None
        given = self._numbers(row, indicator)
        status = self._try(row, "status", understanding.status) or Status.FINAL
        if len(self.errors) > before:
            return None
        figure = NewFigure(indicator, period, status=status, comment=self._text(row, "comment"))
        return self._checked(row, self._as_known(replace(figure, **given)))

    def _numbers(self, row: CsvRow, indicator: Indicator) -> dict[str, Any]:
        """Value, parts and the reason for none, with everything that had to be understood."""
        given: dict[str, Any] = {"absence": self._try(row, "no value", lambda text: self._absence(row, text)) or ""}
        for name in ("value", "numerator", "denominator"):
            one = self._try(row, name, lambda text: self._number(text, indicator)) or Understood()
            number, told = (
                understanding.rounded(one.number, self._text(row, name)) if name == "value" else (one.number, "")
            )
            given[name] = number
            if one.absence and given["absence"] not in ("", one.absence):
                self._wrong(row, name, "This cell and the column “no value” say different things. Keep one.")
            given["absence"] = given["absence"] or one.absence
            for note in filter(None, (one.note, told)):
                self._note(row, f"{indicator.code}, {name}: {note}")
        return given

    def _as_known(self, figure: NewFigure) -> NewFigure:
        """What the file has no column for stays as it is."""
        before = self.known.get((figure.indicator.pk, figure.period))
        if before is None:
            return figure
        kept = {name: getattr(before, name) for name in ("comment", "status") if name not in self.columns}
        return replace(figure, **kept)

    def _checked(self, row: CsvRow, figure: NewFigure) -> NewFigure | None:
        try:
            return checked_figure(figure, today=self.today)
        except RuleBroken as refusal:
            self._wrong(row, FIELD_COLUMN.get(refusal.field, refusal.field), refusal.sentence)
            return None

    def _check_first(self, row: CsvRow, indicator: Indicator, period: Period) -> None:
        """A second row of the same figure is wrong, also where something else is wrong in one of the two."""
        here = (self.sheet, row.number)
        first = self.seen.setdefault((indicator.pk, period), here)
        if first != here:
            where = f"Row {first[1]}" + (f" of the sheet “{first[0]}”" if first[0] != self.sheet else "")
            self._wrong(row, "indicator", f"{where} has the same indicator and period. Remove one of the two rows.")

    def _indicator(self, text: str) -> Indicator:
        if not text:
            raise Wrong("Write the code of an indicator.")
        if text in self.indicators:
            return self.indicators[text]
        near = get_close_matches(text.lower(), self.indicators, n=1)
        hint = f"Did you mean {near[0]}?" if near else "Use the code from the list of indicators."
        raise Wrong(f"There is no indicator “{text}”. {hint}")

    def _period(self, row: CsvRow, text: str, indicator: Indicator | None) -> Period:
        period, told = understanding.period(text, frequency=indicator.frequency if indicator else "")
        if self.quarter and not belongs(period, self.quarter):
            raise Wrong(f"This file is for {self.quarter.label}, and {period.label} is not in it. Check the period.")
        if told:
            self._note(row, told)
        return period

    def _number(self, text: str, indicator: Indicator) -> Understood:
        return understanding.number(text, unit=indicator.unit, decimal_comma=self.decimal_comma)

    def _absence(self, row: CsvRow, text: str) -> str:
        absence, told = understanding.absence(text)
        if told:
            self._note(row, told)
        return absence

    def _try(self, row: CsvRow, column: str, read: Callable[[str], T]) -> T | None:
        text = self._text(row, column)
        try:
            if len(text) > LONGEST_CELL:
                raise Wrong(f"This cell is longer than {LONGEST_CELL} characters. Check what is in it.")
            return read(text)
        except Wrong as wrong:
            self._wrong(row, column, wrong.sentence)
        return None

    def _text(self, row: CsvRow, column: str) -> str:
        index = self.columns.get(column)
        return row.values[index].strip() if index is not None and index < len(row.values) else ""

    def _wrong(self, row: CsvRow, column: str, sentence: str) -> None:
        letter = get_column_letter(self.columns[column] + 1) if column in self.columns else ""
        self._add(row.number, f"{letter} ({column})" if letter else column, self._text(row, column), sentence)

    def _add(self, row: int, column: str, value: str, sentence: str) -> None:
        shown = value if len(value) <= LONGEST_CELL else f"{value[:LONGEST_CELL]}…"
        self.errors.append(CellError(row, column, shown, sentence, self.sheet))

    def _note(self, row: CsvRow, sentence: str) -> None:
        self.notes.append(CellNote(row.number, sentence, self.sheet))


def belongs(period: Period, quarter: Quarter) -> bool:
    """Whether a figure of `period` is asked for in the collection of `quarter`."""
    if isinstance(period, Month):
        return period in quarter.months
    return period == (quarter.year if isinstance(period, FinancialYear) else quarter)
