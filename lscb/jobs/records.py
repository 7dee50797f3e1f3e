"""How long e-mails and jobs are kept."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import TruncDate

from lscb.common.periods import LONDON
from lscb.common.records import Destroyed, Kept, Then, whole_rows

from .models import Email, EmailState, Job


def _emails() -> QuerySet[Any]:
    ended = Email.objects.filter(state__in=(EmailState.SENT, EmailState.FAILED))
    return ended.annotate(trigger_on=TruncDate("queued_at", tzinfo=LONDON))


def _jobs() -> QuerySet[Any]:
    return Job.objects.ended().annotate(trigger_on=TruncDate("finished_at", tzinfo=LONDON))


def destroy_jobs(keys: Collection[UUID]) -> Destroyed:
    """Rows and the files that came out; what a job made elsewhere stays."""
    went = Destroyed()
    for job in Job.objects.filter(pk__in=keys).exclude(result=""):
        with job.result.open("rb") as content:
            went.files.append(hashlib.file_digest(content, "sha256").hexdigest())
        transaction.on_commit(partial(job.result.storage.delete, str(job.result.name)))
    went.counts["jobs"] += len(keys)
    Job.objects.filter(pk__in=keys).delete()
    return went


KEPT = (
    Kept(
        slug="e-mails",
        title="E-mails",
        covers="To whom the portal wrote when, and under which subject; texts go when an e-mail is sent",
        trigger="the day it was written",
        months=12,
        then=Then.DESTROY,
        basis="Public task: to show that people were told. After a year nobody asks.",
        triggered=_emails,
        destroy=whole_rows(Email, "e-mails"),
        reference=lambda email: f"E-mail {email.pk}",
    ),
    Kept(
        slug="jobs",
        title="Background jobs",
        covers="What the portal made in the background, with the files that came out",
        trigger="the day it ended",
        months=12,
        then=Then.DESTROY,
        basis="Public task: to find out what went wrong. What was made is kept where it belongs.",
        triggered=_jobs,
        destroy=destroy_jobs,
        reference=lambda job: f"Job {job.pk}",
    ),
)
