"""How case reviews are found: by reference and code name, not by what is written in them (every look at that is on the
trail). The list of results says the reference alone."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from lscb.common.records import Kept, Searched, Then

from .destroying import destroy_reviews
from .models import Briefing, CaseReview, StageEvent
from .models.review import ENDED


def by_reference(typed: str) -> Q | None:
    """ "Case review 3" """
    match = re.fullmatch(r"case review (\d{1,6})", typed, re.IGNORECASE)
    return Q(number=int(match[1])) if match else None


SEARCHED = (
    Searched(
        "Case reviews",
        lambda user: CaseReview.objects.visible_to(user),
        words=("code_name",),
        reference=by_reference,
        name=lambda review: f"{review.reference}: {review.get_kind_display()}",
    ),
    Searched(
        "Learning briefings",
        lambda user: Briefing.objects.visible_to(user),
        words=("title", "workshop"),
        name=lambda briefing: f"{briefing}: {briefing.title}",
    ),
)


def _ended() -> QuerySet[Any]:
    ending = StageEvent.objects.filter(review=OuterRef("pk"), stage__in=ENDED).order_by("-on", "-pk")
    return CaseReview.objects.filter(stage__in=ENDED).annotate(trigger_on=Subquery(ending.values("on")[:1]))


KEPT = (
    Kept(
        slug="case-reviews",
        title="Case reviews",
        covers="Reviews of every kind, with their papers, recommendations and learning; not what was published of them",
        trigger="the day it was closed or not progressed",
        months=25 * 12,
        then=Then.REVIEW,
        basis="Public task: LSCB Regulations 2006, regulation 5. A child may ask about it as an adult.",
        triggered=_ended,
        destroy=destroy_reviews,
        leaves_number=True,
    ),
)
