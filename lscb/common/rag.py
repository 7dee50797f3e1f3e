"""Red, amber, green: decided here and nowhere else, and always printed as a word beside the colour (domain 5, 13)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum


class Rag(StrEnum):
    GREEN = "green"
    AMBER = "amber"
    RED = "red"

    @property
    def word(self) -> str:
        return self.value


class Polarity(StrEnum):
    """Which way an indicator gets better."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


def rag_of_due_date(due: dt.date, *, today: dt.date, done: bool, soon_days: int = 28) -> Rag:
    """Green when done or far off, amber within `soon_days`, red when the day has gone by. The due day itself counts."""
    if done:
        return Rag.GREEN
    if due < today:
        return Rag.RED
    return Rag.AMBER if due <= today + dt.timedelta(days=soon_days) else Rag.GREEN


def rag_of_value(
    value: Decimal | None, *, target: Decimal | None, tolerance: Decimal | None, polarity: Polarity
) -> Rag | None:
    """Green at the target or on its good side, amber up to `tolerance` on the wrong side, red beyond.

    `tolerance` is in the unit of the value; None is none at all. The answer is None, which is no judgement, without a
    value, without a target, or where neither direction is better.
    """
    if value is None or target is None or polarity == Polarity.NEITHER:
        return None
    shortfall = target - value if polarity == Polarity.HIGHER else value - target
    if shortfall <= 0:
        return Rag.GREEN
    return Rag.AMBER if shortfall <= (tolerance or 0) else Rag.RED
