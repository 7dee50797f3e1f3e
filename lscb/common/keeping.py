"""How long a record is kept: arithmetic of days, with every date an argument.

A period runs from the day of its trigger for so many months and ends with the same day of its last month, or with the
last day of that month where there is no such day (the corresponding date rule: a year from 29 February ends on 28
February). A record is due on the day after, by the calendar of London.
"""

from __future__ import annotations

import calendar
import datetime as dt


def kept_until(trigger: dt.date, months: int) -> dt.date:
    """The last day of the period."""
    year, month = _month(trigger, months)
    return dt.date(year, month, min(trigger.day, calendar.monthrange(year, month)[1]))


def due_from(trigger: dt.date, months: int) -> dt.date:
    return kept_until(trigger, months) + dt.timedelta(days=1)


def last_trigger_due(as_at: dt.date, months: int) -> dt.date:
    """The latest trigger whose period is over on `as_at`: whatever was triggered by then is due."""
    end = as_at - dt.timedelta(days=1)
    year, month = _month(end, -months)
    last = calendar.monthrange(year, month)[1]
    is_last_day = end.day == calendar.monthrange(end.year, end.month)[1]
    return dt.date(year, month, last if is_last_day else min(end.day, last))


def _month(day: dt.date, months: int) -> tuple[int, int]:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return year, month + 1
