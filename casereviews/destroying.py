"""Destroying case reviews whose time is over: reference, kind, days, stages and criteria stay."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from lscb.common.records import GONE, GONE_IN_SHORT, Destroyed
from lscb.files.destroying import destroy_attachments

from .models import (
    Briefing,
    CaseReview,
    ExpectedDate,
    PanelMember,
    Pause,
    PauseScope,
    Proceedings,
    PublishedReview,
    Recommendation,
    ReviewPaper,
    StageEvent,
)


def destroy_reviews(keys: Collection[UUID]) -> Destroyed:
    """The code name, every text, the panel, the papers and a briefing that was never shared go. What was published,
    and a briefing that teams were given, stay as they are. Its actions and meetings are classes of their own."""
    went = Destroyed()
    papers = ReviewPaper.objects.filter(review__in=keys)
    attached = list(papers.filter(file__isnull=False).values_list("file", flat=True))
    went.counts["papers"] += papers.delete()[0]
    destroy_attachments(attached, went)
    went.counts["places on panels"] += PanelMember.objects.filter(review__in=keys).delete()[0]
    briefings = Briefing.objects.filter(review__in=keys, shared_on__isnull=True)
    went.counts["briefings never shared"] += briefings.count()
    briefings.delete()
    PublishedReview.objects.waiting().filter(review__in=keys).delete()
    went.counts["recommendations"] += Recommendation.objects.filter(review__in=keys).update(text=GONE)
    StageEvent.objects.filter(review__in=keys).exclude(text="").update(text=GONE)
    pauses = Pause.objects.filter(review__in=keys)
    pauses.filter(scope=PauseScope.PART).update(part=GONE_IN_SHORT)
    pauses.update(reason=GONE)
    Proceedings.objects.filter(review__in=keys).update(note="")
    ExpectedDate.objects.filter(review__in=keys).exclude(reason="").update(reason=GONE)
    texts = dict.fromkeys(("lead_reviewer", "public_name", "public_status", "public_summary", "public_learning"), "")
    went.counts["case reviews"] += CaseReview.objects.filter(pk__in=keys).update(
        code_name=Concat(Value(f"{GONE_IN_SHORT} "), Cast(F("number"), CharField())),
        referred_by=GONE_IN_SHORT,
        referral=GONE,
        **texts,
    )
    return went
