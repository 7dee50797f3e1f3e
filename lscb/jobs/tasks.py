"""What the workers do on the beat."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from . import services


@shared_task(name="lscb.jobs.tasks.sweep")
def sweep() -> None:
    services.sweep(now=timezone.now())


@shared_task(name="lscb.jobs.tasks.send_emails")
def send_emails() -> None:
    services.send_due_emails(now=timezone.now())
