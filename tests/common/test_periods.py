import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lscb.common.periods import (
    LONDON,
    FinancialYear,
    Month,
    Quarter,
    end_of_day,
    local_date,
    parse_period,
)

days = st.dates(min_value=dt.date(1950, 4, 1), max_value=dt.date(2150, 3, 31))
years = st.builds(FinancialYear, st.integers(1950, 2150))
quarters = st.builds(Quarter, years, st.integers(1, 4))
months = st.builds(Month, st.integers(1950, 2150), st.integers(1, 12))
periods = years | quarters | months


@given(periods)
def test_next_and_previous_undo_each_other_and_touch(period):
    assert period.next.previous == period == period.previous.next
    assert period.next.first_day == period.last_day + dt.timedelta(days=1)
    assert period.previous < period < period.next


@given(periods)
def test_every_period_is_read_back_from_its_text(period):
    assert parse_period(str(period)) == period
    assert type(period).parse(f" {period} ") == period
    assert len(str(period)) <= 9


@given(periods)
def test_the_year_before_has_the_same_name_one_year_earlier(period):
    assert period.year_before.year == period.year.previous
    assert period.year_before.first_day == period.first_day.replace(year=period.first_day.year - 1)


@given(days)
def test_every_day_is_in_exactly_one_quarter_and_one_month_of_its_year(day):
    year = FinancialYear.containing(day)
    assert day in year
    assert [quarter for quarter in year.quarters if day in quarter] == [Quarter.containing(day)]
    assert [month for month in year.months if day in month] == [Month.containing(day)]


@given(quarters, quarters)
def test_text_sorts_in_time_order(first, second):
    assert (str(first) < str(second)) == (first < second) == (first.first_day < second.first_day)


def test_the_worked_example():
    year = FinancialYear.parse("2016-17")
    q4 = Quarter.parse("2016-17 Q4")
    assert (year.first_day, year.last_day) == (dt.date(2016, 4, 1), dt.date(2017, 3, 31))
    assert (q4.first_day, q4.last_day) == (dt.date(2017, 1, 1), dt.date(2017, 3, 31))
    assert (q4.label, q4.month_names, str(q4)) == ("Q4 2016-17", "Jan to Mar", "2016-17Q4")
    assert year.quarters[0].month_names == "Apr to Jun"
    assert str(FinancialYear(1999)) == "1999-00"
    assert Month.parse("2016-04M").label == "April 2016"
    assert Month(2016, 4).year == year == year.year


@pytest.mark.parametrize("text", ["", "2016", "2016-18", "2016-17Q5", "2016-13M", "2016-00M", "Q4 2016-17", "２０16"])
def test_what_is_no_period_is_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match="is not a period"):
        parse_period(text)


def test_a_quarter_has_a_number_from_one_to_four():
    with pytest.raises(ValueError, match="quarters 1 to 4, not 5"):
        Quarter(FinancialYear(2016), 5)


@pytest.mark.parametrize(
    "day, moment",
    [
        (dt.date(2017, 1, 31), "2017-02-01T00:00:00+00:00"),
        (dt.date(2017, 3, 25), "2017-03-26T00:00:00+00:00"),  # the night the clocks go forward
        (dt.date(2017, 3, 26), "2017-03-26T23:00:00+00:00"),
        (dt.date(2017, 10, 28), "2017-10-28T23:00:00+00:00"),  # the night they go back
        (dt.date(2017, 10, 29), "2017-10-30T00:00:00+00:00"),
    ],
)
def test_a_deadline_is_the_end_of_the_day_in_london_also_across_the_clock_change(day, moment):
    assert end_of_day(day).astimezone(dt.UTC).isoformat() == moment


@given(days)
def test_a_day_ends_where_the_next_begins(day):
    end = end_of_day(day).astimezone(dt.UTC)
    assert local_date(end - dt.timedelta(microseconds=1)) == day
    assert local_date(end) == day + dt.timedelta(days=1)
    assert end_of_day(day).tzinfo is LONDON
