"""How often something may be done from one place, counted in the cache: the counter forgets, the portal goes on."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.core.cache import cache


def is_within(name: str, who: str, *, most: int, period: dt.timedelta) -> bool:
    """Count one more of `name` by `who` (an address); whether that is still at most `most` in a period."""
    key = f"limit {name} {hashlib.sha256(who.encode()).hexdigest()}".replace(" ", ":")
    cache.add(key, 0, int(period.total_seconds()))
    try:
        return bool(cache.incr(key) <= most)
    except ValueError:  # it ran out between the two lines
        return True


def wait_for(name: str, who: str, *, most: int, period: dt.timedelta, at: dt.datetime) -> int:
    """Count one more of `name` by `who` in the period of the clock that holds `at`.

    0 while that is at most `most`, else the seconds until the next period begins: what `Retry-After` says.
    """
    length = int(period.total_seconds())
    number, gone = divmod(int(at.timestamp()), length)
    return 0 if is_within(f"{name} {number}", who, most=most, period=period) else length - gone
