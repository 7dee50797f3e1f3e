"""Comments on an edition while it is in review: said by a reader, settled by who writes."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from lscb.accounts.models import Actor
from lscb.accounts.permissions import Permission
from lscb.common.errors import RuleBroken
from lscb.reports.chapters import part
from lscb.reports.models import AnnualReport, ReportComment, State
from lscb.trail.services import record

from .base import locked, require


@transaction.atomic
def comment_on_chapter(*, report: AnnualReport, chapter: str, text: str, by: Actor, at: dt.datetime) -> ReportComment:
    """What a reader says about a chapter (its slug) of an edition that is ready to approve.

    Raises RuleBroken for another state, an unknown chapter or an empty text.
    """
    require(by, Permission.BUILD_REPORT, Permission.APPROVE_REPORT)
    report = locked(report)
    if report.life != State.READY:
        raise RuleBroken(f"This report is {report.life.label.lower()}, so it is not in review.")
    if part(chapter) is None:
        raise RuleBroken("The report has no such chapter.")
    if not text.strip():
        raise RuleBroken("Enter your comment.", field="text")
    comment = ReportComment(report=report, chapter=chapter, text=text.strip(), by=by, at=at)
    comment.save(force_insert=True)
    record(verb="commented", by=by, target=report, changes={"chapter": (None, chapter)})
    return comment


@transaction.atomic
def settle_comment(*, comment: ReportComment, by: Actor, at: dt.datetime) -> ReportComment:
    """Say that a comment is dealt with. Settling it again changes nothing."""
    require(by, Permission.BUILD_REPORT, Permission.APPROVE_REPORT)
    comment = ReportComment.objects.select_for_update(of=("self",)).select_related("report").get(pk=comment.pk)
    if comment.settled_at is None:
        comment.settled_at, comment.settled_by = at, by
        comment.save(update_fields=["settled_at", "settled_by"])
        record(verb="settled a comment", by=by, target=comment.report, changes={"chapter": (None, comment.chapter)})
    return comment
