"""What is said of an indicator as plain values, and an indicator as it stood when they were said."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lscb.accounts.models import Agency
from lscb.common.periods import Quarter

from .models import Indicator

DECIMALS = ("target", "tolerance")
QUARTERS = ("active_from", "active_to")
KEYS = ("source_agency_id", "part_of_id")
PLAIN = (
    *("title", "unit", "multiplier", "numerator_label", "denominator_label", "decimals", "kind", "frequency"),
    *("polarity", "expected_change", "on_main", "on_met", "wants_neighbours", "wants_region", "wants_england"),
    *("disclosure_class", "position"),
)


def said_now(indicator: Indicator) -> dict[str, Any]:
    """Everything but the code, which never changes."""
    texts = {name: _text(getattr(indicator, name)) for name in (*DECIMALS, *QUARTERS)}
    return {name: getattr(indicator, name) for name in (*PLAIN, *KEYS)} | texts


def as_it_was(
    indicator: Indicator,
    said: Mapping[str, Any] | None,
    agencies: Mapping[int, Agency],
    others: Mapping[int, Indicator],
) -> Indicator:
    """The indicator with what was said of it then, in memory only. What was never said stays as it is now.

    `agencies` and `others` are by key; the whole that it is part of is looked up in `others`.
    """
    if said is None:
        return indicator
    then = copy.copy(indicator)
    then._state = copy.copy(indicator._state)
    then._state.fields_cache = dict(indicator._state.fields_cache)
    for name in PLAIN:
        setattr(then, name, said.get(name, getattr(indicator, name)))
    for name in DECIMALS:
        setattr(then, name, None if said[name] is None else Decimal(said[name]))
    for name in QUARTERS:
        setattr(then, name, None if said[name] is None else Quarter.parse(said[name]))
    then.source_agency = agencies[said["source_agency_id"]]
    then.part_of = others.get(said["part_of_id"])
    return then


def _text(value: Decimal | Quarter | None) -> str | None:
    if value is None:
        return None
    return format(Decimal(value).normalize(), "f") if isinstance(value, Decimal | int | float) else str(value)
