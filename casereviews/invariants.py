"""Rules of case reviews that no constraint can hold, proved by query for `check_data`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import F, Q

from lscb.accounts.models import CaseAccess
from lscb.common.faults import Fault

from .models import STAGE_MOVES, CaseReview, Pause, PauseScope, PublishedReview, ReviewPaper, Stage
from .querysets import READ


def broken(today: dt.date) -> Iterator[str]:
    """A sentence for each rule that does not hold. Reviews are called by their references."""
    yield from _stages()
    yield from _pauses()
    yield from _publications()
    yield from _keys()


def _stages() -> Iterator[str]:
    for review in CaseReview.objects.prefetch_related("stages").iterator(chunk_size=200):
        events = list(review.stages.all())
        reached: str = Stage.REFERRED
        if not events or events[0].stage != Stage.REFERRED:
            yield Fault(f"{review}: its first stage is not the referral.", review)
            continue
        for event in events[1:]:
            if event.stage not in STAGE_MOVES[reached]:
                yield Fault(f"{review}: it went from “{reached}” to “{event.stage}”, which no review may.", review)
            reached = event.stage
        if reached != review.stage:
            yield Fault(f"{review}: it is in “{review.stage}”, but its stages lead to “{reached}”.", review)


def _pauses() -> Iterator[str]:
    whole = Pause.objects.filter(scope=PauseScope.WHOLE).order_by("review", "starts_on").select_related("review")
    before: Pause | None = None
    for pause in whole:
        same = before is not None and before.review_id == pause.review_id
        if same and before and (before.ends_on is None or before.ends_on > pause.starts_on):
            yield Fault(f"{pause.review}: two pauses of the whole review overlap.", pause.review)
        before = pause


def _publications() -> Iterator[str]:
    """Nothing went public while proceedings ran, and what is public has reached its stage."""
    during = Q(
        review__proceedings__starts_on__lte=F("released_at__date"),
    ) & (Q(review__proceedings__ends_on__isnull=True) | Q(review__proceedings__ends_on__gt=F("released_at__date")))
    for version in PublishedReview.objects.released().filter(during).select_related("review").distinct():
        yield Fault(f"{version.review}: version {version.number} was released while proceedings ran.", version.review)
    silent = PublishedReview.objects.released().exclude(review__stages__stage=Stage.PUBLISHED)
    for version in silent.select_related("review"):
        yield Fault(
            f"{version.review}: version {version.number} is public, but its stages do not say so.", version.review
        )


def _keys() -> Iterator[str]:
    """Plan and files carry the key of their review, without which nobody could be kept out of them."""
    for review in CaseReview.objects.filter(plan__isnull=False).select_related("plan"):
        if review.plan and (review.plan.case != review.pk or review.plan.permission != READ):
            yield Fault(f"{review}: its action plan does not carry its key.", review)
    for paper in ReviewPaper.objects.filter(file__isnull=False).select_related("review", "file"):
        if paper.file and paper.file.case != paper.review_id:
            yield Fault(f"{paper.review}: a file does not carry its key.", paper.review)
    known = CaseReview.objects.values("pk")
    kept_out = CaseAccess.objects.filter(case__in=known, kind="kept_out").values_list("case", "user")
    walled = set(kept_out)
    sitting = CaseReview.objects.filter(panel__ends_on__isnull=True, panel__user__isnull=False)
    for number, key, user in sitting.values_list("number", "pk", "panel__user"):
        if (key, user) in walled:
            yield Fault(f"Case review {number}: somebody who is kept out sits on its panel.", CaseReview(pk=key))
