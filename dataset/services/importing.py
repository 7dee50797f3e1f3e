"""Figures out of a CSV file: all or nothing, and every error named by row and column with what to do about it.

No number is ever guessed: "1,039", "<5" and "12%" are refused, not understood.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import TypeVar

from django.db import transaction
from django.utils import timezone
from openpyxl.utils import get_column_letter

from dataset.models import Absence, Indicator, Status
from lscb.accounts.models import Actor
from lscb.accounts.permissions import Permission
from lscb.common.errors import RuleBroken
from lscb.common.periods import FinancialYear, Month, Period, Quarter, local_date, parse_period
from lscb.common.spreadsheets import CsvRow, UnreadableFile, read_csv

from .recording import NewFigure, checked_figure, record_figures

MOST_ROWS, MOST_COLUMNS = 20_000, 100
"""Of a file: far more than a board has figures, and little enough to be read while somebody waits."""
MOST_ERRORS = 500
"""After so many the rest is not read: who has them all in one column looks at the first."""
LONGEST_CELL = 100
"""Letters of a code, a period, a number or a reason. A comment may be longer."""

COLUMNS = ("indicator", "period", "value", "numerator", "denominator", "no value", "status", "comment")
REQUIRED = ("indicator", "period", "value")
FIELD_COLUMN = {"absence": "no value"}
"""Where a refusal names a field that is called otherwise in the file."""

T = TypeVar("T")

NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
COMMA = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
DECIMAL_COMMA = re.compile(r"\d+,\d+", re.ASCII)
LESS_THAN = re.compile(r"[<>≤≥]\s*\d+")
ABSENCES = {absence.label.lower(): absence for absence in Absence}
STATUSES = {"": Status.FINAL, "final": Status.FINAL, "provisional": Status.PROVISIONAL}


@dataclass(frozen=True)
class CellError:
    """One thing that is wrong. `row` is as a spreadsheet counts, `column` names heading and letter."""

    row: int
    column: str
    value: str
    sentence: str


class ImportRefused(RuleBroken):
    """Nothing was imported. `errors` has every reason in the order of the file, up to MOST_ERRORS."""

    def __init__(self, errors: list[CellError], understood: str) -> None:
        more = " These are the first; there may be more." if len(errors) >= MOST_ERRORS else ""
        told = f"{_many(len(errors), 'error')} found in the file.{more} Nothing was imported."
        super().__init__(told, field="file")
        self.errors = errors
        self.understood = understood


@dataclass(frozen=True)
class ImportResult:
    """`understood` says how the bytes were read."""

    new: int
    unchanged: int
    understood: str


@transaction.atomic
def import_figures(
    *, content: bytes, quarter: Quarter | None = None, by: Actor, at: dt.datetime | None = None
) -> ImportResult:
    """Import a CSV file of figures. Importing it again changes nothing.

    With `quarter`, a row of any other quarter is an error. Raises ImportRefused with every error, or RuleBroken for a
    file that cannot be read at all.
    """
    at = at or timezone.now()
    try:
        file = read_csv(content)
    except UnreadableFile as error:
        raise RuleBroken(str(error), field="file") from error
    _check_extent(file.rows)
    reader = _Reader(_indicators(by), quarter, local_date(at))
    figures = list(reader.read(file.rows))
    if reader.errors:
        raise ImportRefused(reader.errors, file.understood)
    if not figures:
        raise RuleBroken("The file has headings but no figures.", field="file")
    recorded = record_figures(figures=figures, by=by, at=at)
    return ImportResult(recorded.new, recorded.unchanged, file.understood)


def _check_extent(rows: tuple[CsvRow, ...]) -> None:
    if len(rows) > MOST_ROWS + 1:
        raise RuleBroken(f"The file has more than {MOST_ROWS:,} rows. Split it into smaller files.", field="file")
    wide = next((row for row in rows if len(row.values) > MOST_COLUMNS), None)
    if wide:
        raise RuleBroken(f"Row {wide.number} has more than {MOST_COLUMNS} columns. Remove the rest.", field="file")


def _indicators(by: Actor) -> dict[str, Indicator]:
    """What this person may send, by code. An agency does not learn of others' indicators by trying codes."""
    indicators = Indicator.objects.select_related("source_agency")
    if by is not None and not by.may(Permission.MANAGE_DATASET):
        indicators = indicators.filter(source_agency__in=by.agencies_where(Permission.SUBMIT_FIGURES))
    return {indicator.code: indicator for indicator in indicators}


class _Wrong(Exception):
    """A cell that cannot be taken."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class _Reader:
    """Reads rows into figures and keeps every error; a row with an error gives no figure."""

    def __init__(self, indicators: dict[str, Indicator], quarter: Quarter | None, today: dt.date) -> None:
        self.indicators = indicators
        self.quarter = quarter
        self.today = today
        self.errors: list[CellError] = []
        self.columns: dict[str, int] = {}
        self.seen: dict[tuple[int, Period], int] = {}

    def read(self, rows: tuple[CsvRow, ...]) -> Iterator[NewFigure]:
        self._read_headings(rows[0])
        if self.errors:
            return
        for row in rows[1:]:
            if len(self.errors) >= MOST_ERRORS:
                return
            figure = self._figure(row)
            if figure is not None:
                yield figure

    def _read_headings(self, row: CsvRow) -> None:
        for index, heading in enumerate(row.values):
            name = " ".join(heading.lower().replace("_", " ").split())
            column = f"{get_column_letter(index + 1)}"
            if not name:
                continue
            if name not in COLUMNS:
                words = ", ".join(COLUMNS)
                self._add(row.number, column, heading, f"This heading is not known. The headings are: {words}.")
            elif name in self.columns:
                self._add(row.number, column, heading, "This heading is there twice. Remove one of the columns.")
            else:
                self.columns[name] = index
        for name in REQUIRED:
            if name not in self.columns:
                self._add(row.number, name, "", f"There is no column “{name}”. Add it, with that heading in row 1.")

    def _figure(self, row: CsvRow) -> NewFigure | None:
        before = len(self.errors)
        for index, text in enumerate(row.values):
            if text and index not in self.columns.values():
                column = get_column_letter(index + 1)
                self._add(row.number, column, text, "This cell stands under no heading. Move it or remove it.")
        indicator = self._try(row, "indicator", self._indicator)
        period = self._try(row, "period", self._period)
        if indicator and period:
            self._check_first(row, indicator, period)
        numbers = {name: self._try(row, name, _number) for name in ("value", "numerator", "denominator")}
        absence = self._try(row, "no value", _absence) or ""
        status = self._try(row, "status", _status) or Status.FINAL
        if len(self.errors) > before or indicator is None or period is None:
            return None
        figure = NewFigure(
            indicator, period, absence=absence, status=status, comment=self._text(row, "comment"), **numbers
        )
        return self._checked(row, figure)

    def _checked(self, row: CsvRow, figure: NewFigure) -> NewFigure | None:
        try:
            checked_figure(figure, today=self.today)
        except RuleBroken as refusal:
            self._wrong(row, FIELD_COLUMN.get(refusal.field, refusal.field), refusal.sentence)
            return None
        return figure

    def _check_first(self, row: CsvRow, indicator: Indicator, period: Period) -> None:
        """A second row of the same figure is wrong, also where something else is wrong in one of the two."""
        first = self.seen.setdefault((indicator.pk, period), row.number)
        if first != row.number:
            sentence = f"Row {first} has the same indicator and period. Remove one of the two rows."
            self._wrong(row, "indicator", sentence)

    def _indicator(self, text: str) -> Indicator:
        if not text:
            raise _Wrong("Write the code of an indicator.")
        if text in self.indicators:
            return self.indicators[text]
        near = get_close_matches(text.lower(), self.indicators, n=1)
        hint = f"Did you mean {near[0]}?" if near else "Use the code from the list of indicators."
        raise _Wrong(f"There is no indicator “{text}”. {hint}")

    def _period(self, text: str) -> Period:
        if not text:
            raise _Wrong("Write the period, like 2016-17Q4.")
        try:
            period = parse_period(text)
        except ValueError as error:
            raise _Wrong(str(error)) from None
        if self.quarter and not _belongs(period, self.quarter):
            raise _Wrong(f"This file is for {self.quarter.label}, and {period.label} is not in it. Check the period.")
        return period

    def _try(self, row: CsvRow, column: str, read: Callable[[str], T]) -> T | None:
        text = self._text(row, column)
        try:
            if len(text) > LONGEST_CELL:
                raise _Wrong(f"This cell is longer than {LONGEST_CELL} characters. Check what is in it.")
            return read(text)
        except _Wrong as wrong:
            self._wrong(row, column, wrong.sentence)
        return None

    def _text(self, row: CsvRow, column: str) -> str:
        index = self.columns.get(column)
        return row.values[index] if index is not None and index < len(row.values) else ""

    def _wrong(self, row: CsvRow, column: str, sentence: str) -> None:
        letter = get_column_letter(self.columns[column] + 1) if column in self.columns else ""
        self._add(row.number, f"{letter} ({column})" if letter else column, self._text(row, column), sentence)

    def _add(self, row: int, column: str, value: str, sentence: str) -> None:
        shown = value if len(value) <= LONGEST_CELL else f"{value[:LONGEST_CELL]}…"
        self.errors.append(CellError(row, column, shown, sentence))


def _number(text: str) -> Decimal | None:
    """A plain number with a point, or nothing."""
    if not text:
        return None
    if NUMBER.fullmatch(text):
        return Decimal(text)
    if COMMA.fullmatch(text):
        plain = text.replace(",", "")
        raise _Wrong(f"“{text}” has a comma in it. If it is {plain}, write {plain}.")
    if DECIMAL_COMMA.fullmatch(text):
        point = text.replace(",", ".")
        raise _Wrong(f"“{text}” has a comma in it. If it is {point}, write {point}.")
    if LESS_THAN.fullmatch(text):
        raise _Wrong(
            f"“{text}” is not one number. Write the number itself, or leave it empty and write “suppressed” "
            "in the column “no value”.",
        )
    if text.endswith("%"):
        raise _Wrong(f"“{text}” has a percent sign. Write the number alone.")
    if text.lower() in ABSENCES or not any(character.isdigit() for character in text):
        reasons = ", ".join(ABSENCES)
        raise _Wrong(
            f"“{text}” is not a number. Write it in digits, like 1039. Where there is none, leave this empty and "
            f"write one of these in the column “no value”: {reasons}."
        )
    raise _Wrong(f"“{text}” is not a number. Write digits with a point for decimals, like 1039 or 24.6.")


def _absence(text: str) -> str:
    words = " ".join(text.lower().replace("_", " ").split())
    if not words:
        return ""
    if words not in ABSENCES:
        raise _Wrong(f"“{text}” is not known. Write one of: {', '.join(ABSENCES)}.")
    return ABSENCES[words]


def _status(text: str) -> str:
    if text.lower() not in STATUSES:
        raise _Wrong(f"“{text}” is not known. Write provisional or final; empty means final.")
    return STATUSES[text.lower()]


def _belongs(period: Period, quarter: Quarter) -> bool:
    if isinstance(period, Month):
        return period in quarter.months
    return period == (quarter.year if isinstance(period, FinancialYear) else quarter)


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun} was" if number == 1 else f"{number:,} {noun}s were"
