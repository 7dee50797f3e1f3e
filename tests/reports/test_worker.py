"""A worker killed at any moment of a build costs nothing: the report is built once, by itself, within a minute."""

from __future__ import annotations

import time

import pytest

from lscb.jobs.models import Job
from lscb.reports import services
from lscb.reports.invariants import broken
from lscb.reports.models import AnnualReport, State
from lscb.trail.models import Event
from tests.plugins.demonstration import board_is_there
from tests.plugins.worker import COMMITS, KINDS, Worker

from .samples import AS_AT, YEAR

MOMENTS = ["Gathering", "Laying out", "Drawing"]
CASES = [
    pytest.param(moment, *kind.values, marks=kind.marks, id=f"{kind.id}-{moment}")
    for kind in KINDS
    for moment in (MOMENTS if "redis" in kind.values else MOMENTS[1:2])
]
"""Every moment on real servers; where there are none, one: the drills of `tests/jobs` show the rest on both."""


def ask_for_a_report(request: pytest.FixtureRequest) -> Job:
    board_is_there(request)
    report = services.start_report(year=YEAR, as_at=AS_AT, by=None)
    job = services.build_report(report=report, as_at=AS_AT, by=None).job
    assert job is not None
    return job


def wait_for(worker: Worker, job: Job, moment: str) -> None:
    worker.until(
        lambda: Job.objects.filter(pk=job.pk, step__startswith=moment).exists(), f"The build did not reach {moment}"
    )


@pytest.mark.parametrize("moment, worker", CASES, indirect=["worker"])
def test_a_worker_that_is_killed_costs_nothing(moment: str, worker: Worker, request: pytest.FixtureRequest) -> None:
    worker.start()
    job = ask_for_a_report(request)
    wait_for(worker, job, moment)
    worker.kill()
    assert AnnualReport.objects.get().life == State.BUILDING
    worker.start()
    worker.until_state(job, "done", 60)
    report = AnnualReport.objects.get()
    assert (report.life, job.attempts) == (State.READY, 2)
    assert Event.objects.of(report).filter(verb="built").count() == 1
    assert list(broken(AS_AT)) == []


@pytest.mark.parametrize("worker", [pytest.param("redis", marks=COMMITS)], indirect=True)
def test_without_the_sweeper_the_report_would_wait_for_ever(worker: Worker, request: pytest.FixtureRequest) -> None:
    """The guard taken out."""
    worker.start(sweeper=False)
    job = ask_for_a_report(request)
    wait_for(worker, job, "Laying out")
    worker.kill()
    worker.start(sweeper=False)
    time.sleep(8)
    assert AnnualReport.objects.get().life == State.BUILDING
