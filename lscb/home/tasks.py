"""What the worker does on the beat for people's first pages."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from . import digest


@shared_task(name="lscb.home.tasks.send_digests")
def send_digests() -> None:
    digest.send_digests(today=timezone.localdate())
