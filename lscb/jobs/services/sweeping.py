"""Putting back what stopped beating, and ringing again for what nobody heard."""

from __future__ import annotations

import datetime as dt

import structlog
from django.conf import settings

from lscb.jobs.models import Job

from .queueing import ring
from .running import DIED, put_back_or_fail

log = structlog.get_logger(__name__)


def sweep(*, now: dt.datetime) -> None:
    """What makes the row the truth: no job is lost with its worker or with its message.

    Two sweepers at once do no harm: each move is a compare-and-set on the very heartbeat that was too old.
    """
    for job in Job.objects.silent(since=now - settings.JOB_PRESUMED_DEAD):
        if put_back_or_fail(job, DIED, heartbeat_at=job.heartbeat_at):
            log.warning("job.put_back", job=str(job.pk), attempt=job.attempts, state=job.state)
            if job.is_live:
                ring(job)
    for job in Job.objects.unheard(since=now - settings.JOB_SWEEP_EVERY):
        if not ring(job):
            return
