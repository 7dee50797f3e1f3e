"""Long work of the dataset."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from lscb.jobs.services import on_the_portal_only, work

from .services import do_compile, remind_who_is_due
from .services.editions import TASK


@shared_task(name=TASK)
def compile_dataset(job_id: str) -> None:
    work(job_id, do_compile)


@shared_task
@on_the_portal_only
def remind_of_figures() -> None:
    remind_who_is_due(at=timezone.now())
