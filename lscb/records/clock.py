"""The clock of a subject access request (UK GDPR, article 12(3); ICO, "How long do we have to comply?").

One calendar month from the day of receipt, three when it was extended. Days on which the board waits for proof of
identity or for a clarification are not counted. A month ends with the same day of the month (the last where there is
no such day); where that is no working day, with the next one. Pure functions of their arguments.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from lscb.common.keeping import kept_until
from lscb.common.working_days import is_working_day

MONTHS, MONTHS_EXTENDED = 1, 3
DAY = dt.timedelta(days=1)
SOON = 10
"""Days before the end in which a request is shown as due soon."""


@dataclass(frozen=True)
class Interval:
    """From the day on which something was asked to the day on which it came; open while it has not come."""

    starts_on: dt.date
    ends_on: dt.date | None = None


def due_on(received: dt.date, pauses: Iterable[Interval], today: dt.date, *, extended: bool = False) -> dt.date:
    """The last day for the answer. While a pause is open it moves on with every day."""
    end = kept_until(received, MONTHS_EXTENDED if extended else MONTHS) + paused_days(received, pauses, today) * DAY
    while not is_working_day(end):
        end += DAY
    return end


def paused_days(received: dt.date, pauses: Iterable[Interval], today: dt.date) -> int:
    """Days that are not counted, each once."""
    return len(
        {
            pause.starts_on + number * DAY
            for pause in pauses
            for number in range(max(0, ((pause.ends_on or today) - pause.starts_on).days))
            if pause.starts_on + number * DAY >= received
        }
    )
