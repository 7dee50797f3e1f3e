"""What may be shown to whom: the policy for small numbers by audience, its lifting, and what was made public."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from lscb.accounts.models import User
from lscb.common.models import PeriodField, QuarterField, both_or_neither
from lscb.common.small_numbers import SmallNumberPolicy
from lscb.common.words import worded

from ..querysets import DisclosurePolicyQuerySet, LiftQuerySet, PublishedDatasetQuerySet
from .edition import Edition
from .indicator import DisclosureClass, Indicator
from .kept import Kept


class Audience(models.TextChoices):
    BOARD = "board", worded("Members of the {board} and its groups")
    PUBLIC = "public", "The public"


class DisclosurePolicy(Kept):
    """What an audience is shown of a class of indicators, revision by revision; the newest holds.

    `withheld` leaves the indicators out altogether. A `threshold` of 0 hides nothing.
    """

    audience = models.CharField(max_length=10, choices=Audience)
    disclosure_class = models.CharField(max_length=10, choices=DisclosureClass)
    revision = models.PositiveIntegerField()
    withheld = models.BooleanField(default=False)
    threshold = models.PositiveSmallIntegerField(default=5)
    zeros_shown = models.BooleanField(default=True)
    rounding_base = models.PositiveSmallIntegerField(default=1)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = DisclosurePolicyQuerySet.as_manager()

    class Meta:
        ordering = ["audience", "disclosure_class", "revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["audience", "disclosure_class", "revision"], name="one_policy_per_revision"
            ),
            models.CheckConstraint(condition=Q(rounding_base__gte=1), name="rounding_base_is_one_or_more"),
            models.CheckConstraint(condition=~Q(threshold=1), name="hiding_only_ones_hides_nothing"),
        ]

    def __str__(self) -> str:
        return f"{self.get_audience_display()}, {self.get_disclosure_class_display().split(':')[0].lower()}"

    @property
    def rule(self) -> SmallNumberPolicy:
        return SmallNumberPolicy(self.threshold, zeros_shown=self.zeros_shown, rounding_base=self.rounding_base)


class Lift(models.Model):
    """Small numbers of an indicator are shown to an audience all the same, because a named person decided so.

    Without `period` it holds for all of them.
    """

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="lifts")
    audience = models.CharField(max_length=10, choices=Audience)
    period = PeriodField(null=True, blank=True)
    reason = models.TextField()
    lifted_at = models.DateTimeField()
    lifted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = LiftQuerySet.as_manager()

    class Meta:
        ordering = ["-lifted_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="lift_gives_a_reason"),
            both_or_neither("ended_at", "ended_by", name="lift_ended_when_and_by"),
            models.UniqueConstraint(
                "indicator",
                "audience",
                Coalesce("period", models.Value("")),
                condition=Q(ended_at__isnull=True),
                name="one_lift_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}, {self.get_audience_display().lower()}"


class PublishedDataset(Kept):
    """Open data: the chosen indicators of an edition as the public may have them, frozen on its day."""

    refusal = "What was published is never changed or removed."

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="published")
    quarter = QuarterField()
    number = models.PositiveSmallIntegerField(help_text="1 for the first version of a quarter")
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = PublishedDatasetQuerySet.as_manager()

    class Meta:
        ordering = ["-quarter", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["quarter", "number"], name="one_published_dataset_of_a_number"),
        ]

    def __str__(self) -> str:
        return f"Open data {self.quarter.label}, version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("opendata:dataset", args=[str(self.quarter)])
