"""How long a record is kept: worked examples, and the rule that holds for every day."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lscb.common.keeping import due_from, kept_until, last_trigger_due

D = dt.date


@pytest.mark.parametrize(
    ("trigger", "months", "until"),
    [
        (D(2016, 5, 5), 84, D(2023, 5, 5)),
        (D(2016, 2, 29), 12, D(2017, 2, 28)),
        (D(2016, 2, 29), 48, D(2020, 2, 29)),
        (D(2017, 2, 28), 36, D(2020, 2, 28)),
        (D(2016, 8, 31), 6, D(2017, 2, 28)),
        (D(2016, 12, 31), 2, D(2017, 2, 28)),
        (D(2016, 3, 31), 1, D(2016, 4, 30)),
        (D(1992, 2, 29), 300, D(2017, 2, 28)),
    ],
)
def test_a_period_ends_with_the_corresponding_day(trigger: D, months: int, until: D) -> None:
    assert kept_until(trigger, months) == until
    assert due_from(trigger, months) == until + dt.timedelta(days=1)
    assert last_trigger_due(until, months) < trigger <= last_trigger_due(due_from(trigger, months), months)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    trigger=st.dates(D(1950, 1, 1), D(2100, 1, 1)),
    as_at=st.dates(D(1950, 1, 1), D(2150, 1, 1)),
    months=st.integers(1, 600),
)
def test_the_query_and_the_arithmetic_say_the_same(trigger: D, as_at: D, months: int) -> None:
    assert (due_from(trigger, months) <= as_at) == (trigger <= last_trigger_due(as_at, months))
