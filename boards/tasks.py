"""What the clock does for the board."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from lscb.jobs.services import on_the_portal_only

from .challenges.telling import remind_of_challenges


@shared_task(name="boards.tasks.remind")
@on_the_portal_only
def remind() -> None:
    remind_of_challenges(today=timezone.localdate())
