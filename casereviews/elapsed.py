"""How long a review took, without the days on which all of it stood still. Pure arithmetic over days.

An interval is a pair of days: from the first, up to but not on the second; an open one has None. A pause of a part
does not stop the clock: the panel goes on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

Interval = tuple[dt.date, dt.date | None]


def days_elapsed(starts: dt.date, until: dt.date, whole_pauses: Iterable[Interval]) -> int:
    """Days from `starts` up to `until` on which the review was not paused as a whole; pauses may overlap."""
    if until <= starts:
        return 0
    return (until - starts).days - days_paused(starts, until, whole_pauses)


def days_paused(starts: dt.date, until: dt.date, whole_pauses: Iterable[Interval]) -> int:
    """Days from `starts` up to `until` that lie in at least one pause."""
    paused, reached = 0, starts
    for first, last in sorted(whole_pauses, key=lambda pause: pause[0]):
        begin, end = max(first, reached), min(last or until, until)
        if end > begin:
            paused += (end - begin).days
            reached = end
    return paused


def in_words(days: int) -> str:
    """ "2 years 3 months", "5 months", "12 days"; months of 30.4 days, for the eye only."""
    months = round(days / 30.4375)
    if months < 2:
        return "1 day" if days == 1 else f"{days} days"
    years, rest = divmod(months, 12)
    parts = [f"{years} year{'s' if years > 1 else ''}"] if years else []
    parts += [f"{rest} month{'s' if rest > 1 else ''}"] if rest else []
    return " ".join(parts)
