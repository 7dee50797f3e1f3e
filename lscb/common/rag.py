"""Red, amber, green: decided here and nowhere else, and always printed as a word beside the colour (domain 5, 13)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
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


SOON = dt.timedelta(days=28)


def rag_of_due_date(due: dt.date, *, today: dt.date, done: bool, reported: Iterable[Rag] = ()) -> Rag:
    """Green when done or far off, amber within `SOON`, red when the day has gone by. The due day itself counts.

    `reported` is how those who do it say it is going: what is not done is never better than the worst of them.
    """
    if done:
        return Rag.GREEN
    by_date = Rag.RED if due < today else Rag.AMBER if due <= today + SOON else Rag.GREEN
    return max([by_date, *reported], key=list(Rag).index)


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
