"""While a review runs: who sits on its panel, what stops it, what stops its publication, when it is expected."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lscb.accounts.models import Agency
from lscb.common.models import ends_after_it_starts

from ..querysets import OfReviewQuerySet
from .review import CaseReview


class PanelMember(models.Model):
    """A place on the panel. Who has an account reads the review while they sit on it."""

    review = models.ForeignKey(CaseReview, models.CASCADE, related_name="panel")
    position = models.CharField(max_length=150)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    chairs = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = OfReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-chairs", "pk"]
        constraints = [
            ends_after_it_starts("starts_on", "ends_on", name="panel_member_leaves_after_joining"),
            models.UniqueConstraint(
                fields=["review", "user"], condition=Q(ends_on__isnull=True), name="a_person_sits_on_a_panel_once"
            ),
            models.UniqueConstraint(
                fields=["review"], condition=Q(chairs=True, ends_on__isnull=True), name="one_chair_of_a_panel"
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.position, self.agency.name if self.agency else "") if part)


class PauseScope(models.TextChoices):
    WHOLE = "whole", "The whole review"
    PART = "part", "Part of it"


class Pause(models.Model):
    """From `starts_on` the review, or a part of it, stood still; on `ends_on` it went on."""

    review = models.ForeignKey(CaseReview, models.CASCADE, related_name="pauses")
    scope = models.CharField(max_length=5, choices=PauseScope)
    part = models.CharField(max_length=200, blank=True, help_text="What stands still when it is not everything")
    reason = models.CharField(max_length=300)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = OfReviewQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            ends_after_it_starts("starts_on", "ends_on", name="a_pause_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(scope__in=PauseScope.values), name="a_pause_has_a_known_scope"),
            models.CheckConstraint(
                condition=Q(scope=PauseScope.WHOLE, part="") | (Q(scope=PauseScope.PART) & ~Q(part="")),
                name="a_pause_of_a_part_names_the_part",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_pause_has_a_reason"),
            models.UniqueConstraint(
                fields=["review"],
                condition=Q(scope=PauseScope.WHOLE, ends_on__isnull=True),
                name="a_review_is_paused_as_a_whole_once",
            ),
        ]

    def __str__(self) -> str:
        return self.part or "The whole review"


class ProceedingsKind(models.TextChoices):
    CRIMINAL = "criminal", "Criminal investigation or trial"
    INQUEST = "inquest", "Inquest"
    FAMILY = "family", "Family court"
    OTHER = "other", "Other proceedings"


class Proceedings(models.Model):
    """What runs beside the review. While any runs, nothing is published."""

    review = models.ForeignKey(CaseReview, models.CASCADE, related_name="proceedings")
    kind = models.CharField(max_length=10, choices=ProceedingsKind)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)

    objects = OfReviewQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "pk"]
        verbose_name_plural = "proceedings"
        constraints = [
            ends_after_it_starts("starts_on", "ends_on", name="proceedings_end_after_they_start"),
            models.CheckConstraint(condition=Q(kind__in=ProceedingsKind.values), name="proceedings_are_of_a_kind"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class ExpectedDate(models.Model):
    """When the report was expected, as said on a day, and why that moved."""

    review = models.ForeignKey(CaseReview, models.CASCADE, related_name="expected")
    moved_from = models.DateField(null=True, blank=True)
    moved_to = models.DateField()
    said_on = models.DateField()
    reason = models.TextField(blank=True)

    objects = OfReviewQuerySet.as_manager()

    class Meta:
        ordering = ["said_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(moved_from__isnull=True) | (~Q(reason="") & ~Q(moved_to=F("moved_from"))),
                name="an_expected_date_moves_with_a_reason",
            )
        ]

    def __str__(self) -> str:
        return f"Report expected {self.moved_to}"
