"""What becomes of an approved edition: published, withdrawn, corrected beside. The edition itself never changes."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from lscb.accounts.models import Actor, User
from lscb.accounts.permissions import Permission
from lscb.common.errors import RuleBroken
from lscb.reports.content import from_json
from lscb.reports.models import AnnualReport, Correction, Publication
from lscb.reports.moves import MovedFact
from lscb.trail.services import record

from .base import locked, require


@transaction.atomic
def publish_report(*, report: AnnualReport, by: Actor, at: dt.datetime) -> Publication:
    """Let the public read an approved edition, from now on. Publishing it again changes nothing.

    Raises RuleBroken for one that is not approved and printed, or that was withdrawn.
    """
    require(by, Permission.BUILD_REPORT)
    report = locked(report)
    if not report.is_frozen:
        raise RuleBroken("Only an approved report is published. Ask the chair to approve it first.")
    there = Publication.objects.filter(report=report).first()
    if there is not None and there.withdrawn_at:
        raise RuleBroken("This edition was withdrawn. Build and approve the next edition, then publish that.")
    if there is not None:
        return there
    publication = Publication(report=report, published_at=at, published_by=by)
    publication.save(force_insert=True)
    record(verb="published", by=by, target=report)
    return publication


@transaction.atomic
def withdraw_report(*, report: AnnualReport, reason: str, by: User, at: dt.datetime) -> Publication:
    """Take a published edition off the public pages. The board keeps it; the reason is on the trail."""
    require(by, Permission.BUILD_REPORT)
    report = locked(report)
    publication = Publication.objects.filter(report=report, withdrawn_at=None).first()
    if publication is None:
        raise RuleBroken("The public cannot read this edition, so there is nothing to withdraw.")
    if not reason.strip():
        raise RuleBroken("Enter why it is withdrawn.", field="reason")
    publication.withdrawn_at, publication.withdrawn_by = at, by
    publication.withdrawn_because = reason.strip()
    publication.save()
    record(verb="withdrew from the public", by=by, target=report, reason=reason.strip())
    return publication


@transaction.atomic
def note_correction(*, report: AnnualReport, moved: MovedFact, sentence: str, by: Actor, at: dt.datetime) -> Correction:
    """Say beside an approved edition that a printed figure has moved since, and why, in words for the public.

    Raises RuleBroken when the edition is not approved, prints no such figure, or has this very notice already.
    """
    require(by, Permission.BUILD_REPORT)
    report = locked(report)
    if not report.is_frozen:
        raise RuleBroken("A report that is not approved yet is built again instead.")
    printed = dict(from_json(report.content).facts()).get(moved.name)
    if printed is None or printed.shown != moved.was:
        raise RuleBroken("The report does not print this figure. Open the page again.")
    if not sentence.strip():
        raise RuleBroken("Enter why the figure moved.", field="sentence")
    notice = Correction(
        report=report,
        fact=moved.name,
        label=printed.label,
        was=printed.shown,
        now=moved.now,
        sentence=sentence.strip(),
        noted_at=at,
        noted_by=by,
    )
    try:
        with transaction.atomic():
            notice.save(force_insert=True)
    except IntegrityError:
        raise RuleBroken("This figure has a correction notice already.") from None
    record(verb="noted a correction", by=by, target=report, changes={moved.name: (printed.shown, moved.now)})
    return notice
