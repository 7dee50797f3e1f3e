"""The arithmetic of figures: values from their parts, changes, periods that belong together. Pure and exact.

Rates and percentages are always worked out anew from numerator and denominator; nothing is rounded here beyond the
twelve places that make a fraction a text.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from lscb.common.periods import FinancialYear, Month, Period, Quarter

from .models import Frequency, Unit

KIND_OF = {Frequency.MONTH: Month, Frequency.QUARTER: Quarter, Frequency.YEAR: FinancialYear}
PLACES = Decimal(1).scaleb(-12)


def from_parts(unit: str, multiplier: int | None, numerator: Decimal, denominator: Decimal) -> Decimal:
    """What numerator and denominator give: a count is its numerator, days are an average, the rest is per something.

    `denominator` is more than zero (a constraint of the database).
    """
    if unit == Unit.COUNT:
        return numerator
    return numerator * _per(unit, multiplier) / denominator


def rate(multiplier: int, count: Decimal, population: Decimal) -> Decimal:
    """A count per `multiplier` of its population."""
    return count * multiplier / population


def _per(unit: str, multiplier: int | None) -> int:
    if unit == Unit.PERCENT:
        return 100
    return multiplier or 1 if unit == Unit.RATE else 1


def as_text(value: Decimal) -> str:
    """An exact number as the document holds it: no exponent, no needless zeros, at most twelve places."""
    rounded = value.quantize(PLACES, rounding=ROUND_HALF_UP)
    return "0" if rounded == 0 else format(rounded.normalize(), "f")


def fits(period: Period, frequency: str) -> bool:
    """Whether a figure of this frequency can be of this period: a monthly one is of a month."""
    return isinstance(period, KIND_OF[Frequency(frequency)])


def due_periods(frequency: str, quarter: Quarter) -> tuple[Period, ...]:
    """What an indicator owes for a quarter: the quarter, its three months, or in Q4 the year."""
    if frequency == Frequency.MONTH:
        return quarter.months
    if frequency == Frequency.QUARTER:
        return (quarter,)
    return (quarter.year,) if quarter.number == 4 else ()


def periods_up_to(frequency: str, quarter: Quarter) -> tuple[Period, ...]:
    """The year of the quarter and the two before it, up to the quarter, oldest first."""
    years = (quarter.year.previous.previous, quarter.year.previous, quarter.year)
    if frequency == Frequency.YEAR:
        return years
    if frequency == Frequency.MONTH:
        months = (month for year in years for month in year.months)
        return tuple(month for month in months if month.last_day <= quarter.last_day)
    return tuple(each for year in years for each in year.quarters if each <= quarter)


def periods_of_year(frequency: str, year: FinancialYear) -> tuple[Period, ...]:
    """The periods that make a whole year together."""
    if frequency == Frequency.MONTH:
        return year.months
    return year.quarters if frequency == Frequency.QUARTER else (year,)
