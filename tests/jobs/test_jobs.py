"""A job's life: every move that is allowed, every one that is not, and what the database itself refuses."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from lscb.accounts.permissions import Permission
from lscb.accounts.roles import (
    AgencyLead,
    AgencyReader,
    BoardAnalyst,
    BoardManager,
    IndependentChair,
    TechnicalAdministrator,
)
from lscb.common.errors import RuleBroken
from lscb.common.storage import private_storage
from lscb.jobs.models import MOVES, Job, JobState
from lscb.jobs.services import LostClaim, Progress, cancel, mark_seen, retry, sweep, work
from lscb.jobs.services.moving import move
from lscb.jobs.services.running import keep_file
from lscb.jobs.waiting import waiting_for
from lscb.trail.models import Event
from tests.accounts.factories import person

from .factories import CancelledJobFactory, DoneJobFactory, FailedJobFactory, JobFactory, RunningJobFactory
from .slow import ask, do_slowly, effects

FACTORIES: dict[str, Any] = {
    JobState.QUEUED: JobFactory,
    JobState.RUNNING: RunningJobFactory,
    JobState.DONE: DoneJobFactory,
    JobState.FAILED: FailedJobFactory,
    JobState.CANCELLED: CancelledJobFactory,
}


def verbs(job: Job) -> list[str]:
    return list(Event.objects.of(job).order_by("number").values_list("verb", flat=True))


@pytest.fixture(autouse=True)
def _db(db: None) -> None:
    """All of these use the database."""


# ---- Asking --------------------------------------------------------------------------------------------------------


def test_a_second_click_finds_the_first_job() -> None:
    first = ask(unique_key="report 2016-17")
    assert ask(unique_key="report 2016-17") == first
    assert Job.objects.count() == 1


def test_the_database_itself_holds_one_live_job_per_key() -> None:
    JobFactory(unique_key="report")
    with pytest.raises(IntegrityError), transaction.atomic():
        RunningJobFactory(unique_key="report")
    DoneJobFactory(unique_key="report")


def test_a_job_that_ended_makes_room_for_the_next() -> None:
    DoneJobFactory(unique_key="report")
    assert ask(unique_key="report").state == "queued"


def test_the_bell_is_rung_when_the_transaction_commits_and_not_before(
    django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch, queue_of_files: None
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        job = ask()
    assert job.rung_at is None
    for callback in callbacks:
        callback()
    job.refresh_from_db()
    assert job.rung_at is not None


def test_a_write_that_is_undone_takes_its_job_along() -> None:
    def goes_wrong() -> None:
        with transaction.atomic():
            ask()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        goes_wrong()
    assert not Job.objects.exists()


# ---- Working -------------------------------------------------------------------------------------------------------


def test_work_finishes_with_result_and_trail() -> None:
    job = work(ask(seconds=0).pk, do_slowly)
    assert (job.state, job.percent, job.result_url, job.result_name) == ("done", 100, "/", "counted.txt")
    assert job.result.read() == b"1 to 20"
    job.result.close()
    assert verbs(job) == ["queued", "finished"]


def test_a_function_without_a_result_of_its_own_is_finished_for_it() -> None:
    assert work(JobFactory(arguments={}).pk, lambda *, progress: None).state == "done"


@pytest.mark.parametrize("state", set(JobState) - {JobState.QUEUED})
def test_a_message_for_a_job_that_does_not_wait_does_nothing(state: str) -> None:
    job = FACTORIES[state]()
    work(job.pk, do_slowly)
    assert effects() == 0


def test_a_refusal_fails_at_once_with_its_sentence() -> None:
    def refuses(*, progress: Progress) -> None:
        raise RuleBroken("Quarter 3 has no figures.")

    job = work(JobFactory(arguments={}).pk, refuses)
    assert (job.state, job.failure, job.attempts) == ("failed", "Quarter 3 has no figures.", 1)
    assert verbs(job) == ["failed"]


def test_an_unexpected_error_is_tried_three_times_and_never_shown() -> None:
    def stumbles(*, progress: Progress) -> None:
        raise ValueError("secret internals")

    job = JobFactory(arguments={})
    assert [work(job.pk, stumbles).state for _ in range(3)] == ["queued", "queued", "failed"]
    job.refresh_from_db()
    assert "secret" not in job.failure
    assert "3 times" in job.failure


def test_the_time_limit_fails_with_a_sentence() -> None:
    def takes_for_ever(*, progress: Progress) -> None:
        raise SoftTimeLimitExceeded

    assert work(JobFactory(arguments={}).pk, takes_for_ever).failure.startswith("It took longer than 10 minutes")


def test_progress_is_written_at_once_for_a_new_step_and_seldom_within_one(django_assert_max_num_queries: Any) -> None:
    def counts(*, progress: Progress) -> None:
        with django_assert_max_num_queries(2):
            for number in range(1000):
                progress.step("Counting", number, 1000)
        assert Job.objects.get().step == "Counting"

    assert work(JobFactory(arguments={}).pk, counts).state == "done"


def test_a_command_can_watch() -> None:
    seen: list[tuple[str, int | None]] = []
    work(ask(seconds=0).pk, do_slowly, watch=lambda job: seen.append((job.step, job.percent)))
    assert (seen[0], seen[-1]) == (("Counting 1", 5), ("", 100))


# ---- Fencing: who lost the claim writes nothing --------------------------------------------------------------------


def put_back_by_the_sweeper(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - dt.timedelta(minutes=1))
    sweep(now=timezone.now())


def cancelled_by_somebody(job: Job) -> None:
    cancel(job=Job.objects.get(pk=job.pk), by=None)


@pytest.mark.parametrize("happens", [put_back_by_the_sweeper, cancelled_by_somebody])
def test_a_worker_that_lost_its_claim_cannot_finish(happens: Callable[[Job], None], queue_of_files: None) -> None:
    def is_overtaken(*, progress: Progress) -> None:
        happens(progress.job)
        with pytest.raises(LostClaim):
            progress.step("Going on")
        with progress.finishing() as job:
            Event.objects.create(number=99, at=timezone.now(), verb="must not be", digest="")
            job.result_url = "/"

    job = work(JobFactory(arguments={}).pk, is_overtaken)
    assert job.state in ("queued", "cancelled")
    assert not Event.objects.filter(verb="must not be").exists()


def test_a_result_that_cannot_be_recorded_leaves_no_file(settings: Any) -> None:
    def breaks(*, progress: Progress) -> None:
        with progress.finishing() as job:
            keep_file(job, content=ContentFile(b"half"), name="half.pdf")
            raise OSError("No space left on device")

    work(JobFactory(arguments={}).pk, breaks)
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []


# ---- Sweeping ------------------------------------------------------------------------------------------------------


def test_a_beating_heart_is_left_alone(queue_of_files: None) -> None:
    job = RunningJobFactory()
    sweep(now=timezone.now())
    job.refresh_from_db()
    assert job.state == "running"


def test_a_silent_heart_is_put_back_and_after_the_third_time_failed(queue_of_files: None) -> None:
    silent = timezone.now() - dt.timedelta(minutes=1)
    once, thrice = RunningJobFactory(heartbeat_at=silent), RunningJobFactory(heartbeat_at=silent, attempts=3)
    sweep(now=timezone.now())
    once.refresh_from_db()
    thrice.refresh_from_db()
    assert (once.state, thrice.state) == ("queued", "failed")
    assert thrice.failure.startswith("The machine that did this work stopped 3 times")


def test_a_heart_that_beats_after_all_is_not_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the sweeper's look and its move."""
    job = RunningJobFactory(heartbeat_at=timezone.now() - dt.timedelta(minutes=1))
    stale = Job.objects.get(pk=job.pk)
    Job.objects.update(heartbeat_at=timezone.now())
    assert not move(stale, to=JobState.QUEUED, where={"heartbeat_at": stale.heartbeat_at}, claim=None)


# ---- Moves ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", JobState)
@pytest.mark.parametrize("state", JobState)
def test_only_moves_of_the_table_are_made(state: str, to: JobState) -> None:
    job = FACTORIES[state]()
    values: dict[str, Any] = {"claim": None, "finished_at": None, "failure": ""}
    if to == JobState.RUNNING:
        values |= {"claim": uuid.uuid4(), "started_at": timezone.now(), "heartbeat_at": timezone.now()}
    if to in (JobState.DONE, JobState.FAILED, JobState.CANCELLED):
        values["finished_at"] = timezone.now()
    if to == JobState.FAILED:
        values["failure"] = "It failed."
    if to in MOVES[state]:
        assert move(job, to=to, **values)
    else:
        with pytest.raises(ValueError, match="cannot become"):
            move(job, to=to, **values)


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "running"},
        {"state": "done"},
        {"state": "failed", "finished_at": timezone.now()},
        {"failure": "It failed."},
        {"claim": uuid.uuid4()},
        {"progress_done": 2, "progress_total": 1},
        {"state": "lost"},
        {"result_name": "report.pdf"},
    ],
    ids=lambda wrong: " and ".join(wrong),
)
def test_the_database_refuses_what_must_not_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        JobFactory(**wrong)


# ---- People --------------------------------------------------------------------------------------------------------


def test_whoever_asked_may_start_it_again_and_cancel_it() -> None:
    analyst = person(BoardAnalyst)
    job = FailedJobFactory(requested_by=analyst, attempts=3)
    retry(job=job, by=analyst)
    assert (job.state, job.attempts, job.failure) == ("queued", 0, "")
    cancel(job=job, by=analyst)
    assert verbs(job) == ["started again", "cancelled"]


def test_somebody_else_may_not() -> None:
    chair = person(IndependentChair)
    with pytest.raises(PermissionDenied):
        retry(job=FailedJobFactory(), by=chair)
    with pytest.raises(PermissionDenied):
        cancel(job=JobFactory(), by=chair)


@pytest.mark.parametrize("state", ["queued", "running", "done"])
def test_only_what_failed_or_was_cancelled_starts_again(state: str) -> None:
    with pytest.raises(RuleBroken, match="cannot be started again"):
        retry(job=FACTORIES[state](), by=None)


def test_starting_again_twice_is_refused_the_second_time() -> None:
    job = FailedJobFactory()
    same = Job.objects.get(pk=job.pk)
    retry(job=job, by=None)
    with pytest.raises(RuleBroken, match="already started again"):
        retry(job=same, by=None)


def test_starting_again_beside_a_live_one_is_refused() -> None:
    failed = FailedJobFactory(unique_key="report")
    JobFactory(unique_key="report")
    with pytest.raises(RuleBroken, match="already started again"):
        retry(job=failed, by=None)


def test_a_job_that_ended_cannot_be_cancelled() -> None:
    with pytest.raises(RuleBroken, match="cannot be cancelled"):
        cancel(job=DoneJobFactory(), by=None)


def test_who_sees_which_jobs() -> None:
    analyst, lead, reader = person(BoardAnalyst), person(AgencyLead), person(AgencyReader)
    own = JobFactory(requested_by=lead)
    of_the_report = JobFactory(permission=Permission.BUILD_REPORT)
    of_an_agency = JobFactory(permission=Permission.READ_OWN_RETURNS)
    of_nobody = JobFactory()
    assert set(Job.objects.visible_to(lead)) == {own}, "a right for one agency is none for the whole board"
    assert set(Job.objects.visible_to(analyst)) == {of_the_report}
    assert set(Job.objects.visible_to(reader)) == set()
    for keeper in (person(BoardManager), person(TechnicalAdministrator)):
        assert set(Job.objects.visible_to(keeper)) == {own, of_the_report, of_an_agency, of_nobody}


def test_keeping_jobs_running_is_no_right_to_their_results() -> None:
    job = DoneJobFactory(permission=Permission.BUILD_REPORT)
    assert job.result_is_for(person(BoardAnalyst))
    assert not job.result_is_for(person(TechnicalAdministrator))


def test_a_finished_job_waits_for_who_asked_until_they_looked() -> None:
    analyst = person(BoardAnalyst)
    done = DoneJobFactory(requested_by=analyst)
    FailedJobFactory(requested_by=analyst)
    JobFactory(requested_by=analyst)
    DoneJobFactory(requested_by=analyst, finished_at=timezone.now() - dt.timedelta(days=3))
    DoneJobFactory()
    today = timezone.localdate()
    assert sorted((waiting.tag, waiting.tone) for waiting in waiting_for(analyst, today)) == [
        ("failed", "red"),
        ("ready", "green"),
    ]
    mark_seen(job=done, by=person(BoardManager))
    assert len(waiting_for(analyst, today)) == 2, "somebody else has looked"
    mark_seen(job=done, by=analyst)
    assert [waiting.tag for waiting in waiting_for(analyst, today)] == ["failed"]


# ---- Files ---------------------------------------------------------------------------------------------------------


def test_a_private_file_is_whole_or_not_there(settings: Any) -> None:
    class FullDisk(ContentFile):  # type: ignore[type-arg]
        def chunks(self, chunk_size: int | None = None) -> Any:
            yield b"half"
            raise OSError("No space left on device")

    with pytest.raises(OSError, match="space"):
        private_storage().save("jobs/ab/abc", FullDisk(b""))
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []


def test_a_private_file_is_for_the_portal_alone(settings: Any) -> None:
    storage = private_storage()
    name = storage.save("jobs/ab/abc", ContentFile(b"whole"))
    path = settings.MEDIA_ROOT / name
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    with pytest.raises(ValueError, match="no address"):
        storage.url(name)


# ---- Races ---------------------------------------------------------------------------------------------------------


@pytest.mark.needs_postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", ["report", ""], ids=["guarded", "guard taken out"])
def test_ten_clicks_at_once_make_one_job(key: str, transactional_db: None, queue_of_files: None) -> None:
    ready = threading.Barrier(10)

    def click() -> None:
        try:
            ready.wait()
            ask(unique_key=key)
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(10)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    assert Job.objects.count() == (1 if key else 10)
