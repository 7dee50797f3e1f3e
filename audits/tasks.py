"""What the portal does by itself about returns."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from lscb.jobs.services import on_the_portal_only

from .rounds.services import send_reminders


@shared_task(name="audits.tasks.remind_of_returns")
@on_the_portal_only
def remind_of_returns() -> None:
    send_reminders(at=timezone.now())
