"""What the workers do for the records room."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from lscb.jobs.services import work

from .services import destroying, taking_out


@shared_task(name=taking_out.TASK)
def take_out(job_id: str) -> None:
    work(job_id, taking_out.do_take_out)


@shared_task(name=destroying.TASK)
def destroy(job_id: str) -> None:
    work(job_id, destroying.do_destroy)


@shared_task(name="lscb.records.tasks.go_on")
def go_on() -> None:
    taking_out.remove_expired(now=timezone.now())
