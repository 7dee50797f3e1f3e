"""What is learned: themes across reviews, recommendations, the actions that follow, and the briefing for teams."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from lscb.accounts.models import Agency
from lscb.actions.models import Action
from lscb.common.models import PublicIdModel

from ..querysets import (
    BriefingQuerySet,
    LearnedActionQuerySet,
    LearningThemeQuerySet,
    OfBriefingQuerySet,
    OfReviewQuerySet,
)
from .review import CaseReview

STEPS = (
    "What happened",
    "Why a review",
    "Key findings",
    "Good practice",
    "What to change",
    "Questions for your team",
)
"""The six steps of a briefing, until somebody words them otherwise."""


class LearningTheme(models.Model):
    """Something that reviews teach again and again."""

    title = models.CharField(max_length=100, unique=True)
    in_short = models.CharField(max_length=300)
    order = models.PositiveSmallIntegerField(default=0)

    objects = LearningThemeQuerySet.as_manager()

    class Meta:
        ordering = ["order", "title"]

    def __str__(self) -> str:
        return self.title


class Recommendation(models.Model):
    """By the author of the report. The partnership answers it with actions."""

    review = models.ForeignKey(CaseReview, models.PROTECT, related_name="recommendations")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    theme = models.ForeignKey(LearningTheme, models.PROTECT, null=True, blank=True, related_name="recommendations")

    objects = OfReviewQuerySet.as_manager()

    class Meta:
        ordering = ["review", "number"]
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="one_recommendation_of_a_number"),
            models.CheckConstraint(condition=~Q(text=""), name="a_recommendation_says_something"),
        ]

    def __str__(self) -> str:
        return f"Recommendation {self.number}"


class LearnedAction(models.Model):
    """An action that follows from a review: from a recommendation, or (from reviews before the portal) from a theme."""

    action = models.OneToOneField(Action, models.CASCADE, related_name="learned")
    recommendation = models.ForeignKey(
        Recommendation, models.PROTECT, null=True, blank=True, related_name="learned_actions"
    )
    theme = models.ForeignKey(LearningTheme, models.PROTECT, null=True, blank=True, related_name="learned_actions")

    objects = LearnedActionQuerySet.as_manager()

    class Meta:
        ordering = ["action__number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(recommendation__isnull=False) | Q(theme__isnull=False),
                name="an_action_follows_from_a_recommendation_or_a_theme",
            )
        ]

    def __str__(self) -> str:
        return str(self.action)


class Briefing(PublicIdModel):
    """The learning package of a review: six steps, a workshop, a video. Without case content; shared on a day.

    Its title and texts are written for everybody who works with children.
    """

    review = models.OneToOneField(CaseReview, models.PROTECT, related_name="briefing")
    title = models.CharField(max_length=150)
    workshop = models.CharField(max_length=200, blank=True)
    workshop_link = models.URLField(blank=True)
    video_link = models.URLField(blank=True)
    shared_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = BriefingQuerySet.as_manager()

    class Meta:
        ordering = ["-shared_on", "title"]
        constraints = [models.CheckConstraint(condition=~Q(title=""), name="a_briefing_has_a_title")]

    def __str__(self) -> str:
        return "Learning briefing"

    def get_absolute_url(self) -> str:
        return reverse("casereviews:briefing", args=[self.pk])

    @property
    def is_shared(self) -> bool:
        return self.shared_on is not None


class BriefingStep(models.Model):
    briefing = models.ForeignKey(Briefing, models.CASCADE, related_name="steps")
    order = models.PositiveSmallIntegerField()
    heading = models.CharField(max_length=100)
    text = models.TextField(blank=True)

    objects = OfBriefingQuerySet.as_manager()

    class Meta:
        ordering = ["briefing", "order"]
        constraints = [
            models.UniqueConstraint(fields=["briefing", "order"], name="one_step_at_a_place_of_a_briefing"),
            models.CheckConstraint(condition=Q(order__gte=1, order__lte=len(STEPS)), name="a_briefing_has_six_steps"),
            models.CheckConstraint(condition=~Q(heading=""), name="a_step_has_a_heading"),
        ]

    def __str__(self) -> str:
        return self.heading


class BriefingConfirmation(models.Model):
    """An agency says which of its teams had the briefing, and when."""

    briefing = models.ForeignKey(Briefing, models.PROTECT, related_name="confirmations")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    teams = models.CharField(max_length=200)
    had_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfBriefingQuerySet.as_manager()

    class Meta:
        ordering = ["agency__name", "had_on", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(teams=""), name="a_confirmation_names_the_teams")]

    def __str__(self) -> str:
        return f"{self.agency}: {self.teams}"
