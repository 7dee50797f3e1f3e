"""Publication: one person proposes what the public will read, a second releases it. Never while proceedings run."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Max

from lscb.accounts.models import Actor, User
from lscb.common.errors import RuleBroken
from lscb.common.periods import local_date
from lscb.common.words import say
from lscb.trail.services import record

from ..access import may_release, must
from ..models import CaseReview, PublishedReview, Stage
from ..models.review import WORDED
from .reviews import locked, reach_published


@transaction.atomic
def propose_publication(*, review: CaseReview, version: int, by: User, at: dt.datetime) -> PublishedReview:
    """Freeze what the public would read. `version` is the one that was looked at; it waits for a second person."""
    review = locked(review, by)
    check_may_be_published(review, local_date(at))
    if review.version != version:
        raise RuleBroken("The wording was changed while you were reading. Look at it again.")
    if review.published.waiting().exists():
        raise RuleBroken("A version waits for its release already. Take that back first.")
    proposed = as_public(review)
    last = review.published.aggregate(last=Max("number"))["last"] or 0
    proposed.number, proposed.proposed_at, proposed.proposed_by = last + 1, at, by
    standing = review.published.standing().first()
    if standing and content(standing) == content(proposed):
        raise RuleBroken("The public reads exactly this already. There is nothing to publish.")
    proposed.save()
    record(verb="proposed a publication", by=by, target=review, changes={"version": (None, proposed.number)})
    return proposed


@transaction.atomic
def release_publication(*, proposed: PublishedReview, by: User, at: dt.datetime) -> PublishedReview:
    """The second person makes it public. What was proposed is what is published, to the letter."""
    must(may_release(by, proposed.review))
    review = CaseReview.objects.select_for_update().get(pk=proposed.review_id)
    if proposed.proposed_by_id == by.pk:
        raise RuleBroken("You proposed this version. Somebody else must release it.")
    check_may_be_published(review, local_date(at))
    waiting = PublishedReview.objects.waiting().filter(pk=proposed.pk)
    if not waiting.update(released_at=at, released_by=by):
        raise RuleBroken("This version does not wait any more.")
    if not review.stages.filter(stage=Stage.PUBLISHED).exists():
        reach_published(review, local_date(at), by, local_date(at))
    record(verb="released a publication", by=by, target=review, changes={"version": (None, proposed.number)})
    return PublishedReview.objects.get(pk=proposed.pk)


@transaction.atomic
def take_back_proposal(*, proposed: PublishedReview, by: Actor) -> None:
    """Before it is released, a version can be taken back."""
    review = locked(proposed.review, by)
    if not PublishedReview.objects.waiting().filter(pk=proposed.pk).delete()[0]:
        raise RuleBroken("This version does not wait any more.")
    record(verb="took a proposal back", by=by, target=review, changes={"version": (proposed.number, None)})


def why_not(review: CaseReview, on: dt.date) -> str:
    """Why the review cannot be published on `on`; empty when it can."""
    if review.proceedings.running(on).exists():
        return "Proceedings are still running. Nothing is published before they have ended."
    if review.stages.filter(stage=Stage.NOT_PUBLISHED).exists():
        return "It was decided that this review is not to be published."
    if review.stage not in CAN_BE_PUBLISHED:
        return say("The review has not been presented to the {board} yet.")
    missing = [words for name, words in WORDED if not getattr(review, name)]
    return f"Write first for the public: {', '.join(missing)}." if missing else ""


CAN_BE_PUBLISHED = (Stage.PRESENTED, Stage.ACTION_PLAN, Stage.PUBLISHED, Stage.CLOSED)


def check_may_be_published(review: CaseReview, on: dt.date) -> None:
    if refusal := why_not(review, on):
        raise RuleBroken(refusal)


def as_public(review: CaseReview) -> PublishedReview:
    """The review as the public would read it now. Not saved."""
    return PublishedReview(
        review=review,
        kind=review.get_kind_display(),
        title=review.public_name,
        summary=review.public_summary,
        learning=review.public_learning,
        themes="\n".join(f"{theme.title}: {theme.in_short}" for theme in review.themes.all()),
    )


def content(version: PublishedReview) -> tuple[str, ...]:
    return version.kind, version.title, version.summary, version.learning, version.themes
