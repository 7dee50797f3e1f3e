"""What of the annual report waits for a person."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.common.waiting import Waiting

from .models import AnnualReport, State


def waiting_for(user: User, today: dt.date) -> list[Waiting]:
    """Reports to approve, for who may; reports that could not be built, for who builds them. One query."""
    approves, builds = user.may(Permission.APPROVE_REPORT), user.may(Permission.BUILD_REPORT)
    if not (approves or builds):
        return []
    waiting = []
    for report in AnnualReport.objects.visible_to(user).open().select_related("job"):
        if report.life == State.READY and approves and report.built_by_id != user.pk:
            waiting.append(_to_approve(report))
        elif report.life == State.FAILED and builds:
            waiting.append(_not_built(report))
    return waiting


def _to_approve(report: AnnualReport) -> Waiting:
    return Waiting(
        f"Approve the annual report {report.year}",
        reverse("reports:report_preview", args=[report.pk]),
        f"Edition {report.number}, {report.pages} pages. Read it, then approve it.",
        "to approve",
        "amber",
    )


def _not_built(report: AnnualReport) -> Waiting:
    return Waiting(
        f"Annual report {report.year} was not built",
        reverse("reports:report_detail", args=[report.pk]),
        report.job.failure if report.job else "",
        "not built",
        "red",
    )
