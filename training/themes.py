"""What training did for a theme of the business plan (`boards/plan/work.py`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from boards.models import Theme
from boards.plan.work import Work
from lscb.accounts.models import Actor
from lscb.accounts.permissions import Permission
from lscb.common.periods import local_date

from .models import Session


def work_for(theme: Theme, *, reader: Actor, upto: dt.date) -> Iterator[Work]:
    """One piece of work for each course: how many of its sessions were held in the year of the theme by `upto`."""
    held = Session.objects.of_year(theme.year).held(upto).filter(course__themes=theme).select_related("course")
    by_course: dict[int, list[Session]] = {}
    for session in held.order_by("course__title", "ends_at"):
        by_course.setdefault(session.course_id, []).append(session)
    for sessions in by_course.values():
        course, last = sessions[0].course, local_date(sessions[-1].ends_at)
        url = course.get_absolute_url() if reader and reader.may(Permission.MANAGE_TRAINING) else ""
        number = "1 session" if len(sessions) == 1 else f"{len(sessions)} sessions"
        yield Work("Training", course.title, last, url, number)
