"""Drills with a real worker: whatever is killed, lost or repeated, a job finishes once, by itself."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest

from lscb.jobs.models import Job
from lscb.jobs.services import cancel, ring
from lscb.trail.models import Event
from tests.jobs.slow import ask, effects
from tests.plugins.worker import COMMITS, OwnRedis, Worker


def finished_once(worker: Worker, job: Job) -> None:
    worker.until_state(job, "done")
    time.sleep(1)
    assert effects() == 1
    assert Event.objects.of(job).filter(verb="finished").count() == 1
    assert job.result.read() == b"1 to 20"
    job.result.close()


def running(worker: Worker, job: Job) -> None:
    worker.until_state(job, "running")
    time.sleep(random.uniform(0, 1.5))


def test_a_job_runs_and_shows_its_progress(worker: Worker) -> None:
    worker.start()
    began = time.monotonic()
    job = ask()
    worker.until(lambda: Job.objects.filter(pk=job.pk, progress_done__gt=0), "No progress was seen", 10)
    assert time.monotonic() - began < 3
    finished_once(worker, job)
    assert (job.attempts, job.progress_done, job.progress_total, job.step) == (1, 20, 20, "")


def test_work_that_says_nothing_for_long_is_not_taken_for_dead(worker: Worker) -> None:
    """Its heart beats in a thread of its own; two sweepers look on meanwhile."""
    worker.start(concurrency=2)
    job = ask(seconds=5, steps=1)
    finished_once(worker, job)
    assert job.attempts == 1


def test_the_process_that_does_the_work_is_killed(worker: Worker) -> None:
    worker.start()
    job = ask()
    running(worker, job)
    worker.kill_child()
    finished_once(worker, job)
    assert job.attempts == 2


def test_the_whole_worker_is_killed_and_another_started(worker: Worker) -> None:
    worker.start()
    job = ask()
    running(worker, job)
    worker.kill()
    assert Job.objects.get(pk=job.pk).state == "running", "nobody has noticed yet"
    worker.start()
    finished_once(worker, job)
    assert job.attempts == 2


def test_an_orphan_and_its_successor_finish_the_job_once(worker: Worker) -> None:
    """The parent dies, its child may go on: whoever finishes first wins, the other writes nothing."""
    worker.start()
    job = ask()
    running(worker, job)
    worker.kill_parent()
    worker.start()
    finished_once(worker, job)


@pytest.mark.parametrize("worker", ["files"], indirect=True)
def test_without_the_sweeper_a_killed_job_stays_where_it_was(worker: Worker) -> None:
    """The guard taken out: this is what the drills above would show."""
    worker.start(sweeper=False)
    job = ask()
    running(worker, job)
    worker.kill()
    worker.start(sweeper=False)
    time.sleep(8)
    job.refresh_from_db()
    assert (job.state, effects()) == ("running", 0)


@pytest.mark.parametrize("worker", ["files"], indirect=True)
def test_after_three_deaths_it_fails_with_a_sentence(worker: Worker) -> None:
    worker.start()
    job = ask(seconds=30)
    for attempt in (1, 2, 3):
        worker.until(lambda n=attempt: Job.objects.filter(pk=job.pk, attempts=n, progress_done__gt=0), "Not tried")
        worker.kill_child()
    worker.until_state(job, "failed")
    assert job.failure == "The machine that did this work stopped 3 times in a row. Nothing was changed by it."
    assert effects() == 0


def test_the_same_message_five_times_runs_once(worker: Worker) -> None:
    worker.start(concurrency=2)
    job = ask(seconds=1)
    for _ in range(5):
        assert ring(job)
    finished_once(worker, job)
    assert job.attempts == 1


@pytest.mark.parametrize("worker", ["files"], indirect=True)
def test_a_job_whose_bell_nobody_heard_runs_all_the_same(worker: Worker) -> None:
    """The process died between commit and ring."""
    worker.start()
    job = ask(seconds=0.5, ring_now=False)
    finished_once(worker, job)


def test_a_cancelled_job_stops_and_leaves_nothing(worker: Worker) -> None:
    worker.start()
    job = ask(seconds=3)
    running(worker, job)
    job.refresh_from_db()
    cancel(job=job, by=None)
    time.sleep(4)
    job.refresh_from_db()
    assert (job.state, effects()) == ("cancelled", 0)


@pytest.mark.parametrize("sweeper", [True, False], ids=["", "and no sweeper"])
@pytest.mark.parametrize("worker", [pytest.param("redis", marks=COMMITS)], indirect=True)
def test_redis_is_emptied_while_jobs_wait(worker: Worker, own_redis: OwnRedis, sweeper: bool) -> None:
    jobs = [ask(mark=f"job {number}", seconds=0.2) for number in range(3)]
    assert own_redis.waiting() == 3
    own_redis.empty()
    assert own_redis.waiting() == 0
    worker.start(sweeper=sweeper)
    if sweeper:
        for number, job in enumerate(jobs):
            worker.until_state(job, "done")
            assert effects(f"job {number}") == 1
    else:
        time.sleep(6)
        assert set(Job.objects.values_list("state", flat=True)) == {"queued"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("broker", ["redis://127.0.0.1:1/0", "redis://10.255.255.1:6379/0"], ids=["gone", "silent"])
def test_a_broker_that_is_away_does_not_fail_the_request(
    broker: str, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 1}
    monkeypatch.setenv("CELERY_BROKER_URL", broker)
    began = time.monotonic()
    job = ask()
    assert time.monotonic() - began < 6
    job.refresh_from_db()
    assert (job.state, job.rung_at) == ("queued", None)
