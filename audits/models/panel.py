"""What the panel says about a return: moderated grades, queries, feedback, requests."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from lscb.accounts.models import Area

from ..returns.querysets import FeedbackQuerySet, ModeratedGradeQuerySet, PanelQueryQuerySet, PanelRequestQuerySet
from .answer import Answer
from .framework import Option, Question, Standard
from .returns import Return


class ModeratedGrade(models.Model):
    """The panel's grade beside the agency's own, never over it."""

    answer = models.OneToOneField(Answer, models.PROTECT, related_name="moderated")
    option = models.ForeignKey(Option, models.PROTECT, related_name="+", verbose_name="grade")
    reason = models.TextField(blank=True)
    moderated_at = models.DateTimeField()
    moderated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ModeratedGradeQuerySet.as_manager()

    class Meta:
        ordering = ["answer"]

    def __str__(self) -> str:
        return f"{self.option}"


class PanelQuery(models.Model):
    """What the panel wants to know about one answer, and what it was told."""

    of_return = models.ForeignKey(Return, models.PROTECT, related_name="queries")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    text = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reply = models.TextField(blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)

    objects = PanelQueryQuerySet.as_manager()

    class Meta:
        ordering = ["question__standard__number", "question__number", "pk"]
        verbose_name_plural = "panel queries"
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="query_asks_something"),
            models.CheckConstraint(
                condition=(Q(reply="") & Q(replied_at__isnull=True)) | (~Q(reply="") & Q(replied_at__isnull=False)),
                name="reply_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"Query {self.pk}"


class Feedback(models.Model):
    """The words of one area's board about one standard, or overall (no standard). Each area keeps its own."""

    of_return = models.ForeignKey(Return, models.PROTECT, related_name="feedback")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    standard = models.ForeignKey(Standard, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField()
    version = models.PositiveIntegerField(default=1)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        ordering = ["of_return", "area", "standard__number"]
        verbose_name_plural = "feedback"
        constraints = [
            models.UniqueConstraint(
                fields=["of_return", "area", "standard"], name="one_feedback_per_standard_and_area"
            ),
            models.UniqueConstraint(
                fields=["of_return", "area"], condition=Q(standard__isnull=True), name="one_overall_feedback_per_area"
            ),
        ]

    def __str__(self) -> str:
        return f"Feedback {self.pk}"


class PanelRequest(models.Model):
    """Something the panel asks the agency to do. It becomes an action when the feedback is issued."""

    of_return = models.ForeignKey(Return, models.PROTECT, related_name="requests")
    standard = models.ForeignKey(Standard, models.PROTECT, related_name="+")
    text = models.TextField()
    due_on = models.DateField()

    objects = PanelRequestQuerySet.as_manager()

    class Meta:
        ordering = ["standard__number", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="request_asks_something")]

    def __str__(self) -> str:
        return f"Request {self.pk}"
