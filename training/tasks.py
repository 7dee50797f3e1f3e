"""What the workers do on the beat."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from .services import beat


@shared_task(name="training.tasks.go_on")
def go_on() -> None:
    beat.go_on(timezone.now())
