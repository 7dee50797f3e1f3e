"""What looks wrong about a figure before it is sent. A flag asks for a word of explanation; it never blocks.

What cannot be right, such as a rate that its own parts do not give, is refused by `checking` instead. Pure: everything
that is compared comes in as an argument.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from lscb.common.rounding import show, show_change

from .arithmetic import from_parts
from .checking import NewFigure
from .models import Figure, Indicator, Unit

FEW = 5
"""A count that moves by fewer than this does not jump, however many percent that is."""
TENFOLD = (Decimal(8), Decimal(12))
"""Ten times or a hundred times as much, give or take a fifth, is a slip of the decimal point rather than a change."""
SMALL_COUNT = 100
"""Counts below this go from 3 to 30 without a slip."""
OF_ONE_POPULATION = Decimal("0.02")
"""By how much two populations of the same name may differ in one period."""


@dataclass(frozen=True)
class Flag:
    """`kind` is jump, tenfold or population."""

    kind: str
    sentence: str


def exact(indicator: Indicator, one: Figure | NewFigure | None) -> Decimal | None:
    """The value of a figure, worked out from its parts where they are known."""
    if one is None or one.absence:
        return None
    if one.numerator is None or not one.denominator:
        return one.value
    return from_parts(indicator.unit, indicator.multiplier, one.numerator, one.denominator)


def flags_of(new: NewFigure, *, before: Figure | None, same_definition: bool, others: list[NewFigure]) -> list[Flag]:
    """`before` is the figure of the period before; `others` are the figures that come with it."""
    value, past = exact(new.indicator, new), exact(new.indicator, before)
    told: list[Flag] = []
    if value is not None and past is not None and same_definition:
        told += _tenfold(new, value, past) or _jump(new.indicator, value, past)
    return [*told, *_populations(new, before, others)]


def expected(indicator: Indicator, past: Decimal | None) -> tuple[Decimal, Decimal] | None:
    """From where to where the next value needs no comment; None where nothing is known of the period before."""
    if past is None:
        return None
    if indicator.unit == Unit.PERCENT:
        return max(past - indicator.expected_change, Decimal(0)), min(past + indicator.expected_change, Decimal(100))
    room = past * indicator.expected_change / 100
    if indicator.unit == Unit.COUNT:
        room = max(room, Decimal(FEW - 1))
    return max(past - room, Decimal(0)), past + room


def moved(indicator: Indicator, value: Decimal, past: Decimal) -> str:
    """ "+61.4%", "-11.0 pp"; in whole numbers from zero, of which nothing is a percentage."""
    if indicator.unit == Unit.PERCENT:
        return f"{show_change(value - past)} pp"
    return (
        f"{show_change((value - past) * 100 / past)}%" if past else f"{show_change(value - past, indicator.decimals)}"
    )


def _jump(indicator: Indicator, value: Decimal, past: Decimal) -> list[Flag]:
    low, high = expected(indicator, past) or (value, value)
    if low <= value <= high:
        return []
    places = indicator.decimals
    return [
        Flag(
            "jump",
            f"{show(value, places)} after {show(past, places)} is a change of {moved(indicator, value, past)}. "
            "If that is right, say why in a comment.",
        )
    ]


def _tenfold(new: NewFigure, value: Decimal, past: Decimal) -> list[Flag]:
    """A power of ten against its own past: 232.9 where it was 2,329."""
    high, low, places = max(value, past), min(value, past), new.indicator.decimals
    if not low or (new.indicator.unit == Unit.COUNT and high < SMALL_COUNT):
        return []
    for power in (10, 100, 1000):
        if TENFOLD[0] <= high * 10 / (low * power) <= TENFOLD[1]:
            sentence = (
                f"{show(value, places)} is about {power:,} times {'more' if value > past else 'less'} than the "
                f"{show(past, places)} before. Check the decimal point and what the rate is per; if it is right, say "
                "why in a comment."
            )
            return [Flag("tenfold", sentence)]
    return []


def _populations(new: NewFigure, before: Figure | None, others: list[NewFigure]) -> Iterator[Flag]:
    """The population under one name is one number in one period, and is not another ten times as large next time."""
    name, base = new.indicator.denominator_label.strip().lower(), new.denominator
    if not name or not base or new.indicator.multiplier is None:
        return
    for other in others:
        same = other.indicator.denominator_label.strip().lower() == name and other.period == new.period
        if not same or other.indicator.pk == new.indicator.pk or not other.denominator:
            continue
        if abs(base - other.denominator) > OF_ONE_POPULATION * max(base, other.denominator):
            sentence = (
                f"{new.indicator.denominator_label}: {show(base)} here, but {show(other.denominator)} for "
                f"“{other.indicator.title}”. The same population cannot be two numbers."
            )
            yield Flag("population", sentence)
            return
    if before is not None and before.denominator and not _is_near(base, before.denominator):
        sentence = (
            f"{new.indicator.denominator_label}: {show(base)}, but {show(before.denominator)} the period before. "
            "Check it; if it is right, say why in a comment."
        )
        yield Flag("population", sentence)


def _is_near(base: Decimal, past: Decimal) -> bool:
    """Whether a population is near enough to that of the period before: a city does not grow by half in a quarter."""
    return max(base, past) < min(base, past) * 3 / 2
