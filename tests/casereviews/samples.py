"""Case reviews in the states that tests speak of."""

from __future__ import annotations

import datetime as dt
from typing import Any

from boards.models import Group
from casereviews.models import CRITERIA, CaseReview, LearningTheme, Recommendation, ReviewKind, Stage
from casereviews.services import learning, reviews
from lscb.accounts.permissions import Permission
from lscb.actions.models import Action
from lscb.actions.services import Asked
from tests.accounts.factories import AgencyFactory
from tests.boards.factories import a_group

REFERRED = dt.date(2016, 5, 4)
DECIDED = dt.date(2016, 5, 18)
TODAY = dt.date(2017, 3, 31)
SECRET = "Juniper"
TO_PRESENTED = (Stage.PANEL, Stage.FIELDWORK, Stage.DRAFTING, Stage.RECEIVED, Stage.PRESENTED)
WORDS = {
    "public_name": "Online safety",
    "public_status": "Presented to the board.",
    "public_summary": "How services see life online.",
    "public_learning": "- Ask about life online",
}


def the_group(code: str = "serious-case-review") -> Group:
    return Group.objects.filter(code=code).first() or a_group(
        code, code=code, confidential_permission=Permission.READ_CASE_REVIEWS
    )


def a_review(code_name: str = SECRET, **kwargs: Any) -> CaseReview:
    """Referred, not decided."""
    given = {
        "kind": ReviewKind.SERIOUS_CASE,
        "group": the_group(),
        "referred_on": REFERRED,
        "referred_by": "Children's services",
        "referral": "Words of the referral",
        "by": None,
        "today": TODAY,
        **kwargs,
    }
    return reviews.refer_review(code_name=code_name, **given)


def decided(review: CaseReview, *, agreed: bool = True, **kwargs: Any) -> CaseReview:
    given = {
        "considered_on": DECIDED,
        "answers": dict.fromkeys(CRITERIA[review.kind], "met"),
        "decided_on": DECIDED,
        "reason": "Words of the decision",
        "by": None,
        "today": TODAY,
        **kwargs,
    }
    return reviews.decide_review(review=review, agreed=agreed, **given)


def reached(review: CaseReview, *stages: str, on: dt.date = DECIDED) -> CaseReview:
    for stage in stages:
        reason = "A reason" if stage == Stage.NOT_PUBLISHED else ""
        review = reviews.reach_stage(review=review, stage=stage, on=on, text=reason, by=None, today=TODAY)
    return review


def presented(code_name: str = SECRET, **kwargs: Any) -> CaseReview:
    """Presented to the board and worded for the public: ready to be published."""
    review = reached(decided(a_review(code_name, **kwargs)), *TO_PRESENTED)
    return reviews.write_public_words(review=review, version=fresh(review).version, by=None, **WORDS)


def a_theme(title: str = "Escalation") -> LearningTheme:
    return LearningTheme.objects.filter(title=title).first() or learning.add_theme(title=title, in_short="", by=None)


def a_recommendation(review: CaseReview, **kwargs: Any) -> Recommendation:
    given = {"text": "Words of a recommendation", "theme": a_theme(), **kwargs}
    return learning.add_recommendation(review=review, by=None, **given)


def an_answer(review: CaseReview, *agencies: Any, on: dt.date = DECIDED, **kwargs: Any) -> Action:
    """An action that answers a recommendation of the review."""
    recommendation = review.recommendations.first() or a_recommendation(review)
    return learning.answer_recommendation(
        recommendation=recommendation,
        what="Words of an action",
        due=dt.date(2017, 6, 30),
        asked=[Asked(agency) for agency in agencies or [AgencyFactory()]],
        on=on,
        by=None,
        today=TODAY,
        **kwargs,
    )


def a_briefing(review: CaseReview, *, shared: bool = True) -> Any:
    steps = [(f"Step {place}", f"Text of step {place}") for place in range(1, 7)]
    briefing = learning.write_briefing(review=review, version=0, title="Life online", steps=steps, by=None)
    return learning.share_briefing(briefing=briefing, on=DECIDED, by=None) if shared else briefing


def fresh(review: CaseReview) -> CaseReview:
    return CaseReview.objects.get(pk=review.pk)
