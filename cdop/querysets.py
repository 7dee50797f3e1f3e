"""Reads of child deaths. Who may know the child sees every case; a panel member sees the cases of panel meetings."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from boards.models import Meeting
from lscb.accounts.cases import let_in
from lscb.accounts.models import Reader, User
from lscb.accounts.permissions import Permission
from lscb.common.encryption import blind_indexes
from lscb.common.periods import FinancialYear

if TYPE_CHECKING:
    from .models import (  # noqa: F401
        AgencyReport,
        AllowedWord,
        Death,
        DeathAction,
        Identity,
        Lift,
        NotificationDraft,
        Panel,
        PanelCase,
        Paper,
        ParallelProcess,
        RapidResponse,
        Review,
    )


def knows_children(user: Reader) -> bool:
    """The officer and the designated doctor: who may know who a child was."""
    return isinstance(user, User) and user.for_whole_board(Permission.READ_CHILD_DEATH_IDENTITY)


def readable_deaths(user: Reader, path: str = "") -> Q:
    """The cases that `user` reads; `path` leads from the queried model to the case, such as "death__".

    All for the officer and the designated doctor. Who reads papers of the panel: those that came, or will come, to a
    meeting that they may read. Who opened a case in an emergency: that one, for an hour, as the panel reads it. Nobody
    else learns that there is a case at all.
    """
    if knows_children(user):
        return Q()
    if not isinstance(user, User) or not user.is_open(Permission.READ_CHILD_DEATHS):
        return Q(pk__in=[])
    readable = let_in(user, f"{path}pk")
    if user.may(Permission.READ_CHILD_DEATHS):
        from .models import PanelCase

        cases = PanelCase.objects.filter(panel__meeting__in=Meeting.objects.visible_to(user))
        readable |= Q(**{f"{path}pk__in": cases.values("death")})
    return readable


class DeathQuerySet(models.QuerySet["Death"]):
    def visible_to(self, user: Reader) -> Self:
        return self.filter(readable_deaths(user))

    def counted(self) -> Self:
        """Each death once: without those that turned out to be another notification of the same child."""
        return self.filter(same_as__isnull=True)

    def notified_in(self, year: FinancialYear, until: dt.date | None = None) -> Self:
        last = min(until or year.last_day, year.last_day)
        return self.counted().filter(notified_on__range=(year.first_day, last))

    def reviewed_in(self, year: FinancialYear, until: dt.date | None = None) -> Self:
        """Reviews completed in `year`, whenever the death was notified."""
        last = min(until or year.last_day, year.last_day)
        return self.counted().filter(state="reviewed", ended_on__range=(year.first_day, last))

    def awaiting(self, at: dt.date) -> Self:
        """Notified, of children of this area, and not reviewed at the end of the day `at`. A count and never a
        subtraction: what was passed on to another area is notified, and is not awaiting."""
        return self.counted().filter(Q(ended_on__isnull=True) | Q(ended_on__gt=at), notified_on__lte=at)

    def open(self) -> Self:
        return self.filter(state="open")


class IdentityQuerySet(models.QuerySet["Identity"]):
    def visible_to(self, user: Reader) -> Self:
        return self.all() if knows_children(user) else self.none()

    def like(self, *, nhs_number: str = "", dates: str = "") -> Self:
        """Records with the same NHS number, or the same days of birth and death."""
        found = Q(pk__in=[])
        if nhs_number:
            found |= Q(nhs_index__in=blind_indexes(nhs_number, purpose="nhs_index"))
        if dates:
            found |= Q(dates_index__in=blind_indexes(dates, purpose="dates_index"))
        return self.filter(found)


class NotificationDraftQuerySet(models.QuerySet["NotificationDraft"]):
    def visible_to(self, user: Reader) -> Self:
        """Nobody's: a draft is reached with its key, by the browser in which it is written."""
        return self.none()


class AgencyReportQuerySet(models.QuerySet["AgencyReport"]):
    def visible_to(self, user: Reader) -> Self:
        """Its own for an agency; all for who may know the child. The panel reads the anonymised paper instead."""
        if knows_children(user):
            return self.all()
        if not isinstance(user, User):
            return self.none()
        return self.filter(agency__in=sorted(user.agencies_where(Permission.ANSWER_CHILD_DEATHS)))

    def owed_by(self, agencies: set[int]) -> Self:
        return self.filter(state="asked", agency__in=sorted(agencies), death__state="open")

    def late(self, today: dt.date) -> Self:
        return self.filter(state="asked", due__lt=today, death__state="open")


class OnlyWhoKnows(models.QuerySet[Any]):
    def visible_to(self, user: Reader) -> Self:
        return self.all() if knows_children(user) else self.none()


class RapidResponseQuerySet(OnlyWhoKnows):
    pass


class AllowedWordQuerySet(OnlyWhoKnows):
    pass


class ParallelProcessQuerySet(models.QuerySet["ParallelProcess"]):
    def visible_to(self, user: Reader) -> Self:
        return self.filter(readable_deaths(user, "death__"))

    def open(self) -> Self:
        return self.filter(ended_on__isnull=True)


class PaperQuerySet(models.QuerySet["Paper"]):
    def visible_to(self, user: Reader) -> Self:
        """Released ones for the panel, and none in which a name was found since."""
        if knows_children(user):
            return self.all()
        released = Q(state="released", death__held_back=False)
        return self.filter(readable_deaths(user, "death__") & released)


class PanelQuerySet(models.QuerySet["Panel"]):
    def visible_to(self, user: Reader) -> Self:
        return self.filter(meeting__in=Meeting.objects.visible_to(user)) if user.is_authenticated else self.none()


class PanelCaseQuerySet(models.QuerySet["PanelCase"]):
    def visible_to(self, user: Reader) -> Self:
        if not user.is_authenticated:
            return self.none()
        return self.filter(readable_deaths(user, "death__"), panel__meeting__in=Meeting.objects.visible_to(user))


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, user: Reader) -> Self:
        return self.filter(readable_deaths(user, "death__"))


class OfReviewQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Reader) -> Self:
        return self.filter(readable_deaths(user, "review__death__"))


class OfDeathQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Reader) -> Self:
        return self.filter(readable_deaths(user, "domain_review__review__death__"))


class DeathActionQuerySet(models.QuerySet["DeathAction"]):
    def visible_to(self, user: Reader) -> Self:
        return self.filter(readable_deaths(user, "death__"))


class LiftQuerySet(models.QuerySet["Lift"]):
    def visible_to(self, user: Reader) -> Self:
        may_read = user.is_authenticated and user.may(Permission.READ_CHILD_DEATHS)
        return self.all() if may_read else self.none()
