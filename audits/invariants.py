"""Rules of returns and audits that no constraint can hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from .multiagency.invariants import broken as in_audits
from .returns.invariants import broken as in_returns

RULES: tuple[Callable[[dt.date], Iterator[str]], ...] = (in_audits, in_returns)
"""Each room's `broken`."""


def broken(today: dt.date) -> Iterator[str]:
    """A sentence for each rule that does not hold."""
    for rule in RULES:
        yield from rule(today)
