"""Reads of the challenge log. One rule says who sees a challenge; page, list, count, search, file and API share it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, NoReturn

from django.db import models
from django.db.models import Exists, Max, OuterRef, Q, Subquery

from lscb.accounts.models import Agency, Reader, User
from lscb.accounts.permissions import Permission
from lscb.common.periods import FinancialYear, Quarter

if TYPE_CHECKING:
    from ..models import (  # noqa: F401
        Challenge,
        ChallengeCounter,
        ChallengeEvent,
        ChallengeResponse,
        Publication,
        PublishedChallenge,
    )

KEPT = "What was published is never changed or removed."


class ChallengeQuerySet(models.QuerySet["Challenge"]):
    def visible_to(self, user: Reader) -> ChallengeQuerySet:
        """The whole log for who reads it for the board; of one's groups; put to one's agency or raised by it."""
        if not isinstance(user, User):
            return self.none()
        if user.for_whole_board(Permission.READ_CHALLENGES):
            return self.all()
        agencies = sorted(user.agencies_where(Permission.READ_OWN_CHALLENGES))
        return self.filter(_of_groups(user) | Q(raised_by_agency__in=agencies) | _put_to(agencies))

    def put_to(self, agencies: Collection[int]) -> ChallengeQuerySet:
        return self.filter(_put_to(agencies))

    def of_year(self, year: FinancialYear) -> ChallengeQuerySet:
        return self.filter(year=year)

    def of_quarter(self, quarter: Quarter) -> ChallengeQuerySet:
        """Raised in `quarter`."""
        return self.filter(raised_on__gte=quarter.first_day, raised_on__lte=quarter.last_day)

    def open(self, at: dt.date) -> ChallengeQuerySet:
        """Open at the end of the day `at`: one answer for ever, from the days on which they were raised and ended."""
        return self.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=at), raised_on__lte=at)

    def unanswered(self) -> ChallengeQuerySet:
        """Those that wait for a first answer of their round."""
        from ..models.challenge import UNANSWERED

        return self.filter(status__in=UNANSWERED)

    def owed_by(self, agencies: Iterable[int]) -> ChallengeQuerySet:
        """Put to one of `agencies` and not answered by each of them since they were last asked."""
        from ..models.challenge import TAKES_ANSWERS, Challenge, ChallengeResponse

        answered = ChallengeResponse.objects.filter(
            challenge=OuterRef("challenge_id"), agency=OuterRef("agency_id"), round=OuterRef("challenge__round")
        )
        asked = Challenge.agencies.through.objects.filter(challenge=OuterRef("pk"), agency__in=agencies)
        return self.filter(Exists(asked.filter(~Exists(answered))), status__in=TAKES_ANSWERS)


def answering(challenge: Challenge, user: User) -> models.QuerySet[Agency]:
    """The challenged agencies for which this person may answer."""
    asked = [agency.pk for agency in challenge.agencies.all()]
    if not user.may(Permission.MANAGE_CHALLENGES):
        own = user.agencies_where(Permission.ANSWER_CHALLENGES)
        asked = [key for key in asked if key in own]
    return Agency.objects.filter(pk__in=asked)


def _put_to(agencies: Collection[int]) -> Q:
    """By a subquery: a challenge to two of them is one challenge, in the list and in the count."""
    from ..models import Challenge

    asked = Challenge.agencies.through.objects.filter(agency__in=agencies)
    return Q(pk__in=asked.values("challenge"))


class ChallengeResponseQuerySet(models.QuerySet["ChallengeResponse"]):
    def visible_to(self, user: Reader) -> ChallengeResponseQuerySet:
        """With the challenge for who reads the log; an agency reads its own, and all to what it asked itself."""

        if not isinstance(user, User):
            return self.none()
        if user.for_whole_board(Permission.READ_CHALLENGES):
            return self.all()
        return self.filter(_of_groups(user, "challenge__") | _of_agencies(user))


def _of_groups(user: User, path: str = "") -> Q:
    groups = sorted(user.groups_where(Permission.READ_CHALLENGES))
    return Q(**{f"{path}group__code__in": groups}) | Q(**{f"{path}raised_by_group__code__in": groups})


def _of_agencies(user: User) -> Q:
    """What an agency said, and what was said to its own challenges."""
    own = sorted(user.agencies_where(Permission.READ_OWN_CHALLENGES))
    return Q(agency__in=own) | Q(challenge__raised_by_agency__in=own)


class ChallengeEventQuerySet(models.QuerySet["ChallengeEvent"]):
    def visible_to(self, user: Reader) -> ChallengeEventQuerySet:
        """As the responses; how the board words and publishes is its own business until it is published."""
        from ..models import Challenge, Happened

        if not isinstance(user, User):
            return self.none()
        if user.for_whole_board(Permission.READ_CHALLENGES):
            return self.all()
        inside = Q(happened__in=(Happened.CHANGED, Happened.WORDED, Happened.PUBLISHED))
        of_visible = Q(challenge__in=Challenge.objects.visible_to(user))
        shared = Q(agency__isnull=True) | _of_agencies(user)
        return self.filter(_of_groups(user, "challenge__") | (of_visible & shared & ~inside))


class ChallengeCounterQuerySet(models.QuerySet["ChallengeCounter"]):
    def visible_to(self, user: Reader) -> ChallengeCounterQuerySet:
        """Nobody reads the counter but the portal itself."""
        return self.none()


class KeptQuerySet(models.QuerySet[Any]):
    """Rows that are written once."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError(KEPT)

    def delete(self) -> NoReturn:
        raise TypeError(KEPT)

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(KEPT)


class PublicationQuerySet(KeptQuerySet):
    def visible_to(self, user: Reader) -> PublicationQuerySet:
        """Who published what and when is for who reads the whole log."""
        may_read = isinstance(user, User) and user.for_whole_board(Permission.READ_CHALLENGES)
        return self.all() if may_read else self.none()


class PublishedChallengeQuerySet(KeptQuerySet):
    def visible_to(self, user: Reader) -> PublishedChallengeQuerySet:
        """What was published is public."""
        return self.all()

    def standing(self) -> PublishedChallengeQuerySet:
        """The version that stands, of each challenge."""
        return self.filter(pk__in=_newest(self.model._default_manager.all()))

    def as_at(self, day: dt.datetime) -> PublishedChallengeQuerySet:
        """The version that stood before the moment `day`, of each challenge."""
        return self.filter(pk__in=_newest(self.model._default_manager.filter(published_at__lt=day)))


def _newest(versions: models.QuerySet[Any]) -> models.QuerySet[Any]:
    newest = versions.filter(challenge=OuterRef("challenge")).order_by().values("challenge").annotate(top=Max("number"))
    return versions.filter(number=Subquery(newest.values("top"))).values("pk")
