"""Reads of returns. An agency reads its own; the board reads what was submitted, of a draft only that it is owed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NoReturn

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery

from lscb.accounts.models import Reader

from ..access import own_agencies, reads_all

if TYPE_CHECKING:
    from ..models import (  # noqa: F401
        Answer,
        Contributor,
        Evidence,
        Feedback,
        ModeratedGrade,
        PanelQuery,
        PanelRequest,
        Return,
        ReturnCounter,
        ReturnEvent,
        Section,
        Signature,
        Submission,
    )

KEPT = "What was submitted is never changed or removed."


class ReturnQuerySet(models.QuerySet["Return"]):
    def visible_to(self, user: Reader) -> ReturnQuerySet:
        return self.all() if reads_all(user) else self.filter(agency__in=own_agencies(user))

    def owed(self) -> ReturnQuerySet:
        """Asked for and neither submitted nor excused."""
        from ..models.returns import OWED

        return self.filter(status__in=OWED)

    def submitted(self) -> ReturnQuerySet:
        from ..models.returns import SUBMITTED

        return self.filter(status__in=SUBMITTED)

    def overdue(self, today: dt.date) -> ReturnQuerySet:
        return self.owed().filter(due_on__lt=today)

    def submitted_by(self, at: dt.datetime) -> ReturnQuerySet:
        """Those that had been submitted before the moment `at`, whatever became of them later."""
        return self.filter(submitted_at__isnull=False, submitted_at__lt=at)

    def with_status(self, at: dt.datetime) -> ReturnQuerySet:
        """Annotates `status_then`: what had last happened before the moment `at`, as `ReturnStep`."""
        from ..models import ReturnEvent, ReturnStep

        moved = ReturnEvent.objects.filter(of_return=OuterRef("pk"), at__lt=at).exclude(happened=ReturnStep.CHASED)
        return self.annotate(status_then=Subquery(moved.order_by("-at", "-pk").values("happened")[:1]))

    def with_progress(self) -> ReturnQuerySet:
        """Annotates `completed`, the standards said to be completed, and `standards`, all of them."""
        return self.annotate(
            completed=Count("sections", filter=Q(sections__is_completed=True)), standards=Count("sections")
        )


def _returns(user: Reader) -> models.QuerySet[Return]:
    from ..models import Return

    return Return.objects.visible_to(user)


def _own(user: Reader, path: str = "of_return__") -> Q:
    return Q(**{f"{path}agency__in": own_agencies(user)})


def _read_by_the_board(user: Reader, path: str = "of_return__") -> Q:
    """The content of a return, once it is submitted."""
    from ..models.returns import SUBMITTED

    return Q(**{f"{path}status__in": SUBMITTED}) if reads_all(user) else Q(pk__in=[])


class SectionQuerySet(models.QuerySet["Section"]):
    def visible_to(self, user: Reader) -> SectionQuerySet:
        """How far a return is, with the return."""
        return self.filter(of_return__in=_returns(user))


class ReturnAnswerQuerySet(models.QuerySet["Answer"]):
    def visible_to(self, user: Reader) -> ReturnAnswerQuerySet:
        return self.filter(_own(user) | _read_by_the_board(user))

    def with_content(self) -> ReturnAnswerQuerySet:
        return self.select_related("question__standard", "option").prefetch_related("files__attachment")


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: Reader) -> EvidenceQuerySet:
        path = "answer__of_return__"
        return self.filter(_own(user, path) | _read_by_the_board(user, path))


class ContributorQuerySet(models.QuerySet["Contributor"]):
    def visible_to(self, user: Reader) -> ContributorQuerySet:
        """Who helps an agency is its own business."""
        return self.filter(_own(user))

    def open(self) -> ContributorQuerySet:
        return self.filter(ended_at__isnull=True)


class SignatureQuerySet(models.QuerySet["Signature"]):
    def visible_to(self, user: Reader) -> SignatureQuerySet:
        return self.filter(_own(user) | _read_by_the_board(user))


class ReturnEventQuerySet(models.QuerySet["ReturnEvent"]):
    def visible_to(self, user: Reader) -> ReturnEventQuerySet:
        return self.filter(of_return__in=_returns(user))


class ReturnCounterQuerySet(models.QuerySet["ReturnCounter"]):
    def visible_to(self, user: Reader) -> ReturnCounterQuerySet:
        """Nobody reads the counter but the portal itself."""
        return self.none()


class SubmissionQuerySet(models.QuerySet["Submission"]):
    """Rows that are written once."""

    def visible_to(self, user: Reader) -> SubmissionQuerySet:
        return self.filter(of_return__in=_returns(user))

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError(KEPT)

    def delete(self) -> NoReturn:
        raise TypeError(KEPT)

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(KEPT)


# ---- What the panel says --------------------------------------------------------------------------------------------


def _told(user: Reader, path: str = "of_return__") -> Q:
    """The panel's own words are the agency's to read when the feedback is issued."""
    from ..models.returns import WITH_FEEDBACK

    if reads_all(user):
        return Q()
    return _own(user, path) & Q(**{f"{path}status__in": WITH_FEEDBACK})


class ModeratedGradeQuerySet(models.QuerySet["ModeratedGrade"]):
    def visible_to(self, user: Reader) -> ModeratedGradeQuerySet:
        return self.filter(_told(user, "answer__of_return__"))


class PanelQueryQuerySet(models.QuerySet["PanelQuery"]):
    def visible_to(self, user: Reader) -> PanelQueryQuerySet:
        """The agency reads a query at once: it is asked."""
        return self.filter(of_return__in=_returns(user))

    def unanswered(self) -> PanelQueryQuerySet:
        return self.filter(replied_at__isnull=True)


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def visible_to(self, user: Reader) -> FeedbackQuerySet:
        return self.filter(_told(user))


class PanelRequestQuerySet(models.QuerySet["PanelRequest"]):
    def visible_to(self, user: Reader) -> PanelRequestQuerySet:
        return self.filter(_told(user))
