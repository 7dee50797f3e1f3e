"""Reads of surveys. Who builds them sees drafts and every comment; who reads the board sees what is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from lscb.accounts.models import Reader, User
from lscb.accounts.permissions import Permission
from lscb.common.periods import FinancialYear

if TYPE_CHECKING:
    from ..models import Answer, Option, Question, Survey, SurveyResponse  # noqa: F401


def _readable(user: Reader, path: str = "") -> Q:
    if not isinstance(user, User) or not user.may(Permission.READ_BOARD):
        return Q(pk__in=[])
    return Q() if user.for_whole_board(Permission.MANAGE_BOARD) else Q(**{f"{path}state": "closed"})


class SurveyQuerySet(models.QuerySet["Survey"]):
    def visible_to(self, user: Reader) -> SurveyQuerySet:
        return self.filter(_readable(user))

    def closed(self) -> SurveyQuerySet:
        return self.filter(state="closed")

    def of_year(self, year: FinancialYear) -> SurveyQuerySet:
        return self.filter(month__in=[str(month) for month in year.months])


class QuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, user: Reader) -> QuestionQuerySet:
        return self.filter(_readable(user, "survey__"))


class OptionQuerySet(models.QuerySet["Option"]):
    def visible_to(self, user: Reader) -> OptionQuerySet:
        return self.filter(_readable(user, "question__survey__"))


class SurveyResponseQuerySet(models.QuerySet["SurveyResponse"]):
    def visible_to(self, user: Reader) -> SurveyResponseQuerySet:
        """One respondent's answers are read together only by who builds surveys."""
        manages = isinstance(user, User) and user.for_whole_board(Permission.MANAGE_BOARD)
        return self.all() if manages else self.none()


class AnswerQuerySet(models.QuerySet["Answer"]):
    def visible_to(self, user: Reader) -> AnswerQuerySet:
        """As responses, and every comment that was cleared for print."""
        if isinstance(user, User) and user.for_whole_board(Permission.MANAGE_BOARD):
            return self.all()
        return self.filter(_readable(user, "question__survey__"), moderation="cleared")

    def comments(self) -> AnswerQuerySet:
        return self.filter(option__isnull=True)
