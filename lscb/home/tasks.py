"""What the worker does on the beat for people's first pages, and about the portal itself."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from lscb.jobs.services import on_the_portal_only, work

from . import checking, digest


@shared_task(name="lscb.home.tasks.send_digests")
@on_the_portal_only
def send_digests() -> None:
    digest.send_digests(today=timezone.localdate())


@shared_task(name="lscb.home.tasks.check_data")
def check_data() -> None:
    checking.ask_for_check(by=None)


@shared_task(name=checking.TASK)
def do_check_data(job_id: str) -> None:
    work(job_id, checking.do_check)
