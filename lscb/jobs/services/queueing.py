"""Putting work into the queue, taking it out, asking for it again."""

from __future__ import annotations

from functools import partial
from typing import Any

import structlog
from celery import current_app
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from lscb.accounts.models import Actor, User
from lscb.common.errors import RuleBroken
from lscb.jobs.models import Job, JobState
from lscb.trail.services import record

from .moving import move

log = structlog.get_logger(__name__)


def enqueue(
    *,
    task: str,
    title: str,
    arguments: dict[str, Any],
    by: Actor,
    permission: str = "",
    unique_key: str = "",
    ring_now: bool = True,
) -> Job:
    """Write a job in the caller's transaction; a worker hears of it when that commits.

    `task` is the name of the Celery task, which takes the key of the job. `arguments` are plain JSON for the function
    that does the work. While a job with this `unique_key` lives it is returned instead of a second one.
    A command that does the work itself by `work` passes `ring_now=False`.
    """
    with transaction.atomic():
        job = Job(
            task=task,
            title=title,
            arguments=arguments,
            requested_by=by,
            permission=permission,
            unique_key=unique_key,
            rung_at=None if ring_now else timezone.now(),
        )
        try:
            with transaction.atomic():
                job.save(force_insert=True)
        except IntegrityError:
            if unique_key and (alive := Job.objects.live().filter(unique_key=unique_key).first()):
                return alive
            raise
        record(verb="queued", by=by, target=job)
        if ring_now:
            transaction.on_commit(partial(ring, job))
    return job


def ring(job: Job) -> bool:
    """Tell a worker that a job waits. Returns whether the broker took the message.

    A broker that is away must not fail the request of a person: the row is written, and the sweeper rings again.
    Nothing here may wait for long either, hence one try on a connection of its own.
    """
    try:
        with current_app.connection_for_write(
            transport_options={**settings.CELERY_BROKER_TRANSPORT_OPTIONS, "max_retries": 1, "interval_start": 0}
        ) as connection:
            current_app.send_task(
                job.task,
                args=[str(job.pk)],
                connection=connection,
                retry=False,
                expires=settings.JOB_BELL_FADES.total_seconds(),
            )
    except Exception as error:  # whatever a broker may raise: the row is safe, the bell is rung again
        log.warning("job.bell_not_rung", job=str(job.pk), error=type(error).__name__)
        return False
    Job.objects.filter(pk=job.pk, state=JobState.QUEUED).update(rung_at=timezone.now())
    return True


def retry(*, job: Job, by: Actor) -> Job:
    """Ask again for a job that failed or was cancelled. It starts from the beginning, with all its attempts."""
    _check(job, by)
    if not job.may_be_retried:
        raise RuleBroken(f"“{job.title}” is {job.get_state_display()}, so it cannot be started again.")
    was = job.state
    with transaction.atomic():
        try:
            with transaction.atomic():
                moved = move(
                    job,
                    to=JobState.QUEUED,
                    attempts=0,
                    failure="",
                    step="",
                    progress_done=0,
                    progress_total=0,
                    queued_at=timezone.now(),
                    rung_at=None,
                    finished_at=None,
                    seen_at=None,
                )
        except IntegrityError as error:
            raise RuleBroken(f"“{job.title}” was already started again.") from error
        if not moved:
            raise RuleBroken(f"“{job.title}” was already started again.")
        record(verb="started again", by=by, target=job, changes={"state": (was, job.state)})
        transaction.on_commit(partial(ring, job))
    return job


def cancel(*, job: Job, by: Actor) -> Job:
    """Stop a job. One that runs loses its claim: it stops at its next step and cannot write its result."""
    _check(job, by)
    if not job.may_be_cancelled:
        raise RuleBroken(f"“{job.title}” is {job.get_state_display()}, so it cannot be cancelled.")
    was = job.state
    with transaction.atomic():
        if not move(job, to=JobState.CANCELLED, claim=None, finished_at=timezone.now(), step=""):
            raise RuleBroken(f"“{job.title}” has just moved on. Look at it again before you cancel it.")
        record(verb="cancelled", by=by, target=job, changes={"state": (was, job.state)})
    return job


def _check(job: Job, by: Actor) -> None:
    if by is not None and not job.is_run_by(by):
        raise PermissionDenied("Only who asked for a job, and who keeps jobs running, may stop or restart it.")


def mark_seen(*, job: Job, by: User) -> None:
    """The requester has looked at how the job ended: it waits for them no longer."""
    if job.requested_by_id == by.pk and not job.is_live and job.seen_at is None:
        Job.objects.ended().filter(pk=job.pk, seen_at__isnull=True).update(seen_at=timezone.now())
