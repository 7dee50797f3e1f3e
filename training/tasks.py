"""What the workers do on the beat."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from lscb.jobs.services import on_the_portal_only

from .services import beat


@shared_task(name="training.tasks.go_on")
@on_the_portal_only
def go_on() -> None:
    beat.go_on(timezone.now())
