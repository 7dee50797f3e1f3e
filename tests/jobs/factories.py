"""Jobs in each state of their life."""

from __future__ import annotations

import uuid

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from lscb.jobs.models import Email, Job


class JobFactory(DjangoModelFactory[Job]):
    """Waiting for a worker."""

    class Meta:
        model = Job

    title = factory.Sequence(lambda n: f"Compile quarter {n}")
    task = "tests.jobs.slow.slow"
    arguments = factory.LazyFunction(lambda: {"mark": "one", "seconds": 0})


class RunningJobFactory(JobFactory):
    state = "running"
    attempts = 1
    claim = factory.LazyFunction(uuid.uuid4)
    started_at = factory.LazyFunction(timezone.now)
    heartbeat_at = factory.LazyFunction(timezone.now)
    progress_done = 3
    progress_total = 8
    step = "Drawing charts"


class DoneJobFactory(JobFactory):
    state = "done"
    attempts = 1
    finished_at = factory.LazyFunction(timezone.now)
    result_url = "/report/"


class FailedJobFactory(DoneJobFactory):
    state = "failed"
    failure = "The figures of Quarter 3 are missing."
    result_url = ""


class CancelledJobFactory(DoneJobFactory):
    state = "cancelled"
    result_url = ""


class EmailFactory(DjangoModelFactory[Email]):
    """Waiting to be sent."""

    class Meta:
        model = Email

    unique_key = factory.Sequence(lambda n: f"occasion {n}")
    to = factory.Sequence(lambda n: f"person{n}@example.org")
    subject = "An action is due"
    body = "See https://portal.example.org/secret-link/"
