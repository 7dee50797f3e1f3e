"""From values to places on the paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from ..rounding import show

_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
# Of a step: where the axis does not start at zero, the figure of the lowest point needs a place under it.
_ROOM_BELOW = Decimal("0.4")
_LARGE = ((Decimal(10) ** 9, "bn"), (Decimal(10) ** 6, "m"))


@dataclass(frozen=True)
class Axis:
    """An upright axis with round numbers at its ticks. `form` is how a number is written, such as "£{}" or "{}%"."""

    ticks: Sequence[Decimal]
    form: str = "{}"

    @classmethod
    def over(cls, values: Sequence[Decimal], *, form: str = "{}", steps: int = 3) -> Axis:
        """Starts at zero, unless all values lie close together and far from it. Whole numbers get whole ticks."""
        low, high = (min(values), max(values)) if values else (Decimal(0), Decimal(0))
        if low >= 0 and (low * 2 < high or low == high):
            low = Decimal(0)
        elif high <= 0 and (high * 2 > low or low == high):
            high = Decimal(0)
        if low == high:
            high = low + 1
        whole = all(value == value.to_integral_value() for value in values)
        step = _round_step((high - low) / steps, whole=whole)
        first = (low / step).to_integral_value(ROUND_FLOOR)
        if first and low / step - first < _ROOM_BELOW:
            first -= 1
        last = (high / step).to_integral_value(ROUND_CEILING)
        return cls([step * number for number in range(int(first), int(last) + 1)], form)

    @property
    def labels(self) -> list[str]:
        largest = max(abs(self.ticks[0]), abs(self.ticks[-1]))
        divisor, suffix = next(((size, name) for size, name in _LARGE if largest >= size), (Decimal(1), ""))
        numbers = [tick / divisor for tick in self.ticks]
        places = max(max(0, -int(number.normalize().as_tuple().exponent)) for number in numbers)
        return [self.form.format(show(number, places) + (suffix if number else "")) for number in numbers]

    @property
    def start_note(self) -> str:
        """What a reader must be told about where the axis starts; empty when it holds zero."""
        return "" if self.ticks[0] <= 0 <= self.ticks[-1] else f"The axis starts at {self.labels[0]}."

    def share(self, value: Decimal) -> float:
        """0 at the lowest tick, 1 at the highest."""
        return float((value - self.ticks[0]) / (self.ticks[-1] - self.ticks[0]))


def _round_step(rough: Decimal, *, whole: bool) -> Decimal:
    size = Decimal(1).scaleb(rough.adjusted())
    steps = [size * step for step in _STEPS if size * step >= rough]
    if whole:
        steps = [step for step in steps if step == step.to_integral_value()] or [Decimal(1)]
    return steps[0]
