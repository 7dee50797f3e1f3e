"""What people say before, after, and three months later."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from lscb.common.models import PublicIdModel, both_or_neither

from ..querysets import EvaluationAnswerQuerySet, EvaluationQuerySet, EvaluationQuestionQuerySet
from .booking import Booking

LOWEST, HIGHEST = 1, 5
SCALE = (
    (1, "1, not at all"),
    (2, "2"),
    (3, "3"),
    (4, "4"),
    (5, "5, completely"),
)


class Moment(models.TextChoices):
    BEFORE = "before", "Before"
    AFTER = "after", "Straight after"
    LATER = "later", "Three months on"


class CommentState(models.TextChoices):
    NONE = "none", "No comment"
    UNREAD = "unread", "To read"
    CLEARED = "cleared", "May be printed"
    WITHHELD = "withheld", "Not to be printed"


class Question(models.Model):
    """A statement that people agree with from 1 to 5, asked in the same words at each moment.

    `version` counts changes; who saves names the version that was read.
    """

    text = models.CharField(max_length=200, unique=True)
    order = models.PositiveSmallIntegerField()
    is_asked = models.BooleanField("is asked", default=True)
    version = models.PositiveIntegerField(default=1)

    objects = EvaluationQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.text


class Evaluation(PublicIdModel):
    """What one person said about one session at one moment. `printed` is the comment as it may be printed."""

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="evaluations")
    moment = models.CharField(max_length=6, choices=Moment)
    given_on = models.DateField()
    comment = models.TextField(blank=True)
    comment_state = models.CharField(max_length=8, choices=CommentState, default=CommentState.NONE)
    printed = models.TextField(blank=True)
    moderated_at = models.DateTimeField(null=True, blank=True)
    moderated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        ordering = ["-given_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["booking", "moment"], name="one_evaluation_at_a_moment"),
            models.CheckConstraint(condition=Q(moment__in=Moment.values), name="moment_is_known"),
            models.CheckConstraint(
                condition=Q(comment="", comment_state=CommentState.NONE)
                | (~Q(comment="") & ~Q(comment_state=CommentState.NONE)),
                name="comment_has_a_state",
            ),
            models.CheckConstraint(
                condition=(Q(comment_state=CommentState.CLEARED) & ~Q(printed=""))
                | (~Q(comment_state=CommentState.CLEARED) & Q(printed="")),
                name="only_what_is_cleared_is_printed",
            ),
            both_or_neither("moderated_at", "moderated_by", name="comment_moderated_when_and_by"),
        ]

    def __str__(self) -> str:
        return f"{self.get_moment_display()}: {self.booking.session}"


class Answer(models.Model):
    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    score = models.PositiveSmallIntegerField(choices=SCALE)

    objects = EvaluationAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["question"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "question"], name="one_answer_to_a_question"),
            models.CheckConstraint(condition=Q(score__gte=LOWEST, score__lte=HIGHEST), name="score_is_on_the_scale"),
        ]

    def __str__(self) -> str:
        return f"{self.score} of {HIGHEST}"
