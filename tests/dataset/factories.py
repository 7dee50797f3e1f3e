"""Indicators and figures, made as the services make them."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from dataset.models import Figure, Indicator
from dataset.services import define_indicator, record_figure
from lscb.common.periods import LONDON, Period, Quarter, parse_period
from tests.accounts.factories import AgencyFactory

LONG_AGO = dt.datetime(2014, 1, 1, 12, tzinfo=LONDON)
Q4 = Quarter.parse("2016-17Q4")
_numbers = itertools.count(1)


def moment(day: str) -> dt.datetime:
    """Noon of a day in London."""
    return dt.datetime.combine(dt.date.fromisoformat(day), dt.time(12), tzinfo=LONDON)


def indicator(code: str = "", **details: Any) -> Indicator:
    """A quarterly count of a flow unless said otherwise."""
    code = code or f"indicator_{next(_numbers)}"
    said = {"unit": "count", "kind": "flow", "title": code.replace("_", " ").capitalize(), **details}
    said.setdefault("source_agency", details.get("source_agency") or AgencyFactory())
    return define_indicator(code=code, definition="As it is counted.", by=None, at=LONG_AGO, **said)


def rated(code: str = "", **details: Any) -> Indicator:
    """A stock with a rate per 10,000."""
    return indicator(code, kind="stock", multiplier=10000, denominator_label="children under 18", **details)


def percent(code: str = "", **details: Any) -> Indicator:
    return indicator(code, **{"unit": "percent", "decimals": 1, **details})


def figure(of: Indicator, period: str, value: int | str | None = None, *, on: str = "", **more: Any) -> Figure:
    """Known twenty days after the end of its period unless said otherwise."""
    when: Period = parse_period(period)
    at = moment(on) if on else moment((when.last_day + dt.timedelta(days=20)).isoformat())
    given = None if value is None else Decimal(value)
    numbers = {key: Decimal(more.pop(key)) for key in ("numerator", "denominator") if key in more}
    return record_figure(indicator=of, period=when, value=given, by=None, at=at, **numbers, **more)


def quarters(of: Indicator, year: str, *values: int) -> None:
    for number, value in enumerate(values, start=1):
        figure(of, f"{year}Q{number}", value)
