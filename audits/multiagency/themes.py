"""What audits did for a theme of the business plan (`boards/plan/work.py`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from boards.models import Theme
from boards.plan.work import Work
from lscb.accounts.models import Actor

from ..models import Audit


def work_for(theme: Theme, *, reader: Actor, upto: dt.date) -> Iterator[Work]:
    """Audits whose findings were reported by `upto`; for the public all of them, as in the report's own chapter."""
    audits = Audit.objects.visible_to(reader) if reader else Audit.objects.all()
    for audit in audits.reported_by(upto).filter(themes=theme):
        yield Work("Audit", audit.title, audit.scheduled_to, audit.get_absolute_url(), audit.months)
