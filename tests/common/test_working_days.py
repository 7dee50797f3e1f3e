"""Working days in England, against the bank holidays that were kept."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lscb.common.working_days import bank_holidays, is_working_day, working_days_after


def days(year: int, *days_and_months: str) -> set[dt.date]:
    return {dt.datetime.strptime(f"{text} {year}", "%d %b %Y").date() for text in days_and_months}  # noqa: DTZ007


@pytest.mark.parametrize(
    "year, kept",
    [
        (2016, ("1 Jan", "25 Mar", "28 Mar", "2 May", "30 May", "29 Aug", "26 Dec", "27 Dec")),
        (2017, ("2 Jan", "14 Apr", "17 Apr", "1 May", "29 May", "28 Aug", "25 Dec", "26 Dec")),
        (2020, ("1 Jan", "10 Apr", "13 Apr", "8 May", "25 May", "31 Aug", "25 Dec", "28 Dec")),
        (2021, ("1 Jan", "2 Apr", "5 Apr", "3 May", "31 May", "30 Aug", "27 Dec", "28 Dec")),
        (2022, ("3 Jan", "15 Apr", "18 Apr", "2 May", "2 Jun", "3 Jun", "29 Aug", "19 Sep", "26 Dec", "27 Dec")),
        (2023, ("2 Jan", "7 Apr", "10 Apr", "1 May", "8 May", "29 May", "28 Aug", "25 Dec", "26 Dec")),
        (2026, ("1 Jan", "3 Apr", "6 Apr", "4 May", "25 May", "31 Aug", "25 Dec", "28 Dec")),
    ],
)
def test_bank_holidays_are_those_that_were_kept(year: int, kept: tuple[str, ...]) -> None:
    assert bank_holidays(year) == days(year, *kept)


@pytest.mark.parametrize(
    "day, number, lands_on",
    [
        ("2017-03-01", 2, "2017-03-03"),
        ("2017-03-03", 1, "2017-03-06"),
        ("2017-03-04", 1, "2017-03-06"),
        ("2017-04-13", 2, "2017-04-19"),
        ("2017-05-31", -5, "2017-05-23"),
        ("2017-12-22", 2, "2017-12-28"),
        ("2017-03-01", 0, "2017-03-01"),
    ],
)
def test_so_many_working_days_after(day: str, number: int, lands_on: str) -> None:
    assert working_days_after(dt.date.fromisoformat(day), number) == dt.date.fromisoformat(lands_on)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2060, 12, 31)), st.integers(1, 30))
def test_there_and_back_is_the_same_working_day(day: dt.date, number: int) -> None:
    there = working_days_after(day, number)
    assert is_working_day(there)
    back = working_days_after(there, -number)
    assert back <= day or not is_working_day(day)
    if is_working_day(day):
        assert back == day
