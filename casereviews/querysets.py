"""Reads of case reviews. Who reads a review reads everything of it; for everybody else it does not exist."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NoReturn

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery

from lscb.accounts.cases import kept_out, within_cases
from lscb.accounts.models import Reader, User
from lscb.accounts.permissions import Permission
from lscb.actions.models import Action

if TYPE_CHECKING:
    from .models import (  # noqa: F401
        Briefing,
        CaseReview,
        CriterionConsidered,
        LearnedAction,
        LearningTheme,
        PublishedReview,
        ReviewMeeting,
        StageEvent,
    )

READ = Permission.READ_CASE_REVIEWS
TEACHES = Permission.UPDATE_OWN_ACTIONS
"""Who answers for an agency confirms that its teams had a briefing."""


def readable_reviews(user: Reader, path: str = "") -> Q:
    """The reviews that `user` reads; `path` leads from the queried model to the review, such as "review__".

    All for who reads case reviews for the whole board, those of a group for its members, and those that somebody is
    let into. Never one that they are kept out of for a conflict of interest.
    """
    if not isinstance(user, User):
        return Q(pk__in=[])
    readable = Q(**{f"{path}group__code__in": sorted(user.groups_where(READ))})
    if user.for_whole_board(READ):
        readable = Q(**{f"{path}id__isnull": False})
    return within_cases(user, readable, f"{path}id")


class CaseReviewQuerySet(models.QuerySet["CaseReview"]):
    def visible_to(self, user: Reader) -> CaseReviewQuerySet:
        return self.filter(readable_reviews(user))

    def running(self) -> CaseReviewQuerySet:
        from .models.review import ENDED

        return self.exclude(stage__in=ENDED)

    def running_at(self, at: dt.date) -> CaseReviewQuerySet:
        """Referred by the end of the day `at`, and not ended by then."""
        from .models import StageEvent
        from .models.review import ENDED

        last = StageEvent.objects.filter(review=OuterRef("pk"), on__lte=at).order_by("-on", "-pk")
        then = self.filter(referred_on__lte=at).annotate(stage_then=Subquery(last.values("stage")[:1]))
        return then.exclude(stage_then__in=ENDED)

    def with_outstanding(self, at: dt.date) -> CaseReviewQuerySet:
        """Annotates `outstanding`: how many actions of its plan were to be done at the end of the day `at`."""
        open_then = Action.objects.filter(plan=OuterRef("plan")).outstanding(at).order_by()
        counted = open_then.values("plan").annotate(number=Count("pk"))
        return self.annotate(outstanding=Subquery(counted.values("number")))


class OfReviewQuerySet(models.QuerySet[Any]):
    """Rows that belong to a review by `review`."""

    def visible_to(self, user: Reader) -> OfReviewQuerySet:
        return self.filter(readable_reviews(user, "review__"))

    def running(self, on: dt.date) -> OfReviewQuerySet:
        """Intervals that have begun and not ended on `on`."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on)


class StageEventQuerySet(OfReviewQuerySet):
    pass


class CriterionConsideredQuerySet(OfReviewQuerySet):
    pass


class ReviewMeetingQuerySet(models.QuerySet["ReviewMeeting"]):
    def visible_to(self, user: Reader) -> ReviewMeetingQuerySet:
        """As far as both the review and the meeting may be read."""
        from boards.models import Meeting

        return self.filter(readable_reviews(user, "review__"), meeting__in=Meeting.objects.visible_to(user))


class LearningThemeQuerySet(models.QuerySet["LearningTheme"]):
    def visible_to(self, user: Reader) -> LearningThemeQuerySet:
        """What is learned is for everybody who signs in; which review taught it is not."""
        return self.all() if isinstance(user, User) else self.none()


class LearnedActionQuerySet(models.QuerySet["LearnedAction"]):
    def visible_to(self, user: Reader) -> LearnedActionQuerySet:
        return self.filter(action__in=Action.objects.visible_to(user))


def readable_briefings(user: Reader, path: str = "") -> Q:
    """With its review; once shared, for who reads the board or answers for an agency. Never against a conflict."""
    if not isinstance(user, User):
        return Q(pk__in=[])
    readable = readable_reviews(user, f"{path}review__")
    if user.may(Permission.READ_BOARD) or user.may(TEACHES):
        readable |= Q(**{f"{path}shared_on__isnull": False}) & ~kept_out(user, f"{path}review__id")
    return readable


class BriefingQuerySet(models.QuerySet["Briefing"]):
    def visible_to(self, user: Reader) -> BriefingQuerySet:
        return self.filter(readable_briefings(user))


class OfBriefingQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Reader) -> OfBriefingQuerySet:
        return self.filter(readable_briefings(user, "briefing__"))


class PublishedReviewQuerySet(models.QuerySet["PublishedReview"]):
    def visible_to(self, user: Reader) -> PublishedReviewQuerySet:
        """What was released is public; what waits is for who reads the review."""
        return self.filter(Q(released_at__isnull=False) | readable_reviews(user, "review__"))

    def released(self) -> PublishedReviewQuerySet:
        return self.filter(released_at__isnull=False)

    def waiting(self) -> PublishedReviewQuerySet:
        return self.filter(released_at__isnull=True)

    def standing(self) -> PublishedReviewQuerySet:
        """The newest released version of each review."""
        newest = self.model._default_manager.filter(review=OuterRef("review"), released_at__isnull=False)
        return self.released().filter(number=Subquery(newest.order_by("-number").values("number")[:1]))

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("A version is never changed.")
