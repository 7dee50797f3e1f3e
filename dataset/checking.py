"""Whether a figure can be: its period, parts and size, and that its value follows from them. Pure; writes nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

from lscb.common.errors import RuleBroken
from lscb.common.periods import FinancialYear, Period
from lscb.common.rounding import round_half_up, show

from .arithmetic import fits, from_parts
from .models import Absence, Figure, Frequency, Indicator, Status, Unit

LARGEST = Decimal(10) ** 12
VALUE_PLACES = 6
PART_PLACES = 4


@dataclass(frozen=True)
class NewFigure:
    """A figure as it was sent: a value, its parts, or the reason why there is none."""

    indicator: Indicator
    period: Period
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    absence: str = ""
    status: str = Status.FINAL
    comment: str = ""


def checked_figure(new: NewFigure, *, today: dt.date) -> NewFigure:
    """The figure with its value worked out from its parts. Raises RuleBroken naming the field that is wrong."""
    _check_period(new, today)
    new = replace(new, comment=new.comment.replace("\r\n", "\n").strip())
    if new.absence:
        return _checked_absence(new)
    _check_parts(new)
    _check_size(new)
    if new.numerator is None or new.denominator is None:
        if new.value is None:
            raise RuleBroken("Give the value, its numerator and denominator, or say why there is none.", field="value")
        value = new.value
    else:
        value = from_parts(new.indicator.unit, new.indicator.multiplier, new.numerator, new.denominator)
        _check_agrees(new, value)
    if new.indicator.unit == Unit.COUNT and value != value.to_integral_value():
        raise RuleBroken(f"{value:f} is not a whole number, and “{new.indicator}” is a count.", field="value")
    return replace(new, value=round_half_up(value, VALUE_PLACES))


def _check_period(new: NewFigure, today: dt.date) -> None:
    if not fits(new.period, new.indicator.frequency):
        comes = new.indicator.get_frequency_display().lower()
        raise RuleBroken(f"“{new.indicator}” comes {comes}: {like(new.indicator.frequency)}", field="period")
    over = new.period.first_day if isinstance(new.period, FinancialYear) else new.period.last_day
    if over > today:
        raise RuleBroken(f"{new.period.label} is not over yet. Check the period.", field="period")


def _checked_absence(new: NewFigure) -> NewFigure:
    if new.absence not in Absence.values:
        raise RuleBroken("Choose one of the reasons why there is no value.", field="absence")
    if new.value is not None or new.numerator is not None or new.denominator is not None:
        raise RuleBroken(
            f"There is a number and also “{Absence(new.absence).label.lower()}”. Keep one of the two.", field="absence"
        )
    return new


def _check_parts(new: NewFigure) -> None:
    indicator = new.indicator
    if indicator.unit == Unit.COUNT and new.denominator is not None:
        if indicator.multiplier is None:
            raise RuleBroken(f"“{indicator}” is a plain count and has no denominator.", field="denominator")
        if new.numerator is None and new.value is not None:
            raise RuleBroken("Write the count as the numerator too, or leave out the denominator.", field="numerator")
    if (new.numerator is None) != (new.denominator is None):
        missing = "numerator" if new.numerator is None else "denominator"
        raise RuleBroken(f"The {missing} is missing. Give both parts or neither.", field=missing)
    if new.denominator == 0:
        raise RuleBroken("Nothing can be a share of 0. Say “not applicable” instead.", field="denominator")


def _check_size(new: NewFigure) -> None:
    for field, number, places in (
        ("value", new.value, VALUE_PLACES),
        ("numerator", new.numerator, PART_PLACES),
        ("denominator", new.denominator, PART_PLACES),
    ):
        if number is None:
            continue
        if number < 0:
            raise RuleBroken(f"{number:f} is below zero. A figure is zero or more.", field=field)
        if number >= LARGEST:
            raise RuleBroken("A million millions or more is too large to be right. Check it.", field=field)
        if number != round_half_up(number, places):
            raise RuleBroken(f"{number:f} has more than {places} decimals. Round it.", field=field)


def _check_agrees(new: NewFigure, computed: Decimal) -> None:
    """What was sent as the value must be what the parts give, at the decimals that the indicator is shown with."""
    places = new.indicator.decimals
    if new.value is None or round_half_up(new.value, places) == round_half_up(computed, places):
        return
    given = max(places, -int(new.value.as_tuple().exponent))
    raise RuleBroken(
        f"{show(new.value, given)} does not follow from its parts: {show(new.numerator or 0)} of "
        f"{show(new.denominator or 0)} gives {show(computed, places)}. Correct the value or the parts.",
        field="value",
    )


def like(frequency: str) -> str:
    """How a period of this frequency is written."""
    examples = {
        Frequency.MONTH: "write a month like 2016-04M.",
        Frequency.QUARTER: "write a quarter like 2016-17Q4.",
        Frequency.YEAR: "write a year like 2016-17.",
    }
    return examples[Frequency(frequency)]


def says(before: Figure | None, new: NewFigure) -> bool:
    """Whether what is there says just the same."""
    return before is not None and _said(before) == _said(new)


def _said(one: Figure | NewFigure) -> tuple[object, ...]:
    """Everything a revision says; two that say the same are one."""
    return one.value, one.numerator, one.denominator, one.absence, one.status, one.comment
