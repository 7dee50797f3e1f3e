"""A file as rows of texts, whether it came as CSV or as a workbook, with everything that was made of it said aloud.

A workbook is read as a person sees it: numbers to the 15 digits that a spreadsheet keeps, percentages with their sign,
dates as days. Hidden sheets are not read, and that is said.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import openpyxl
from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from lscb.common.errors import RuleBroken
from lscb.common.spreadsheets import CsvRow, UnreadableFile, read_csv

MOST_ROWS, MOST_COLUMNS = 20_000, 100
"""Of a file: far more than a board has figures, and little enough to be read while somebody waits."""
HEADINGS_WITHIN = 20
"""Rows in which the headings are looked for: people put a title above."""
MARKS = frozenset({"indicator", "period"})
"""Headings by which the row of the headings is known."""
HELP_SHEET = "How to fill it in"
"""The sheet of our own template that nobody needs to be told of."""
LARGEST_WORKBOOK = 60_000_000
"""Bytes of its unpacked parts."""


@dataclass(frozen=True)
class ReadSheet:
    """One sheet from its headings on; `title` is empty for CSV. `merged` are ranges that hide cells."""

    title: str
    rows: tuple[CsvRow, ...]
    merged: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class ReadFile:
    """`decimal_comma`: its cells are parted by semicolons, as where a comma is a decimal point."""

    sheets: tuple[ReadSheet, ...]
    understood: tuple[str, ...]
    decimal_comma: bool = False


def read_file(content: bytes) -> ReadFile:
    """Raises RuleBroken with a sentence for what cannot be read at all."""
    if content.startswith(b"PK\x03\x04"):
        return _workbook(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise refuse("This is a workbook of an old kind, or one with a password. Save it as XLSX without one.")
    try:
        file = read_csv(content)
    except UnreadableFile as error:
        raise refuse(str(error)) from error
    rows, said = _from_headings(file.rows)
    _check_extent(rows)
    return ReadFile((ReadSheet("", rows),), (file.understood, *said), "semicolons" in file.understood)


def refuse(sentence: str) -> RuleBroken:
    return RuleBroken(sentence, field="file")


def heading(text: str) -> str:
    """How a heading is compared."""
    return " ".join(text.lower().replace("_", " ").split())


def _from_headings(rows: tuple[CsvRow, ...]) -> tuple[tuple[CsvRow, ...], list[str]]:
    for at, row in enumerate(rows[:HEADINGS_WITHIN]):
        if {heading(value) for value in row.values} >= MARKS:
            return rows[at:], [f"The headings are in row {row.number}."] if at else []
    return rows, []


def _check_extent(rows: tuple[CsvRow, ...]) -> None:
    if len(rows) > MOST_ROWS + 1:
        raise refuse(f"The file has more than {MOST_ROWS:,} rows. Split it into smaller files.")
    wide = next((row for row in rows if len(row.values) > MOST_COLUMNS), None)
    if wide:
        raise refuse(f"Row {wide.number} has more than {MOST_COLUMNS} columns. Remove the rest.")


# ---- Workbooks -------------------------------------------------------------------------------------------------------


def _workbook(content: bytes) -> ReadFile:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_parts(archive)
            has_formulas = _has_formulas(archive)
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
        formulas = openpyxl.load_workbook(io.BytesIO(content)) if has_formulas else None
    except (
        *(zipfile.BadZipFile, InvalidFileException, DefusedXmlException, KeyError, ValueError, TypeError, OSError),
        *(AttributeError, IndexError, EOFError, NotImplementedError, SyntaxError),
    ) as error:
        raise refuse(
            "This workbook cannot be read. Open it in your spreadsheet, save it as XLSX, and retry."
        ) from error
    sheets: list[ReadSheet] = []
    said = ["Read as a workbook."]
    others: list[Worksheet] = []
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            said.append(f"The sheet “{sheet.title}” is hidden and was not read.")
            continue
        read, told = _sheet(sheet, formulas[sheet.title] if formulas else None)
        if read is None:
            others.append(sheet)
            continue
        sheets.append(read)
        said += told
    if not sheets:
        raise refuse("No visible sheet has the headings “indicator” and “period” in its first rows. Take the template.")
    said += [
        f"The sheet “{sheet.title}” has no figures and was not read." for sheet in others if sheet.title != HELP_SHEET
    ]
    return ReadFile(tuple(sheets), tuple(said))


def _check_parts(archive: zipfile.ZipFile) -> None:
    if "xl/workbook.xml" not in archive.namelist():
        raise refuse("This is not an Excel workbook. Save it as XLSX or CSV from your spreadsheet.")
    if sum(part.file_size for part in archive.infolist()) > LARGEST_WORKBOOK:
        raise refuse("The workbook unpacks to far more than its size. Copy the figures into the template.")


def _has_formulas(archive: zipfile.ZipFile) -> bool:
    sheets = (name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml"))
    return any(mark in archive.read(name) for name in sheets for mark in (b"<f>", b"<f "))


def _sheet(sheet: Worksheet, formulas: Worksheet | None) -> tuple[ReadSheet | None, list[str]]:
    """The sheet from its headings on with what to say of it; None where it has none."""
    if sheet.max_row > MOST_ROWS + HEADINGS_WITHIN:
        raise refuse(f"The sheet “{sheet.title}” has more than {MOST_ROWS:,} rows. Split it.")
    if sheet.max_column > MOST_COLUMNS:
        raise refuse(f"The sheet “{sheet.title}” has more than {MOST_COLUMNS} columns. Remove the rest.")
    rows = tuple(_rows(sheet, formulas))
    kept, said = _from_headings(rows)
    if not kept or not {heading(value) for value in kept[0].values} >= MARKS:
        return None, []
    where = f"In the sheet “{sheet.title}”: "
    hidden = [row.number for row in kept[1:] if sheet.row_dimensions[row.number].hidden]
    if hidden:
        said.append(f"{len(hidden)} rows are hidden, the first is row {hidden[0]}; they were read all the same.")
    columns = [letter for letter, one in sheet.column_dimensions.items() if one.hidden]
    if columns:
        said.append(f"hidden columns ({', '.join(sorted(columns))}) were read all the same.")
    first = kept[0].number
    merged = tuple((area.min_row, area.coord) for area in sheet.merged_cells.ranges if area.max_row >= first)
    return ReadSheet(sheet.title, kept, merged), [where + told for told in said]


def _rows(sheet: Worksheet, formulas: Worksheet | None) -> Iterator[CsvRow]:
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        values = []
        for cell in cells:
            text = _text(cell.value, cell.number_format) if cell.value is not None else ""
            if not text and formulas is not None:
                text = _unsolved(formulas[f"{get_column_letter(cell.column or 1)}{number}"].value)
            values.append(text)
        while values and not values[-1]:
            values.pop()
        if values:
            yield CsvRow(number, tuple(values))


def _unsolved(formula: Any) -> str:
    """A formula that was never worked out."""
    text = str(getattr(formula, "text", formula) or "")
    return text if text.startswith("=") else ""


def _text(value: Any, number_format: str) -> str:
    """A cell as a person reads it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, number_format)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value).replace("_x000D_", "").strip()


def _number(value: int | float, number_format: str) -> str:
    exact = Decimal(f"{value:.15g}") if isinstance(value, float) else Decimal(value)
    if not exact.is_finite():
        return str(value)
    if "%" in (number_format or ""):
        return f"{(exact * 100).normalize():f}%"
    return f"{exact.normalize():f}" if exact else "0"
