"""The file that an agency fills in: its own figures of the quarter, prefilled with what is there.

What comes back unchanged changes nothing: the columns are those of the import, and those that are there to be read
only are known to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lscb.common.spreadsheets import Sheet, Value, csv_bytes, xlsx_bytes

from ..importing.files import HELP_SHEET
from ..models import Absence, Unit
from .grid import Row

HEADINGS = (
    *("Indicator", "Title", "Unit", "Period", "Same period last year", "Previous period"),
    *("Value", "Numerator", "Denominator", "No value", "Status", "Comment"),
)


def as_csv(rows: Sequence[Row]) -> bytes:
    return csv_bytes(HEADINGS, [_row(row) for row in rows])


def as_xlsx(rows: Sequence[Row]) -> bytes:
    return xlsx_bytes(
        [Sheet("Figures", HEADINGS, [_row(row) for row in rows]), Sheet(HELP_SHEET, ("What", "How"), _help())]
    )


def _row(row: Row) -> list[Value]:
    figure = row.figure
    parts = figure is not None and figure.numerator is not None
    return [
        row.indicator.code,
        row.indicator.title,
        _unit(row),
        str(row.period),
        row.shown_year_before or None,
        row.shown_before or None,
        None if figure is None or parts else _number(figure.value),
        _number(figure.numerator) if figure else None,
        _number(figure.denominator) if figure else None,
        Absence(figure.absence).label.lower() if figure and figure.absence else None,
        figure.status if figure else None,
        figure.comment or None if figure else None,
    ]


def _unit(row: Row) -> str:
    unit = row.indicator.get_unit_display()
    return f"{unit} per {row.indicator.multiplier:,}" if row.indicator.unit == Unit.RATE else unit


def _number(number: Decimal | None) -> Decimal | None:
    """Without needless zeros, and never as 1E+3."""
    return None if number is None else Decimal(f"{number.normalize():f}")


def _help() -> list[tuple[str, str]]:
    reasons = ", ".join(label.lower() for label in Absence.labels)
    return [
        ("Which cells", "Fill in value, or numerator and denominator. Leave the code and the period as they are."),
        ("Numbers", "Digits with a point: 1039 or 24.6. Zero is a number."),
        ("No value", f"Where there is no number, write why: {reasons}."),
        ("Status", "provisional or final; empty means final."),
        ("Comment", "Shown beside the figure on the scorecard. No names of children or families."),
        ("Afterwards", "Save the file and upload it in the portal. You see what would change before anything is sent."),
    ]
