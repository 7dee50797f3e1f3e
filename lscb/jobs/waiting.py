"""Jobs that ended while the person who asked for them did something else."""

from __future__ import annotations

import datetime as dt

from lscb.accounts.models import User
from lscb.common.waiting import Waiting

from .models import Job, JobState


def waiting_for(user: User, today: dt.date) -> list[Waiting]:
    """Own jobs that ended today or yesterday and were not looked at since. One query."""
    ended = Job.objects.filter(
        requested_by=user,
        state__in=(JobState.DONE, JobState.FAILED),
        seen_at__isnull=True,
        finished_at__date__gte=today - dt.timedelta(days=1),
    )
    return [_waiting(job) for job in ended.order_by("-finished_at")]


def _waiting(job: Job) -> Waiting:
    if job.state == JobState.FAILED:
        return Waiting(job.title, job.get_absolute_url(), job.failure, tag="failed", tone="red")
    return Waiting(job.title, job.get_absolute_url(), "It is ready for you to look at.", tag="ready", tone="green")
