"""What the letters in a cell mean. Whatever is not written plainly is either understood and said aloud, or refused.

A number is never guessed: where two readings are possible, there is none. `Understood.note` says what was made of the
letters; it is empty where they were plain.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lscb.common.forms import month_number, read_financial_year, read_quarter
from lscb.common.periods import FinancialYear, Month, Period, Quarter, parse_period
from lscb.common.rounding import round_half_up

from ..checking import LARGEST, VALUE_PLACES
from ..models import Absence, Frequency, Status, Unit

LONGEST_CELL = 100
"""Letters of a code, a period, a number or a reason. A comment may be longer."""

NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
SPACED = re.compile("\\d{1,3}([ \u00a0\u2009\u202f]\\d{3})+(\\.\\d+)?", re.ASCII)
DECIMAL_COMMA = re.compile(r"\d+,\d+", re.ASCII)
LESS_THAN = re.compile(r"(<|≤|less than|under|fewer than)\s*\d+", re.IGNORECASE)
MORE_THAN = re.compile(r"(>|≥|~|about|around|approx\.?|c\.)\s*\d+", re.IGNORECASE)
PERCENT = re.compile(r"(-?\d+(?:\.\d+)?)\s*%", re.ASCII)
SHEET_ERROR = re.compile(r"#(N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!)", re.IGNORECASE)
SLASHED_DAY = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
MONTH_AND_YEAR = re.compile(r"([A-Za-z]{3,9})[\s\-’']*(\d{2}|\d{4})")

ABSENCES = {absence.label.lower(): absence for absence in Absence}
ABSENT_MARKS = {
    **dict.fromkeys(("n/a", "na", "n.a.", "not applic."), Absence.NOT_APPLICABLE),
    **dict.fromkeys(("-", "–", "—", ".", "..", "..."), Absence.BLANK),
    **dict.fromkeys(("nil", "none", "nil returned"), Absence.NIL_RETURN),
    **dict.fromkeys(("n/c", "nc", "not recorded"), Absence.NOT_COLLECTED),
    **dict.fromkeys(("x", "c", "*", "s", "supp", "supp."), Absence.SUPPRESSED),
}
"""Marks that people put where a number would be. None of them stands for a zero."""
STATUSES = {"": Status.FINAL, "final": Status.FINAL, "provisional": Status.PROVISIONAL}


class Wrong(Exception):
    """A cell that cannot be taken; the sentence says what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Understood:
    """A number, the reason for none, or neither where the cell is empty."""

    number: Decimal | None = None
    absence: str = ""
    note: str = ""


def number(text: str, *, unit: str, decimal_comma: bool = False) -> Understood:
    """Read a cell of numbers. `decimal_comma`: the file parts its cells by semicolons, as where a comma is a point.

    Raises Wrong for everything that could mean two things or nothing.
    """
    if not text or NUMBER.fullmatch(text):
        return Understood(Decimal(text)) if text else Understood()
    if GROUPED.fullmatch(text) and not decimal_comma:
        return _said(text, Decimal(text.replace(",", "")))
    if SPACED.fullmatch(text):
        return _said(text, Decimal(re.sub(r"\s", "", text)))
    if match := PERCENT.fullmatch(text):
        return _percent(text, match[1], unit)
    if LESS_THAN.fullmatch(text):
        return Understood(absence=Absence.SUPPRESSED, note=f"“{text}” is not one number: read as suppressed.")
    mark = ABSENT_MARKS.get(text.lower()) or ABSENCES.get(" ".join(text.lower().replace("_", " ").split()))
    if mark:
        return Understood(absence=mark, note=f"“{text}” read as: {Absence(mark).label.lower()}.")
    raise Wrong(_not_a_number(text))


def rounded(value: Decimal | None, text: str) -> tuple[Decimal | None, str]:
    """A value with more decimals than are kept, as a spreadsheet works it out, with what to say of it."""
    if value is None or -int(value.as_tuple().exponent) <= VALUE_PLACES or abs(value) >= LARGEST:
        return value, ""
    short = round_half_up(value, VALUE_PLACES)
    return short, f"“{text}” read as {short.normalize():f}, rounded to {VALUE_PLACES} decimals."


def _said(text: str, value: Decimal) -> Understood:
    return Understood(value, note=f"“{text}” read as {value:f}.")


def _percent(text: str, digits: str, unit: str) -> Understood:
    if unit != Unit.PERCENT:
        raise Wrong(f"“{text}” has a percent sign, but this is not a percentage. Write the number alone.")
    return _said(text, Decimal(digits))


def _not_a_number(text: str) -> str:
    if SHEET_ERROR.fullmatch(text):
        return f"“{text}” is an error of the spreadsheet. Put the formula right, or write the number."
    if text.startswith("="):
        return "This cell holds a formula without its result. Open the file, save it again, or write the number."
    if GROUPED.fullmatch(text):
        plain = text.replace(",", "")
        point = text.replace(",", ".", 1) if text.count(",") == 1 else ""
        return f"“{text}” can be {plain}" + (f" or {point}" if point else "") + ". Write the one that it is."
    if DECIMAL_COMMA.fullmatch(text):
        point = text.replace(",", ".")
        return f"“{text}” has a comma in it. If it is {point}, write {point}."
    if MORE_THAN.fullmatch(text):
        return f"“{text}” is not one number. Write the number itself, or say why there is none."
    if not any(character.isdigit() for character in text):
        return (
            f"“{text}” is not a number. Write it in digits, like 1039. Where there is none, say why with one of "
            f"these in the column “no value”: {', '.join(ABSENCES)}."
        )
    return f"“{text}” is not a number. Write digits with a point for decimals, like 1039 or 24.6."


def absence(text: str) -> tuple[str, str]:
    """The reason for no value in its own column, with what to say of it."""
    words = " ".join(text.lower().replace("_", " ").split())
    if not words or words in ABSENCES:
        return ABSENCES.get(words, ""), ""
    if words in ABSENT_MARKS:
        mark = ABSENT_MARKS[words]
        return mark, f"“{text}” read as: {Absence(mark).label.lower()}."
    raise Wrong(f"“{text}” is not known. Write one of: {', '.join(ABSENCES)}.")


def status(text: str) -> str:
    if text.lower() not in STATUSES:
        raise Wrong(f"“{text}” is not known. Write provisional or final; empty means final.")
    return STATUSES[text.lower()]


# ---- Periods ---------------------------------------------------------------------------------------------------------


def period(text: str, *, frequency: str = "") -> tuple[Period, str]:
    """The period, with what to say of it. A day names the month, quarter or year that `frequency` asks for.

    Raises Wrong for a day that is two different periods, depending on whether its month comes first.
    """
    if not text:
        raise Wrong("Write the period, like 2016-17Q4.")
    try:
        return parse_period(text), ""
    except ValueError as error:
        told = str(error)
    for read in (read_financial_year, read_quarter, _month):
        try:
            found: Period = read(text)
        except ValueError:
            continue
        return found, f"“{text}” read as {found.label}."
    days = _days(text)
    found_periods = {_containing(day, frequency) for day in days}
    if len(found_periods) == 1:
        one = found_periods.pop()
        return one, f"“{text}” read as {one.label}."
    if found_periods:
        labels = " or ".join(sorted(one.label for one in found_periods))
        raise Wrong(f"“{text}” can be {labels}. Write the period, like 2016-17Q4.")
    raise Wrong(told)


def _month(text: str) -> Month:
    match = MONTH_AND_YEAR.fullmatch(text.strip())
    number = month_number(match[1]) if match else None
    if match is None or number is None:
        raise ValueError(text)
    return Month(int(match[2]) if len(match[2]) == 4 else 2000 + int(match[2]), number)


def _days(text: str) -> set[dt.date]:
    """Every day that the text may mean."""
    days: set[dt.date] = set()
    readings: list[Callable[[], Any]] = [lambda: dt.date.fromisoformat(text[:10]) if len(text) in (10, 19) else None]
    if match := SLASHED_DAY.fullmatch(text):
        first, second, year = (int(part) for part in match.groups())
        readings = [lambda: dt.date(year, second, first), lambda: dt.date(year, first, second)]
    for reading in readings:
        try:
            day = reading()
        except ValueError:
            continue
        days |= {day} if day else set()
    return days


def _containing(day: dt.date, frequency: str) -> Period:
    if frequency == Frequency.MONTH:
        return Month.containing(day)
    return FinancialYear.containing(day) if frequency == Frequency.YEAR else Quarter.containing(day)
