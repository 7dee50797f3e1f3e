"""Age bands at their edges: days, birthdays, leap years."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdop.ages import AgeBand, age_band, age_in_years, whole_months

D = dt.date


@pytest.mark.parametrize(
    ("born_on", "died_on", "band"),
    [
        (D(2016, 5, 1), D(2016, 5, 1), "0-27 days"),
        (D(2016, 5, 1), D(2016, 5, 28), "0-27 days"),
        (D(2016, 5, 1), D(2016, 5, 29), "28-364 days"),
        (D(2016, 2, 1), D(2016, 2, 28), "0-27 days"),
        (D(2016, 2, 1), D(2016, 2, 29), "28-364 days"),
        (D(2016, 5, 1), D(2017, 4, 30), "28-364 days"),
        (D(2016, 5, 1), D(2017, 5, 1), "1-4 years"),
        (D(2015, 3, 1), D(2016, 2, 29), "28-364 days"),  # day 365, the day before the first birthday
        (D(2015, 3, 1), D(2016, 3, 1), "1-4 years"),
        (D(2016, 2, 29), D(2017, 2, 28), "28-364 days"),
        (D(2016, 2, 29), D(2017, 3, 1), "1-4 years"),
        (D(2012, 2, 29), D(2017, 2, 28), "1-4 years"),
        (D(2012, 2, 29), D(2017, 3, 1), "5-9 years"),
        (D(2011, 6, 3), D(2016, 6, 2), "1-4 years"),
        (D(2011, 6, 3), D(2016, 6, 3), "5-9 years"),
        (D(2006, 6, 3), D(2016, 6, 2), "5-9 years"),
        (D(2006, 6, 3), D(2016, 6, 3), "10-14 years"),
        (D(2001, 6, 3), D(2016, 6, 2), "10-14 years"),
        (D(2001, 6, 3), D(2016, 6, 3), "15-17 years"),
        (D(1998, 6, 4), D(2016, 6, 3), "15-17 years"),
    ],
)
def test_the_bands_at_their_edges(born_on: dt.date, died_on: dt.date, band: str) -> None:
    assert age_band(born_on, died_on).label == band


@pytest.mark.parametrize(
    ("born_on", "died_on"),
    [(D(1998, 6, 3), D(2016, 6, 3)), (D(2016, 6, 4), D(2016, 6, 3)), (D(1996, 2, 29), D(2014, 3, 1))],
)
def test_who_was_18_or_not_born_yet_has_no_band(born_on: dt.date, died_on: dt.date) -> None:
    with pytest.raises(ValueError, match="Check the two dates"):
        age_band(born_on, died_on)


DAYS = st.dates(D(1990, 1, 1), D(2030, 12, 31))


@given(DAYS, st.integers(0, 18 * 366))
def test_nobody_grows_younger(born_on: dt.date, days: int) -> None:
    order = list(AgeBand)
    last = born_on + dt.timedelta(days=days)
    if age_in_years(born_on, last) < 18 and age_in_years(born_on, last + dt.timedelta(days=1)) < 18:
        assert order.index(age_band(born_on, last)) <= order.index(age_band(born_on, last + dt.timedelta(days=1)))


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (D(2016, 1, 31), D(2016, 2, 29), 0),
        (D(2016, 1, 31), D(2016, 3, 1), 1),
        (D(2016, 1, 15), D(2016, 7, 14), 5),
        (D(2016, 1, 15), D(2016, 7, 15), 6),
        (D(2015, 12, 31), D(2016, 12, 31), 12),
    ],
)
def test_whole_months(first: dt.date, last: dt.date, months: int) -> None:
    assert whole_months(first, last) == months
