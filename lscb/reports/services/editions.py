"""The life of an edition until it is approved: started, built, approved, downloaded."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from lscb.accounts.models import Actor, User
from lscb.accounts.permissions import Permission
from lscb.common.errors import RuleBroken
from lscb.common.periods import FinancialYear
from lscb.jobs.services import enqueue
from lscb.reports import content as contents
from lscb.reports.models import MOVES, AnnualReport, State
from lscb.trail.services import record

from .base import locked, require

BUILD_TASK = "lscb.reports.tasks.build"
PRINT_TASK = "lscb.reports.tasks.print_approved"


def start_report(*, year: FinancialYear, as_at: dt.date, by: Actor) -> AnnualReport:
    """Open the next edition of the report of `year`. A year has one open edition at most."""
    require(by, Permission.BUILD_REPORT)
    _check_as_at(year, as_at)
    with transaction.atomic():
        last = AnnualReport.objects.of_year(year).aggregate(last=Max("number"))["last"] or 0
        report = AnnualReport(year=year, number=last + 1, as_at=as_at)
        try:
            with transaction.atomic():
                report.save(force_insert=True)
        except IntegrityError:
            raise RuleBroken(
                f"The report of {year} is being worked on already. Go on with that edition.", field="year"
            ) from None
        record(verb="started", by=by, target=report)
    return report


def build_report(*, report: AnnualReport, as_at: dt.date, by: Actor, ring_now: bool = True) -> AnnualReport:
    """Have a job gather, lay out and print the edition, with the figures as at `as_at`.

    Asking twice while it is being built changes nothing. Raises RuleBroken for an approved edition.
    """
    require(by, Permission.BUILD_REPORT)
    _check_as_at(report.year, as_at)
    with transaction.atomic():
        report = locked(report)
        if report.life == State.BUILDING:
            return report
        _check_move(report, State.BUILDING, "An approved report is never built again. Start the next edition.")
        was = report.life
        report.job = enqueue(
            task=BUILD_TASK,
            title=f"Build the {str(report).lower()}",
            arguments={"report": str(report.pk)},
            by=by,
            permission=Permission.APPROVE_REPORT,
            unique_key=f"report {report.pk}",
            ring_now=ring_now,
        )
        report.state, report.as_at, report.built_by = State.BUILDING, as_at, by
        report.save()
        record(verb="asked to build", by=by, target=report, changes={"state": (was, State.BUILDING)})
    return report


def approve_report(*, report: AnnualReport, content_digest: str, by: User, ring_now: bool = True) -> AnnualReport:
    """The second person agrees to what `content_digest` names: exactly the content they have read.

    It freezes the edition. A job then prints the PDF with the approval on its cover.
    Raises RuleBroken for who built it, for another state, and when it was built again in the meantime.
    """
    require(by, Permission.APPROVE_REPORT)
    with transaction.atomic():
        report = locked(report)
        _check_move(report, State.APPROVED, f"This report is {report.life.label.lower()}, so it cannot be approved.")
        if report.built_by_id == by.pk:
            raise RuleBroken("You built this report, so somebody else must approve it.")
        if report.content_digest != content_digest or contents.digest(report.content) != content_digest:
            raise RuleBroken("The report was built again since you opened it. Read it once more, then approve it.")
        report.state, report.approved_by, report.approved_at = State.APPROVED, by, timezone.now()
        report.job = enqueue(
            task=PRINT_TASK,
            title=f"Print the approved {str(report).lower()}",
            arguments={"report": str(report.pk)},
            by=by,
            permission=Permission.BUILD_REPORT,
            unique_key=f"report {report.pk}",
            ring_now=ring_now,
        )
        report.save()
        record(
            verb="approved",
            by=by,
            target=report,
            changes={"state": (State.READY, State.APPROVED)},
            reason=f"Content {report.content_digest}.",
        )
    return report


def record_download(*, report: AnnualReport, by: User) -> None:
    with transaction.atomic():
        record(verb="downloaded", by=by, target=report)


def _check_move(report: AnnualReport, to: State, sentence: str) -> None:
    if to not in MOVES[report.life]:
        raise RuleBroken(sentence)


def _check_as_at(year: FinancialYear, as_at: dt.date) -> None:
    if as_at < year.first_day:
        raise RuleBroken(f"The figures of {year} begin on 1 April {year.start}. Choose a later day.", field="as_at")
