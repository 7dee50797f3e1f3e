"""What of the returns and audits waits for a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from lscb.accounts.models import User
from lscb.common.waiting import Waiting

from .multiagency.waiting import waiting_for as from_audits
from .returns.waiting import waiting_for as from_returns

SOURCES: tuple[Callable[[User, dt.date], list[Waiting]], ...] = (from_audits, from_returns)
"""Each room's `waiting_for`."""


def waiting_for(user: User, today: dt.date) -> list[Waiting]:
    return [waiting for source in SOURCES for waiting in source(user, today)]
