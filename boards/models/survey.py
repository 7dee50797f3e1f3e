"""Surveys of professionals: questions with ordered options, answers by link or from a file (domain: "Surveys").

Nobody is known from an answer: a response holds its day and nothing of who gave it.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from lscb.common.models import PeriodField, PublicIdModel, both_or_neither

from ..surveys.querysets import (
    AnswerQuerySet,
    OptionQuerySet,
    QuestionQuerySet,
    SurveyQuerySet,
    SurveyResponseQuerySet,
)
from .plan import Theme


class SurveyState(models.TextChoices):
    DRAFT = "draft", "Draft"
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class SurveyMove(models.TextChoices):
    """What can happen to a survey."""

    OPENED = "opened", "Opened"
    CLOSED = "closed", "Closed"
    REOPENED = "reopened", "Re-opened"


SURVEY_MOVES: dict[tuple[str, str], str] = {
    (SurveyState.DRAFT, SurveyMove.OPENED): SurveyState.OPEN,
    (SurveyState.OPEN, SurveyMove.CLOSED): SurveyState.CLOSED,
    (SurveyState.CLOSED, SurveyMove.REOPENED): SurveyState.OPEN,
}
"""What may happen in which state, and the state it leads to. Questions change in a draft only."""


class Survey(PublicIdModel):
    """One survey of a month. `link_version` is part of its open link: counting it up makes the old link useless."""

    title = models.CharField(max_length=150)
    month = PeriodField()
    audience = models.CharField(max_length=150, blank=True, help_text="Who is asked")
    introduction = models.TextField(blank=True, help_text="What people read before the questions")
    state = models.CharField(max_length=10, choices=SurveyState, default=SurveyState.DRAFT)
    opened_on = models.DateField(null=True, blank=True)
    closes_on = models.DateField("last day for answers", null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    link_version = models.PositiveIntegerField(default=1)
    themes = models.ManyToManyField(Theme, related_name="surveys", blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        ordering = ["-month", "title"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="survey_has_a_title"),
            models.CheckConstraint(condition=Q(state__in=SurveyState.values), name="survey_has_a_known_state"),
            models.CheckConstraint(
                condition=Q(state=SurveyState.DRAFT, opened_on__isnull=True)
                | (~Q(state=SurveyState.DRAFT) & Q(opened_on__isnull=False)),
                name="survey_that_opened_says_when",
            ),
            models.CheckConstraint(
                condition=Q(state=SurveyState.CLOSED, closed_on__isnull=False, closed_on__gte=F("opened_on"))
                | (~Q(state=SurveyState.CLOSED) & Q(closed_on__isnull=True)),
                name="survey_that_closed_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.month.label}"

    def get_absolute_url(self) -> str:
        return reverse("boards:survey", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.state == SurveyState.DRAFT

    @property
    def is_open(self) -> bool:
        return self.state == SurveyState.OPEN

    @property
    def is_closed(self) -> bool:
        return self.state == SurveyState.CLOSED


class QuestionKind(models.TextChoices):
    SINGLE = "single", "One answer"
    MULTIPLE = "multiple", "Several answers"
    TEXT = "text", "Own words"


class Question(models.Model):
    """One question. Its place and the place of its options are kept wherever it is shown."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="questions")
    order = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
    kind = models.CharField(max_length=10, choices=QuestionKind, default=QuestionKind.SINGLE)
    is_required = models.BooleanField(default=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["survey", "order"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "order"], name="one_question_at_a_place"),
            models.UniqueConstraint(fields=["survey", "text"], name="a_survey_asks_a_question_once"),
            models.CheckConstraint(condition=~Q(text=""), name="question_asks_something"),
            models.CheckConstraint(condition=Q(kind__in=QuestionKind.values), name="question_is_of_a_known_kind"),
        ]

    def __str__(self) -> str:
        return f"Question {self.order}"


class Option(models.Model):
    """One of the answers that a question offers."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="options")
    order = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=150)

    objects = OptionQuerySet.as_manager()

    class Meta:
        ordering = ["question", "order"]
        constraints = [
            models.UniqueConstraint(fields=["question", "order"], name="one_option_at_a_place"),
            models.UniqueConstraint(fields=["question", "label"], name="one_option_of_a_label"),
            models.CheckConstraint(condition=~Q(label=""), name="option_has_a_label"),
        ]

    def __str__(self) -> str:
        return self.label


class CameBy(models.TextChoices):
    OPEN_LINK = "open_link", "Open link"
    OWN_LINK = "own_link", "Link of one's own"
    FILE = "file", "File"


class SurveyResponse(models.Model):
    """What one respondent answered. `file_digest` and `row` say where it stood when it came from a file."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="responses")
    came_by = models.CharField(max_length=10, choices=CameBy)
    given_on = models.DateField()
    submission = models.UUIDField(null=True, unique=True, editable=False)
    file_digest = models.CharField(max_length=64, blank=True)
    row = models.PositiveIntegerField(null=True, blank=True)

    objects = SurveyResponseQuerySet.as_manager()

    class Meta:
        ordering = ["survey", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(came_by=CameBy.FILE, row__isnull=False) & ~Q(file_digest=""))
                | (~Q(came_by=CameBy.FILE) & Q(file_digest="", row__isnull=True)),
                name="response_from_a_file_says_where_it_stood",
            ),
            models.UniqueConstraint(
                fields=["survey", "file_digest", "row"],
                condition=Q(came_by=CameBy.FILE),
                name="a_row_of_a_file_is_one_response",
            ),
        ]

    def __str__(self) -> str:
        return f"Response to {self.survey_id}"


class Moderation(models.TextChoices):
    WAITING = "waiting", "To read"
    CLEARED = "cleared", "Cleared for print"
    WITHHELD = "withheld", "Not to be printed"


class Answer(models.Model):
    """One option that was chosen, or one text. A text is printed only when somebody cleared it, as `printed`."""

    response = models.ForeignKey(SurveyResponse, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    option = models.ForeignKey(Option, models.PROTECT, null=True, blank=True, related_name="answers")
    text = models.TextField(blank=True)
    moderation = models.CharField(max_length=10, choices=Moderation, default=Moderation.WAITING)
    printed = models.TextField(blank=True, help_text="The text as it may be printed")
    moderated_on = models.DateField(null=True, blank=True)
    moderated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["response", "question", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(option__isnull=False, text="") | (Q(option__isnull=True) & ~Q(text="")),
                name="answer_is_an_option_or_a_text",
            ),
            models.UniqueConstraint(fields=["response", "option"], name="an_option_is_chosen_once"),
            models.UniqueConstraint(
                fields=["response", "question"], condition=Q(option__isnull=True), name="one_text_to_a_question"
            ),
            models.CheckConstraint(
                condition=(Q(moderation=Moderation.CLEARED) & ~Q(printed=""))
                | (~Q(moderation=Moderation.CLEARED) & Q(printed="")),
                name="only_a_cleared_text_is_printed",
            ),
            both_or_neither("moderated_on", "moderated_by", name="answer_moderated_when_and_by"),
        ]
        indexes = [models.Index(fields=["question", "moderation"], name="answers_by_moderation")]

    def __str__(self) -> str:
        return f"Answer {self.pk}"
