"""Reads of frameworks: for who reads returns, and for the agencies that are asked by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from lscb.accounts.models import Reader, User

from ..access import own_agencies, reads_all

if TYPE_CHECKING:
    from ..models import Framework, Option, Question, Standard  # noqa: F401


class FrameworkQuerySet(models.QuerySet["Framework"]):
    def visible_to(self, user: Reader) -> FrameworkQuerySet:
        if reads_all(user):
            return self.all()
        if not isinstance(user, User):
            return self.none()
        return self.filter(rounds__returns__agency__in=own_agencies(user)).distinct()

    def with_content(self) -> FrameworkQuerySet:
        """Fetches what a page, a file or a PDF of it prints."""
        return self.prefetch_related("standards__questions", "options")


class StandardQuerySet(models.QuerySet["Standard"]):
    def visible_to(self, user: Reader) -> StandardQuerySet:
        return self.filter(framework__in=_readable(user))


class StandardQuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, user: Reader) -> StandardQuestionQuerySet:
        return self.filter(standard__framework__in=_readable(user))


class GradeQuerySet(models.QuerySet["Option"]):
    def visible_to(self, user: Reader) -> GradeQuerySet:
        return self.filter(framework__in=_readable(user))


def _readable(user: Reader) -> models.QuerySet[Framework]:
    from ..models import Framework

    return Framework.objects.visible_to(user)
