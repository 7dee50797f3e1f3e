"""Doing the work of a job: claim it, beat a heart, show progress, finish once."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.files import File
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone

from lscb.common.errors import RuleBroken
from lscb.jobs.models import Job, JobState
from lscb.trail.services import record

from .moving import move

log = structlog.get_logger(__name__)

BETWEEN_WRITES = 0.5
"""Seconds between two writes of progress within one step."""

UNEXPECTED = "Something went wrong that we did not expect, {attempts} times in a row. Nothing was changed by it."
DIED = "The machine that did this work stopped {attempts} times in a row. Nothing was changed by it."
TOO_LONG = "It took longer than {minutes} minutes and was stopped. Nothing was changed by it."


class LostClaim(Exception):
    """The job belongs to somebody else by now, or to nobody: stop, and write nothing."""


class Progress:
    """What the function that does the work holds of its job."""

    def __init__(self, job: Job, watch: Callable[[Job], None] | None = None) -> None:
        self.job = job
        self.finished = False
        self.lost = threading.Event()
        self._watch = watch
        self._written_at = 0.0

    def step(self, text: str, done: int | None = None, total: int | None = None) -> None:
        """Say what is being done, and how much of it: `done` of `total`; leave both out to keep them.

        Writes at once when `text` changes, else twice a second at most. Inside a transaction nobody would see it.
        Errors: LostClaim when the job was cancelled or taken over.
        """
        if self.lost.is_set():
            raise LostClaim
        total = self.job.progress_total if total is None else total
        done = min(self.job.progress_done if done is None else done, total)
        if text == self.job.step and done < total and time.monotonic() - self._written_at < BETWEEN_WRITES:
            return
        self.job.step, self.job.progress_done, self.job.progress_total = text[:150], done, total
        if not self._mine().update(
            step=self.job.step, progress_done=done, progress_total=total, heartbeat_at=timezone.now()
        ):
            raise LostClaim
        self._written_at = time.monotonic()
        self._tell()

    @contextmanager
    def finishing(self) -> Iterator[Job]:
        """The one transaction that writes the result and ends the job.

        Gives the locked row: set `result_url` and `result_label`, or `keep_file`, and write the records that came out.
        Whatever is written inside is undone when the claim is gone, so a job has its effect once however often it was
        started.
        Errors: LostClaim.
        """
        job: Job | None = None
        try:
            with transaction.atomic():
                job = self._mine().select_for_update().first()
                if job is None:
                    raise LostClaim
                yield job
                self._end(job)
        except BaseException:
            if job is not None and job.result.name:
                job.result.storage.delete(job.result.name)
            raise
        self.finished = True
        self.job = job
        self._tell()

    def _end(self, job: Job) -> None:
        job.state, job.claim, job.finished_at = JobState.DONE, None, timezone.now()
        job.progress_total = max(job.progress_total, 1)
        job.progress_done, job.step = job.progress_total, ""
        job.save()
        record(verb="finished", by=None, target=job)

    def _mine(self) -> Any:
        return Job.objects.filter(pk=self.job.pk, claim=self.job.claim, state=JobState.RUNNING)

    def _tell(self) -> None:
        if self._watch:
            self._watch(self.job)


def keep_file(job: Job, *, content: File[Any], name: str) -> None:
    """Keep a file as the result of a job, inside `finishing`. `name` is what a download is called."""
    job.result.save(name, content, save=False)
    job.result_name = name


class Heartbeat:
    """Beats for a claimed job in a thread of its own, on a database connection of its own."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        # Inside somebody's transaction nobody else sees the claim, so there is nobody to beat for.
        self._needed = not connection.in_atomic_block

    def __enter__(self) -> None:
        if self._needed:
            self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._needed:
            self._thread.join()

    def _beat(self) -> None:
        job = self._progress.job
        try:
            while not self._stop.wait(settings.JOB_HEARTBEAT.total_seconds()):
                try:
                    alive = self._progress._mine().update(heartbeat_at=timezone.now())
                except DatabaseError as error:  # a database that restarts: beat again when it is back
                    log.warning("job.heartbeat_missed", job=str(job.pk), error=type(error).__name__)
                    connection.close()
                    continue
                if not alive:
                    self._progress.lost.set()
                    return
        finally:
            connection.close()


def work(job_id: str | uuid.UUID, function: Callable[..., Any], *, watch: Callable[[Job], None] | None = None) -> Job:
    """Do a job: `function(progress=..., **arguments)`, in at most one place at a time, with one effect in all.

    Called by the task of the job; a message that comes twice, or for a job that is not waiting, does nothing.
    A refusal (RuleBroken) or the time limit fails the job with a sentence; any other error is tried again
    JOB_ATTEMPTS times. `watch` is called with the job at each step, for a command that shows progress.
    Returns the job as it is now.
    """
    job = _claim(job_id)
    if job is not None:
        _run(Progress(job, watch), function)
    return Job.objects.get(pk=job_id)


def _claim(job_id: str | uuid.UUID) -> Job | None:
    now = timezone.now()
    claim = uuid.uuid4()
    won = Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(
        state=JobState.RUNNING,
        claim=claim,
        attempts=F("attempts") + 1,
        started_at=now,
        heartbeat_at=now,
        progress_done=0,
        progress_total=0,
        step="",
    )
    return Job.objects.filter(pk=job_id, claim=claim).first() if won else None


def _run(progress: Progress, function: Callable[..., Any]) -> None:
    job = progress.job
    try:
        with Heartbeat(progress):
            function(progress=progress, **job.arguments)
            if not progress.finished:
                with progress.finishing():
                    pass
    except LostClaim:
        log.info("job.claim_lost", job=str(job.pk))
    except RuleBroken as refusal:
        fail(job, refusal.sentence)
    except SoftTimeLimitExceeded:
        fail(job, TOO_LONG.format(minutes=settings.CELERY_TASK_SOFT_TIME_LIMIT // 60))
    except Exception:
        log.exception("job.stumbled", job=str(job.pk), task=job.task, attempt=job.attempts)
        if not progress.finished:
            put_back_or_fail(job, UNEXPECTED)


def put_back_or_fail(job: Job, sentence: str, **where: Any) -> bool:
    """A try came to nothing: let the job wait for its next, or fail it after the last. Returns whether it was moved.

    The bell is not rung here: the sweeper does so a little later, when the cause may have passed.
    """
    if job.attempts >= settings.JOB_ATTEMPTS:
        return fail(job, sentence.format(attempts=job.attempts), **where)
    _renew_connection()
    return move(job, to=JobState.QUEUED, where=where, claim=None, rung_at=timezone.now(), step="")


def fail(job: Job, sentence: str, **where: Any) -> bool:
    """End a job with a sentence for people. Returns False when it was no longer ours to fail."""
    _renew_connection()
    with transaction.atomic():
        moved = move(
            job,
            to=JobState.FAILED,
            where=where,
            claim=None,
            finished_at=timezone.now(),
            failure=sentence[:500],
        )
        if moved:
            record(verb="failed", by=None, target=job, reason=job.failure)
    return moved


def _renew_connection() -> None:
    """The database may have restarted under the work. A connection inside somebody's transaction is theirs to end."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
