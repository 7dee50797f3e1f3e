"""What agencies are asked (domain: "Section 11", "School safeguarding audits"): versioned data, never code.

A version that a round uses is locked: nothing of it changes any more. Whoever wants other questions begins a new
version, in which a question keeps its `key`, so that answers can be compared and carried forward.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from lscb.common.models import PublicIdModel

from ..frameworks.querysets import FrameworkQuerySet, GradeQuerySet, StandardQuerySet, StandardQuestionQuerySet


class Audience(models.TextChoices):
    AGENCIES = "agencies", "Agencies"
    SCHOOLS = "schools", "Schools"


class Framework(PublicIdModel):
    """One version. `duty` is the board's own label of the law; `edition` names the guidance it is tied to."""

    audience = models.CharField(max_length=8, choices=Audience)
    version = models.PositiveSmallIntegerField(help_text="Counts within its audience")
    title = models.CharField(max_length=150)
    duty = models.CharField(max_length=200, help_text="The law that it asks about, as the board names it")
    edition = models.CharField(max_length=150, blank=True, help_text="The edition of the guidance it is tied to")
    declaration = models.TextField(help_text="What is declared by signing")
    locked_at = models.DateTimeField(null=True, blank=True, help_text="When a round first used it")

    objects = FrameworkQuerySet.as_manager()

    class Meta:
        ordering = ["audience", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["audience", "version"], name="one_framework_of_a_version"),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="framework_audience_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"

    def get_absolute_url(self) -> str:
        return reverse("audits:framework", args=[self.pk])

    @property
    def is_locked(self) -> bool:
        return self.locked_at is not None

    @property
    def is_for_schools(self) -> bool:
        return self.audience == Audience.SCHOOLS


class Standard(models.Model):
    """One standard. `theme` marks one that was added for a year, such as neglect."""

    framework = models.ForeignKey(Framework, models.CASCADE, related_name="standards")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=150)
    summary = models.TextField(blank=True, help_text="What children should be able to rely on")
    theme = models.CharField(max_length=80, blank=True, help_text="For a standard of one year only")

    objects = StandardQuerySet.as_manager()

    class Meta:
        ordering = ["framework", "number"]
        constraints = [
            models.UniqueConstraint(fields=["framework", "number"], name="one_standard_of_a_number"),
            models.CheckConstraint(condition=Q(number__gt=0), name="standards_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Question(models.Model):
    """A sentence that is true of the agency or not. `key` is the same in every version that asks it."""

    standard = models.ForeignKey(Standard, models.CASCADE, related_name="questions")
    number = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=60)
    text = models.CharField(max_length=300)
    guidance = models.TextField(blank=True)
    evidence_hint = models.TextField("evidence that helps", blank=True)

    objects = StandardQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["standard__number", "number"]
        constraints = [
            models.UniqueConstraint(fields=["standard", "number"], name="one_question_of_a_number_in_a_standard"),
            models.UniqueConstraint(fields=["standard", "key"], name="one_question_of_a_key_in_a_standard"),
        ]

    def __str__(self) -> str:
        return f"Question {self.reference}"

    @property
    def reference(self) -> str:
        """ "3.2"; needs the standard."""
        return f"{self.standard.number}.{self.number}"


class Option(models.Model):
    """A step of the answer scale, the best one first. `points` count into the score."""

    framework = models.ForeignKey(Framework, models.CASCADE, related_name="options")
    order = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=60)
    meaning = models.CharField(max_length=200, blank=True)
    points = models.PositiveSmallIntegerField()
    is_compliant = models.BooleanField("meets the standard")
    needs_action = models.BooleanField("something must be improved")

    objects = GradeQuerySet.as_manager()

    class Meta:
        ordering = ["framework", "order"]
        constraints = [
            models.UniqueConstraint(fields=["framework", "order"], name="one_grade_of_an_order"),
            models.UniqueConstraint(fields=["framework", "label"], name="one_grade_of_a_label"),
            models.CheckConstraint(
                condition=Q(is_compliant=True) | Q(needs_action=True), name="what_does_not_comply_needs_an_action"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def tone(self) -> str:
        if not self.is_compliant:
            return "red"
        return "amber" if self.needs_action else "green"
