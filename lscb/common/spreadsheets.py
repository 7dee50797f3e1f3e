"""CSV and XLSX out and in.

Out: a text that begins with `= + - @`, tab or a line end never becomes a formula (OWASP, "CSV injection"), while
numbers stay numbers, also negative ones. Equal content gives equal bytes, so that files can be compared and hashed.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import itertools
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell as XlsxCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from .periods import LONDON

Value = str | int | Decimal | bool | dt.date | dt.datetime | None

# What XML 1.0 cannot hold: control characters, halves of a surrogate pair, non-characters.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Behind spaces and apostrophes too: some programs trim, and so reading takes off exactly what writing put on.
_LIKE_A_FORMULA = re.compile(r"['\s]*[=+@＝＋－＠\t\r\n-]")
_EXACT_DIGITS = 15
_LONGEST_TEXT = 32_767
_FIXED_TIME = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - zip and openpyxl want it without a zone


@dataclass(frozen=True)
class Sheet:
    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Value]]


def csv_bytes(headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """A CSV file as UTF-8 with a byte order mark, without which Excel on Windows reads names in Windows-1252.

    Dates are 2017-03-31, moments are London time with offset, yes and no are words, nothing is an empty cell. A text
    that a spreadsheet could take for a formula gets an apostrophe in front, which `read_csv` takes off again.
    """
    return b"".join(csv_lines(headings, rows))


def csv_lines(headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """The same file piece by piece, for as many rows as there are."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    yield codecs.BOM_UTF8
    for row in itertools.chain([headings], rows):
        writer.writerow([_csv_text(value) for value in row])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def _csv_text(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return format(value, "f")
        case int():
            return str(value)
        case dt.datetime():
            return (value.astimezone(LONDON) if value.tzinfo else value).isoformat(sep=" ", timespec="seconds")
        case dt.date():
            return value.isoformat()
    text = _ILLEGAL.sub("", str(value))
    return f"'{text}" if _LIKE_A_FORMULA.match(text) else text


def xlsx_bytes(sheets: Sequence[Sheet]) -> bytes:
    """A workbook with one frozen bold heading row on each sheet.

    Numbers of more than 15 digits are written as text, because a spreadsheet would round them. A text longer than the
    32,767 characters a cell can hold ends in "…". Raises ValueError without any sheet.
    """
    if not sheets:
        raise ValueError("A workbook needs at least one sheet.")
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    workbook.properties.creator = ""
    workbook.properties.created = _FIXED_TIME
    taken: set[str] = set()
    for sheet in sheets:
        worksheet = workbook.create_sheet(_sheet_title(sheet.title, taken))
        worksheet.freeze_panes = "A2"
        widths: dict[int, int] = {}
        for number, row in enumerate([sheet.headings, *sheet.rows], start=1):
            for column, value in enumerate(row, start=1):
                cell = worksheet.cell(number, column)
                _fill(cell, value)
                widths[column] = max(widths.get(column, 0), _width(cell))
                cell.alignment = Alignment(vertical="top", wrap_text=isinstance(value, str) or None)
                if number == 1:
                    cell.font = Font(bold=True)
        for column, width in widths.items():
            worksheet.column_dimensions[get_column_letter(column)].width = min(max(width + 2, 9), 60)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return _with_fixed_times(buffer.getvalue())


def _fill(cell: XlsxCell, value: Value) -> None:
    match value:
        case None:
            return
        case bool():
            _fill(cell, "yes" if value else "no")
        case int() | Decimal() if _is_exact(value):
            cell.value = value
            if isinstance(value, Decimal):
                places = max(0, -int(value.as_tuple().exponent))
                cell.number_format = f"0.{'0' * places}" if places else "0"
        case dt.datetime():
            cell.value = (value.astimezone(LONDON) if value.tzinfo else value).replace(tzinfo=None, microsecond=0)
            cell.number_format = "dd/mm/yyyy hh:mm"
        case dt.date():
            cell.value = value
            cell.number_format = "dd/mm/yyyy"
        case _:
            text = _ILLEGAL.sub("", format(value, "f") if isinstance(value, Decimal) else str(value))
            cell.value = text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"
            # openpyxl makes a formula of a text that begins with "=" and an error of "#N/A".
            cell.data_type = "s"
            cell.quotePrefix = bool(_LIKE_A_FORMULA.match(text))


def _is_exact(value: int | Decimal) -> bool:
    number = Decimal(value)
    return number.is_finite() and len(number.normalize().as_tuple().digits) <= _EXACT_DIGITS


def _width(cell: XlsxCell) -> int:
    if cell.is_date:
        return len(cell.number_format)
    return max((len(line) for line in str(cell.value or "").splitlines()), default=0)


def _sheet_title(title: str, taken: set[str]) -> str:
    """At most 31 characters, none of `[]:*?/\\`, no apostrophe at an end, not "History", no two alike."""
    clean = re.sub(r"[\[\]:*?/\\\s]+", " ", _ILLEGAL.sub("", title)).strip(" '")[:31].strip(" '") or "Sheet"
    name, number = clean, 1
    while name.lower() in taken or name.lower() == "history":
        number += 1
        name = f"{clean[: 30 - len(str(number))]} {number}"
    taken.add(name.lower())
    return name


def _with_fixed_times(workbook: bytes) -> bytes:
    """openpyxl stamps the moment of saving into the properties and into every entry of the zip file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                stamp = rb"\g<1>" + _FIXED_TIME.isoformat().encode() + b"Z<"
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*<", stamp, content)
            entry = zipfile.ZipInfo(name, _FIXED_TIME.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
    return buffer.getvalue()


class UnreadableFile(ValueError):
    """A file that cannot be read as CSV at all; the sentence says what to do."""


@dataclass(frozen=True)
class CsvRow:
    """`number` is the row as a spreadsheet counts it: from 1, with the empty ones, a cell of several lines as one."""

    number: int
    values: tuple[str, ...]


@dataclass(frozen=True)
class CsvFile:
    """`understood` says how the bytes were read, to be shown to whoever sent them."""

    rows: tuple[CsvRow, ...]
    understood: str


def read_csv(content: bytes) -> CsvFile:
    """Read CSV as people have it: with or without byte order mark, UTF-8, UTF-16 or Windows-1252; comma, semicolon
    or tab. Cells come without the space around them and without the apostrophe of `csv_bytes`; empty rows are left out.

    Raises UnreadableFile for anything that is not such a file, and for one without a single filled cell.
    """
    text, encoding = _decode(content)
    first, _, rest = text.partition("\n")
    said = re.fullmatch(r"sep=([,;\t])\r?", first)
    separator = said[1] if said else _separator(text)
    rows: list[CsvRow] = []
    number = 1 if said else 0
    reader = csv.reader(io.StringIO(rest if said else text, newline=""), delimiter=separator, strict=True)
    try:
        for record in reader:
            number += 1
            values = tuple(_cell(value) for value in record)
            if any(values):
                rows.append(CsvRow(number, values))
    except csv.Error as error:
        raise UnreadableFile(
            f"Row {number + 1} cannot be read as CSV. A quotation mark may be missing or in the wrong place. "
            "Save the file from your spreadsheet as CSV again."
        ) from error
    if not rows:
        raise UnreadableFile("The file is empty.")
    name = {",": "commas", ";": "semicolons", "\t": "tabs"}[separator]
    return CsvFile(tuple(rows), f"Read as {encoding}, separated by {name}.")


def read_xlsx(content: bytes) -> tuple[CsvRow, ...]:
    """The filled rows of the first sheet, as `read_csv` gives them: numbers and dates as text, formulas by value.

    For files that were found harmless (`lscb.files.checking`). Raises UnreadableFile for one without a filled cell.
    """
    try:
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = workbook.worksheets[0]
        found = [
            CsvRow(number, tuple(_cell("" if value is None else str(value)) for value in row))
            for number, row in enumerate(sheet.iter_rows(values_only=True), start=1)
        ]
    except (KeyError, IndexError, ValueError, zipfile.BadZipFile) as error:
        raise UnreadableFile("The workbook cannot be read. Open it in Excel, save it again and retry.") from error
    rows = tuple(row for row in found if any(row.values))
    if not rows:
        raise UnreadableFile("The file is empty.")
    return rows


def _decode(content: bytes) -> tuple[str, str]:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UnreadableFile("This is an Excel workbook, not a CSV file. In Excel choose Save As, then CSV UTF-8.")
    utf_16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not utf_16 and b"\x00" in content:
        raise UnreadableFile("This is not a CSV file. In your spreadsheet choose Save As, then CSV UTF-8.")
    for encoding, name in [("utf-16", "UTF-16")] if utf_16 else [("utf-8-sig", "UTF-8"), ("cp1252", "Windows-1252")]:
        try:
            return content.decode(encoding), name
        except UnicodeDecodeError:
            continue
    raise UnreadableFile("The letters of this file cannot be read. In your spreadsheet choose Save As, then CSV UTF-8.")


def _separator(text: str) -> str:
    """The one found most often outside quotation marks in the first line that is not empty."""
    heading = re.sub(r'"[^"]*"', "", next((line for line in text.splitlines() if line.strip()), ""))
    return max(",;\t", key=heading.count)


def _cell(value: str) -> str:
    text = value.lstrip()
    return (text[1:] if text.startswith("'") and _LIKE_A_FORMULA.match(text[1:]) else text).strip()
