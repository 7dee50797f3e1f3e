"""Compiling a quarter into an edition: numbered, frozen, with its hash."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from dataset.document import Step, compile_document, digest
from dataset.models import Edition, Status
from lscb.accounts.models import Actor, User
from lscb.accounts.permissions import Permission
from lscb.common.errors import RuleBroken
from lscb.common.periods import Quarter, local_date
from lscb.jobs.models import Job
from lscb.jobs.services import Progress, enqueue
from lscb.trail.services import record

from .defining import must_manage

TASK = "dataset.tasks.compile_dataset"


def ask_for_edition(*, quarter: Quarter, status: str, as_at: dt.datetime | None = None, by: Actor) -> Job:
    """Put the compilation of a quarter into the queue; while one of the quarter waits or runs, that one is returned."""
    must_manage(by)
    as_at = as_at or timezone.now()
    _check(quarter, as_at)
    return enqueue(
        task=TASK,
        title=f"Compile the dataset {quarter.label}",
        arguments={
            "quarter": str(quarter),
            "status": Status(status).value,
            "as_at": as_at.isoformat(),
            "by": str(by.pk) if by else None,
        },
        by=by,
        permission=Permission.READ_DATASET,
        unique_key=f"dataset {quarter}",
    )


def do_compile(progress: Progress, *, quarter: str, status: str, as_at: str, by: str | None) -> None:
    """What the job does. The edition is written in the transaction that ends the job: one job, one edition."""
    person = User.objects.get(pk=UUID(by)) if by else None
    if person and not person.may(Permission.MANAGE_DATASET):
        raise RuleBroken("Whoever asked for this edition may not compile the dataset any more.")
    moment = dt.datetime.fromisoformat(as_at)
    content = _compile(Quarter.parse(quarter), moment, status, progress.step)
    with progress.finishing() as job:
        edition = _freeze(Quarter.parse(quarter), moment, status, content, person)
        job.result_url, job.result_label = edition.get_absolute_url(), "Open the scorecard"


def compile_edition(
    *,
    quarter: Quarter,
    as_at: dt.datetime | None = None,
    status: str = Status.FINAL,
    by: Actor,
    progress: Step | None = None,
) -> Edition:
    """Compile everything known at `as_at` (now, when left out) into the next edition of `quarter`, here and now.

    The same quarter as at the same moment gives the same bytes, whatever was learned or said of an indicator since.
    `progress` is told text, done and total.
    """
    must_manage(by)
    as_at = as_at or timezone.now()
    content = _compile(quarter, as_at, status, progress)
    with transaction.atomic():
        return _freeze(quarter, as_at, status, content, by)


def _compile(quarter: Quarter, as_at: dt.datetime, status: str, step: Step | None) -> dict[str, Any]:
    _check(quarter, as_at)
    content = compile_document(quarter=quarter, as_at=as_at, status=status, step=step)
    if not content["rows"]:
        raise RuleBroken("There are no indicators in this quarter. Define indicators first.", field="quarter")
    return content


def _freeze(quarter: Quarter, as_at: dt.datetime, status: str, content: dict[str, Any], by: Actor) -> Edition:
    last = Edition.objects.of_quarter(quarter).order_by("-number").first()
    edition = Edition(
        quarter=quarter,
        number=last.number + 1 if last else 1,
        as_at=as_at,
        status=Status(status),
        content=content,
        digest=digest(content),
        compiled_at=timezone.now(),
        compiled_by=by,
    )
    try:
        with transaction.atomic():
            edition.save()
    except IntegrityError as error:
        raise RuleBroken("Somebody compiled this quarter at the very same moment. Compile again.") from error
    record(verb="compiled", by=by, target=edition, changes={"digest": (None, edition.digest)})
    return edition


def _check(quarter: Quarter, as_at: dt.datetime) -> None:
    if as_at > timezone.now():
        raise RuleBroken(
            "What will be known in the future cannot be compiled. Choose a day that is over.", field="as_at"
        )
    if local_date(as_at) <= quarter.last_day:
        ends = f"{quarter.last_day.day} {quarter.months[2].label}"
        raise RuleBroken(f"{quarter.label} ends on {ends}. Compile it after that day.", field="quarter")


@transaction.atomic
def note_export(*, edition: Edition, format: str, rows: int, by: User) -> None:
    """Put onto the trail that an edition left the portal as a file."""
    record(verb=f"exported as {format.upper()}", by=by, target=edition, changes={"rows": (None, rows)})


@transaction.atomic
def note_list_export(*, what: str, format: str, rows: int, by: User) -> None:
    """Put onto the trail that a list left the portal as a file."""
    record(verb=f"exported {rows} {what} as {format.upper()}", by=by)
