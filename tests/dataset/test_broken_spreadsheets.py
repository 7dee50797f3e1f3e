"""Forty kinds of broken spreadsheet: none of them brings in a wrong value or crashes, each is answered in a sentence.

A kind is either refused as a whole, refused cell by cell, or understood and said aloud. What is understood must be the
very figure that a person would read.
"""

from __future__ import annotations

import datetime as dt
import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from dataset.importing.understanding import Wrong, number
from dataset.models import Figure
from dataset.services import read_upload
from lscb.common.errors import RuleBroken
from lscb.common.spreadsheets import Sheet, xlsx_bytes

from .factories import indicator, percent, rated

TODAY = dt.date(2017, 5, 1)
HEADINGS = ["indicator", "period", "value", "numerator", "denominator", "no value", "status", "comment"]
GOOD = ["referrals", "2016-17Q4", 861]


def book(fill: Callable[[Worksheet, Workbook], Any] | None = None, *rows: list[Any]) -> bytes:
    """A workbook with our headings, the rows, and whatever is done to it."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "Figures"
    sheet.append(HEADINGS)
    for row in rows or ([GOOD] if fill is None else []):
        sheet.append(row)
    if fill:
        fill(sheet, workbook)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def cell(value: Any, number_format: str = "", of: str = "referrals") -> bytes:
    """A workbook with one figure whose value is this cell."""

    def fill(sheet: Worksheet, workbook: Workbook) -> None:
        sheet.append([of, "2016-17Q4"])
        sheet["C2"] = value
        sheet["C2"].number_format = number_format or sheet["C2"].number_format

    return book(fill)


def when(value: Any, of: str = "referrals") -> bytes:
    """A workbook with one figure whose period is this cell."""
    return book(None, [of, value, 861])


def packed(change: Callable[[dict[str, bytes]], None]) -> bytes:
    """A workbook whose parts were changed."""
    with zipfile.ZipFile(io.BytesIO(book())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _broken_xml(parts: dict[str, bytes]) -> None:
    parts["xl/worksheets/sheet1.xml"] = b"<worksheet><sheetData><row>"


def _without_sheet(parts: dict[str, bytes]) -> None:
    del parts["xl/worksheets/sheet1.xml"]


def _entities(parts: dict[str, bytes]) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    content = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = bomb + content.split(b"?>", 1)[-1]


def _a_document(parts: dict[str, bytes]) -> None:
    parts["word/document.xml"] = parts.pop("xl/workbook.xml")


def _hidden_sheet(sheet: Worksheet, workbook: Workbook) -> None:
    sheet.append(GOOD)
    other = workbook.create_sheet("Old")
    other.append(HEADINGS)
    other.append(["referrals", "2016-17Q4", 1])
    other.sheet_state = "hidden"


def _second_sheet(sheet: Worksheet, workbook: Workbook) -> None:
    sheet.append(GOOD)
    other = workbook.create_sheet("More")
    other.append(HEADINGS)
    other.append(["referrals", "2016-17Q4", 1])


def _all_hidden(sheet: Worksheet, workbook: Workbook) -> None:
    sheet.append(GOOD)
    workbook.create_sheet("Front").append(["Nothing here"])
    sheet.sheet_state = "veryHidden"


def _merged(sheet: Worksheet, workbook: Workbook) -> None:
    sheet.append(GOOD)
    sheet.append(["in_time", "2016-17Q4", 82.5])
    sheet.merge_cells("C2:C3")


def _title_above(sheet: Worksheet, workbook: Workbook) -> None:
    sheet.append(GOOD)
    sheet.insert_rows(1, 2)
    sheet["A1"] = "Figures for the board"
    sheet.merge_cells("A1:C1")


def _hidden_row(sheet: Worksheet, workbook: Workbook) -> None:
    sheet.append(GOOD)
    sheet.row_dimensions[2].hidden = True


def _empty_rows(sheet: Worksheet, workbook: Workbook) -> None:
    sheet.append([])
    sheet.append([])
    sheet.append(GOOD)


def _unsolved(sheet: Worksheet, workbook: Workbook) -> None:
    sheet.append(["referrals", "2016-17Q4", "=400+461"])


# Kind, file, what is said, and the figure that comes in (None where none may).
Kind = tuple[bytes, str, Any]
REFUSED: dict[str, Callable[[], Kind]] = {
    "nothing at all": lambda: (b"", "empty", None),
    "only spaces": lambda: (b"   \n  \n", "empty", None),
    "random bytes": lambda: (bytes(range(256)) * 20, "CSV", None),
    "a picture": lambda: (b"\x89PNG\r\n\x1a\n" + bytes(200), "CSV", None),
    "an old XLS": lambda: (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "old kind", None),
    "half a workbook": lambda: (book()[:400], "cannot be read", None),
    "a workbook whose sheet breaks off": lambda: (packed(_broken_xml), "cannot be read", None),
    "a workbook without its sheet": lambda: (packed(_without_sheet), "No visible sheet", None),
    "entities": lambda: (packed(_entities), "cannot be read", None),
    "a Word document": lambda: (packed(_a_document), "not an Excel workbook", None),
    "an open quotation mark": lambda: (b'indicator,period,value\n"referrals,2016-17Q4,861\n', "quotation mark", None),
    "headings only": lambda: (book(lambda *_: None), "no figures", None),
    "no headings": lambda: (book(lambda s, _: s.delete_rows(1)), "headings", None),
    "every sheet hidden": lambda: (book(_all_hidden), "No visible sheet", None),
    "too many rows": lambda: (b"indicator,period,value\n" + b"referrals,2016-17Q4,1\n" * 20_001, "20,000 rows", None),
    "too many columns": lambda: (b"indicator,period,value" + b"," * 200 + b"x\n", "100 columns", None),
    "merged figures": lambda: (book(_merged), "C2:C3 are merged", None),
    "the same figure on two sheets": lambda: (book(_second_sheet), "of the sheet “Figures” has the same", None),
    "a formula never worked out": lambda: (book(_unsolved), "formula without its result", None),
    "#N/A": lambda: (cell("#N/A"), "error of the spreadsheet", None),
    "#REF! as text": lambda: (b"indicator,period,value\nreferrals,2016-17Q4,#REF!\n", "error of the spreadsheet", None),
    "TRUE": lambda: (cell(True), "“TRUE” is not a number", None),
    "a day where a number goes": lambda: (cell(dt.date(2017, 3, 31)), "“2017-03-31” is not a number", None),
    "the letter O for a zero": lambda: (cell("86O"), "“86O” is not a number", None),
    "the letter l for a one": lambda: (cell("l2"), "“l2” is not a number", None),
    "a number with a unit": lambda: (cell("861 children"), "is not a number", None),
    "a footnote mark": lambda: (cell("861*"), "is not a number", None),
    "two numbers": lambda: (cell("861/900"), "is not a number", None),
    "a range": lambda: (cell("10-12"), "is not a number", None),
    "about": lambda: (cell("~860"), "not one number", None),
    "more than": lambda: (cell(">5"), "not one number", None),
    "below zero in brackets": lambda: (cell("(5)"), "is not a number", None),
    "below zero": lambda: (cell(-5), "below zero", None),
    "scientific": lambda: (cell("8.6e2"), "is not a number", None),
    "half a child": lambda: (cell(861.5), "not a whole number", None),
    "Arabic digits": lambda: (cell("٨٦١"), "is not a number", None),
    "a percentage of a count": lambda: (cell(0.5, "0%"), "not a percentage", None),
    "a decimal comma": lambda: (b"indicator;period;value\nin_time;2016-17Q4;82,5\n", "write 82.5", None),
    "a comma that can be two things": lambda: (
        b"indicator;period;value\nreferrals;2016-17Q4;1,039\n", "can be 1039 or 1.039", None),
    "a day in two ways": lambda: (when("03/04/2017"), "can be Q1 2017-18 or Q4 2016-17", None),
    "a quarter of no year": lambda: (when("Q4"), "not a period", None),
    "a quarter that is not over": lambda: (when("2017-18Q1"), "not over yet", None),
    "a month for a quarter": lambda: (when("2017-03M"), "write a quarter", None),
    "an unknown indicator": lambda: (book(None, ["referral", "2016-17Q4", 1]), "Did you mean referrals?", None),
    "a cell beside the table": lambda: (book(None, [*GOOD, *[None] * 5, "x"]), "under no heading", None),
    "a value that its parts deny": lambda: (book(None, ["in_time", "2016-17Q4", 80, 39, 50]), "gives 78.0", None),
    "the wrong order of columns": lambda: (book(None, ["2016-17Q4", "referrals", 861]), "no indicator", None),
    "a cell of a novel": lambda: (cell("8" * 5000), "longer than 100", None),
}  # fmt: skip
UNDERSTOOD: dict[str, Callable[[], Kind]] = {
    "plain": lambda: (book(), "Read as a workbook", "861"),
    "a number kept as text": lambda: (cell("861"), "", "861"),
    "spaces around": lambda: (cell("  861 "), "", "861"),
    "a thousands comma": lambda: (cell("1,039"), "“1,039” read as 1039", "1039"),
    "a narrow space for thousands": lambda: (cell("1\u202f039"), "read as 1039", "1039"),
    "a percent cell": lambda: (cell(0.825, "0.0%", "in_time"), "“82.5%” read as 82.5", "82.5"),
    "a value worked out to the last digit": lambda: (cell(39 / 47 * 100, of="in_time"), "rounded to 6", "82.978723"),
    "a float that is not quite": lambda: (cell(0.1 + 0.2, of="in_time"), "", "0.3"),
    "less than five": lambda: (cell("<5"), "read as suppressed", "suppressed"),
    "n/a": lambda: (cell("n/a"), "not applicable", "not_applicable"),
    "a dash": lambda: (cell("–"), "blank", "blank"),
    "a day for a quarter": lambda: (when(dt.date(2017, 3, 31)), "read as Q4 2016-17", "861"),
    "a day as text": lambda: (when("31/03/2017"), "read as Q4 2016-17", "861"),
    "a month in words": lambda: (when("Mar-17", "contacts"), "read as March 2017", "861"),
    "a quarter written otherwise": lambda: (when("Q4 2016/17"), "read as Q4 2016-17", "861"),
    "a hidden sheet": lambda: (book(_hidden_sheet), "“Old” is hidden and was not read", "861"),
    "a title above the headings": lambda: (book(_title_above), "headings are in row 3", "861"),
    "a hidden row": lambda: (book(_hidden_row), "rows are hidden", "861"),
    "empty rows between": lambda: (book(_empty_rows), "", "861"),
    "a byte order mark": lambda: ("\ufeffindicator,period,value\nreferrals,2016-17Q4,861\n".encode(), "UTF-8", "861"),
    "the encoding of Windows": lambda: (
        "indicator;period;value;comment\nreferrals;2016-17Q4;861;Zoë – late\n".encode("cp1252"), "Windows-1252", "861"),
    "semicolons": lambda: (b"indicator;period;value\nreferrals;2016-17Q4;861\n", "semicolons", "861"),
    "headings in capitals": lambda: (b"Indicator , PERIOD,Value\nreferrals,2016-17Q4,861\n", "", "861"),
}  # fmt: skip


@pytest.fixture
def _indicators(db: None) -> None:
    indicator("referrals")
    percent("in_time")
    rated("looked_after")
    indicator("contacts", frequency="month")


@pytest.mark.usefixtures("_indicators")
@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_broken_is_refused_in_a_sentence(kind: str) -> None:
    content, words, _ = REFUSED[kind]()
    try:
        read = read_upload(content=content, by=None, today=TODAY)
    except RuleBroken as refusal:
        told = [refusal.sentence]
    else:
        assert read.errors, [figure.value for figure in read.figures]
        told = [error.sentence for error in read.errors]
        assert all(error.row and error.column for error in read.errors)
    assert any(words in sentence for sentence in told), told
    assert not Figure.objects.exists()


@pytest.mark.usefixtures("_indicators")
@pytest.mark.parametrize("kind", UNDERSTOOD)
def test_what_is_only_untidy_is_understood_and_said_aloud(kind: str) -> None:
    content, words, expected = UNDERSTOOD[kind]()
    read = read_upload(content=content, by=None, today=TODAY)
    assert read.errors == ()
    (figure,) = read.figures
    assert (figure.absence or str(figure.value.normalize() if figure.value else figure.value)) == expected
    said = [read.understood, *(note.sentence for note in read.notes)]
    assert any(words in sentence for sentence in said), said


def test_there_are_forty_kinds_and_more() -> None:
    assert len(REFUSED) >= 40


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789.,- %<>~()/eElO£ \u202f", max_size=8))
def test_no_letters_are_ever_guessed_to_be_a_number(text: str) -> None:
    """What comes out as a number is the digits themselves, with nothing but marks between thousands taken out."""
    try:
        found = number(text.strip(), unit="count").number
    except Wrong:
        return
    if found is not None:
        plain = "".join(letter for letter in text if letter not in ", \u202f")
        assert found == Decimal(plain)


# ---- Our own workbooks -----------------------------------------------------------------------------------------------

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")


def test_a_workbook_made_here_opens_in_libreoffice_and_comes_back_exactly(tmp_path: Path) -> None:
    """LibreOffice reads it, writes it anew, and nothing has become another value; `make test` installs it."""
    if SOFFICE is None:
        pytest.fail("LibreOffice Calc is not installed. `make test` installs it (.ci/packages tests).")
    rows: list[list[Any]] = [
        ["=1+1", Decimal("82.5"), 1039, dt.date(2017, 3, 31), "Zoë’s café – late\nsecond line"],
        ["-5", Decimal("-11.3"), 0, None, "@cmd"],
        ["'quoted", Decimal("0.000001"), -7, dt.date(2016, 2, 29), "a" * 300],
    ]
    made = tmp_path / "made.xlsx"
    made.write_bytes(xlsx_bytes([Sheet("Figures", ["Text", "Decimal", "Whole", "Day", "Words"], rows)]))
    home = tmp_path / "home"
    done = subprocess.run(
        [SOFFICE, f"-env:UserInstallation=file://{home}", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML",
         "--outdir", str(tmp_path / "out"), str(made)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    before, after = (openpyxl.load_workbook(path)["Figures"] for path in (made, tmp_path / "out" / "made.xlsx"))
    told = [[[one.value for one in row] for row in sheet.iter_rows()] for sheet in (before, after)]
    assert told[0] == told[1]
    assert told[1][1][:3] == ["=1+1", 82.5, 1039]
    assert after["A2"].data_type == "s", "a text that begins with = is no formula there either"
