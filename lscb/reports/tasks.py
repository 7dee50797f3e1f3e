"""What the workers do for the annual report."""

from __future__ import annotations

from celery import shared_task

from lscb.jobs.services import work

from . import services


@shared_task(name=services.BUILD_TASK)
def build(job_id: str) -> None:
    work(job_id, services.do_build)


@shared_task(name=services.PRINT_TASK)
def print_approved(job_id: str) -> None:
    work(job_id, services.do_print_approved)
