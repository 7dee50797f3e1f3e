"""Work that takes its time, for tests that kill whoever does it."""

from __future__ import annotations

import time
import uuid
from typing import Any

from celery import shared_task
from django.core.files.base import ContentFile

from lscb.jobs.models import Email, Job
from lscb.jobs.services import Progress, enqueue, queue_email, work
from lscb.jobs.services.running import keep_file


@shared_task(name="tests.jobs.slow.slow")
def slow(job_id: str) -> None:
    work(job_id, do_slowly)


def do_slowly(*, progress: Progress, mark: str, seconds: float, steps: int = 20) -> None:
    """Leaves one row behind (an e-mail named after `mark`) and a file."""
    for number in range(1, steps + 1):
        time.sleep(seconds / steps)
        progress.step(f"Counting {number}", number, steps)
    with progress.finishing() as job:
        queue_email(unique_key=f"{mark} {uuid.uuid4()}", to="someone@example.org", subject="Counted", body=mark)
        keep_file(job, content=ContentFile(b"1 to 20"), name="counted.txt")
        job.result_url = "/"


def ask(mark: str = "one", seconds: float = 2, steps: int = 20, **more: Any) -> Job:
    return enqueue(
        task="tests.jobs.slow.slow",
        title="Count slowly",
        arguments={"mark": mark, "seconds": seconds, "steps": steps},
        by=None,
        **more,
    )


def effects(mark: str = "one") -> int:
    return Email.objects.filter(unique_key__startswith=f"{mark} ").count()
