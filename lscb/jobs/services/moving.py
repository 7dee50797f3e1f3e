"""The one place where a job changes state."""

from __future__ import annotations

from typing import Any

from lscb.jobs.models import MOVES, Job, JobState


def move(job: Job, *, to: JobState, where: dict[str, Any] | None = None, **values: Any) -> bool:
    """Compare and set: moves the row if it still is as `job` says (and as `where` adds). Returns whether it was.

    Errors: ValueError for a move that is not in the table.
    """
    if to not in MOVES[job.state]:
        raise ValueError(f"A job that is {job.state} cannot become {to}.")
    values["state"] = to
    found = Job.objects.filter(pk=job.pk, state=job.state, claim=job.claim, **(where or {})).update(**values)
    if not found:
        return False
    for field, value in values.items():
        setattr(job, field, value)
    return True
