"""Rounding happens at display only, half up, and a percentage always carries its base (domain: "Annual report")."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


def round_half_up(value: Decimal | int, places: int = 0) -> Decimal:
    """82.5 gives 83, -11.25 to one place gives -11.3: halves go away from zero, as people round by hand."""
    return Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def show(value: Decimal | int, places: int = 0) -> str:
    """The printed form of a number: rounded half up, thousands by comma, never "-0"."""
    rounded = round_half_up(value, places)
    return f"{abs(rounded) if rounded == 0 else rounded:,}"


def show_change(value: Decimal | int, places: int = 1) -> str:
    """The printed form of a change: always signed except for zero, "-11.3", "+1.2", "0.0"."""
    text = show(value, places)
    return f"+{text}" if round_half_up(value, places) > 0 else text


def show_money(value: Decimal) -> str:
    """Pounds, with pence only where there are any: £131,453, £1,329.50."""
    return f"£{show(value, 0 if value == value.to_integral_value() else 2)}"


def show_base(base: Decimal | int) -> str:
    """What stands beside a percentage: "n = 1,039", in one piece at the end of a line."""
    return f"n\u00a0=\u00a0{show(base)}"


@dataclass(frozen=True)
class Percentage:
    """`part` of `base`; exact inside, rounded only by `str()`. A base of zero has no percentage."""

    part: Decimal
    base: Decimal

    @property
    def value(self) -> Decimal | None:
        return self.part * 100 / self.base if self.base else None

    def show(self, places: int = 0) -> str:
        return "not applicable" if self.value is None else f"{show(self.value, places)}%"

    def __str__(self) -> str:
        return f"{self.show()} ({show_base(self.base)})"


def percentage(part: Decimal | int, base: Decimal | int) -> Percentage:
    return Percentage(Decimal(part), Decimal(base))


def percent_change(before: Decimal | int, after: Decimal | int) -> Decimal | None:
    """Change in percent of `before`; None where `before` is zero, because nothing can be a percentage of it."""
    return (Decimal(after) - Decimal(before)) * 100 / Decimal(before) if before else None
