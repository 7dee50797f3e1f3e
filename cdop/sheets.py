"""The annual return as a workbook: a sheet for each table, every one split by modifiability."""

from __future__ import annotations

import datetime as dt

from lscb.common.periods import FinancialYear
from lscb.common.spreadsheets import Sheet, Value, xlsx_bytes

from .counting import Counts, CrossTable
from .models import Modifiable


def workbook(year: FinancialYear, at: dt.date, counted: Counts, tables: list[CrossTable]) -> bytes:
    """Counts of reviews completed in `year` up to `at`. Confidential: small numbers are not hidden in it."""
    summary: list[tuple[Value, ...]] = [
        ("Deaths notified", counted.notified),
        ("Reviews completed", counted.reviewed),
        ("Deaths awaiting review on", at),
        ("Deaths awaiting review", counted.awaiting),
    ]
    title = f"Child deaths {year}"
    return xlsx_bytes([Sheet(title, ["Measure", "Value"], summary), *(_sheet(table) for table in tables)])


def _sheet(table: CrossTable) -> Sheet:
    headings = [table.title, *(str(label) for label in Modifiable.labels), "Total"]
    return Sheet(
        table.title, headings, [[line.label, *line.counts, line.total] for line in [*table.lines, table.total]]
    )
