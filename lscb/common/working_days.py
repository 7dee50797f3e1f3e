"""Working days in England: Monday to Friday without bank holidays.

The bank holidays are those of the Banking and Financial Dealings Act 1971 as England keeps them, with the days that
were moved or given once by proclamation. New ones of that kind are added to `MOVED` and `EXTRA`.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

SATURDAY = 5
DAY = dt.timedelta(days=1)

MOVED: dict[dt.date, dt.date] = {
    dt.date(2020, 5, 4): dt.date(2020, 5, 8),  # 75 years of VE Day
    dt.date(2022, 5, 30): dt.date(2022, 6, 2),  # Platinum Jubilee
    dt.date(2012, 5, 28): dt.date(2012, 6, 4),  # Diamond Jubilee
}
"""A bank holiday that was kept on another day."""

EXTRA: frozenset[dt.date] = frozenset(
    {
        dt.date(2011, 4, 29),  # a royal wedding
        dt.date(2012, 6, 5),  # Diamond Jubilee
        dt.date(2022, 6, 3),  # Platinum Jubilee
        dt.date(2022, 9, 19),  # the state funeral of the Queen
        dt.date(2023, 5, 8),  # the coronation
    }
)


def is_working_day(day: dt.date) -> bool:
    return day.weekday() < SATURDAY and day not in bank_holidays(day.year)


def working_days_after(day: dt.date, number: int) -> dt.date:
    """The day that lies `number` working days after `day`; before it when `number` is negative."""
    step = DAY if number > 0 else -DAY
    for _ in range(abs(number)):
        day += step
        while not is_working_day(day):
            day += step
    return day


@cache
def bank_holidays(year: int) -> frozenset[dt.date]:
    """The bank holidays of a calendar year in England."""
    easter = easter_sunday(year)
    usual = {
        _weekday_from(dt.date(year, 1, 1)),
        easter - 2 * DAY,
        easter + DAY,
        _monday_from(dt.date(year, 5, 1)),
        _monday_from(dt.date(year, 5, 25)),
        _monday_from(dt.date(year, 8, 25)),
        *_christmas(year),
    }
    return frozenset(MOVED.get(day, day) for day in usual) | {day for day in EXTRA if day.year == year}


def easter_sunday(year: int) -> dt.date:
    """By the Gregorian computus of Meeus, Jones and Butcher."""
    century, in_century = divmod(year, 100)
    golden = year % 19
    corrected = (8 * century + 13) // 25
    moon = (19 * golden + century - century // 4 - corrected + 15) % 30
    moon -= (golden + 11 * moon) // 319
    weekday = (2 * (century % 4) + 2 * (in_century // 4) - in_century % 4 - moon + 32) % 7
    month = (moon + weekday + 90) // 25
    return dt.date(year, month, (moon + weekday + month + 19) % 32)


def _christmas(year: int) -> set[dt.date]:
    """Christmas Day and Boxing Day; what falls on a weekend is kept on the next days that are free."""
    christmas = _weekday_from(dt.date(year, 12, 25))
    boxing = _weekday_from(dt.date(year, 12, 26))
    return {christmas, boxing if boxing != christmas else boxing + DAY}


def _weekday_from(day: dt.date) -> dt.date:
    while day.weekday() >= SATURDAY:
        day += DAY
    return day


def _monday_from(day: dt.date) -> dt.date:
    return day + (-day.weekday()) % 7 * DAY
