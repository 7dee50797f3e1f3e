"""What of the case reviews waits for a person. Titles say the reference, never the code name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse

from lscb.accounts.models import User
from lscb.common.waiting import Waiting

from .access import MANAGE, may_release
from .models import Briefing, BriefingConfirmation, CaseReview, PublishedReview, Stage
from .querysets import READ, TEACHES

DECIDED_WITHIN = dt.timedelta(days=28)
"""The board decides within a month of the referral (Working Together 2015, chapter 4)."""
MOST = 5


def waiting_for(user: User, today: dt.date) -> list[Waiting]:
    """For who runs reviews: decisions, late reports. For a second person: releases. For an agency: briefings."""
    waiting = [*_briefings(user), *_panels(user)]
    if user.for_whole_board(MANAGE):
        waiting += [*_decisions(user, today), *_late_reports(user, today)]
    if user.for_whole_board(READ):
        waiting += _releases(user)
    return waiting


def _decisions(user: User, today: dt.date) -> Iterator[Waiting]:
    undecided = CaseReview.objects.visible_to(user).filter(stage__in=(Stage.REFERRED, Stage.CONSIDERED))
    for review in undecided.order_by("referred_on"):
        due = review.referred_on + DECIDED_WITHIN
        late = today > due
        yield Waiting(
            title=f"Decide on {review.reference.lower()}",
            url=reverse("casereviews:decide", args=[review.pk]),
            sentence="A review was asked for and is not decided yet",
            tag=_late(today - due) if late else f"due {due.day} {due:%B}",
            tone="red" if late else "amber",
            due=due,
        )


def _late_reports(user: User, today: dt.date) -> Iterator[Waiting]:
    before_report = (Stage.AGREED, Stage.PANEL, Stage.FIELDWORK, Stage.DRAFTING)
    late = CaseReview.objects.visible_to(user).filter(report_expected__lt=today, stage__in=before_report)
    for review in late.order_by("report_expected"):
        expected = review.report_expected or today
        yield Waiting(
            title=f"Report of {review.reference.lower()}",
            url=review.get_absolute_url(),
            sentence="The report is late. Record its stage, or when it is expected now",
            tag=_late(today - expected),
            tone="red",
            due=expected,
        )


def _releases(user: User) -> Iterator[Waiting]:
    reviews = CaseReview.objects.visible_to(user)
    waiting = PublishedReview.objects.waiting().filter(review__in=reviews).exclude(proposed_by=user)
    for proposed in waiting.select_related("review"):
        if may_release(user, proposed.review):
            yield Waiting(
                title=f"Release the publication of {proposed.review.reference.lower()}",
                url=reverse("casereviews:release", args=[proposed.review_id, proposed.pk]),
                sentence="Somebody proposed it. A second person reads it and releases it",
                tag="to release",
                tone="amber",
            )


def _briefings(user: User) -> Iterator[Waiting]:
    own = user.agencies_where(TEACHES)
    if not own:
        return
    confirmed = BriefingConfirmation.objects.filter(agency__in=own).values("briefing")
    shared = Briefing.objects.visible_to(user).filter(shared_on__isnull=False).exclude(pk__in=confirmed)
    for briefing in shared.order_by("shared_on")[:MOST]:
        yield Waiting(
            title=f"Learning briefing: {briefing.title}",
            url=briefing.get_absolute_url(),
            sentence="Go through it with your teams, and say which of them had it",
            tag="to confirm",
            tone="amber",
        )


def _panels(user: User) -> Iterator[Waiting]:
    """Who sits on a panel and has no role that leads there finds the review here."""
    if user.may(READ):
        return
    for review in CaseReview.objects.visible_to(user).running():
        yield Waiting(review.reference, review.get_absolute_url(), "You sit on its panel", "open")


def _late(by: dt.timedelta) -> str:
    return "1 day late" if by.days == 1 else f"{by.days:,} days late"
