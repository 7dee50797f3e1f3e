"""What must hold of jobs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from lscb.common.faults import Fault

from .models import Job


def broken(today: dt.date) -> Iterator[str]:
    """Every result that a page offers is there."""
    for job in Job.objects.exclude(result="").iterator():
        if not job.result.storage.exists(str(job.result.name)):
            yield Fault(f"Jobs: the file of “{job}” ({job.pk}) is missing.", job)
