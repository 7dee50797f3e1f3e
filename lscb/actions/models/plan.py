"""An action plan, and the quarterly reviews in which the group that watches it went through it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from lscb.accounts.models import Agency
from lscb.accounts.permissions import Permission
from lscb.common.models import PublicIdModel
from lscb.common.words import say

from ..querysets import ActionPlanQuerySet, QuarterlyReviewQuerySet

MANAGED_WITH: dict[Permission, Permission] = {
    Permission.READ_ACTIONS: Permission.MANAGE_ACTIONS,
    Permission.READ_RETURNS: Permission.MANAGE_AUDITS,
    Permission.READ_CASE_REVIEWS: Permission.MANAGE_CASE_REVIEWS,
    Permission.READ_CHILD_DEATHS: Permission.MANAGE_CHILD_DEATHS,
}
"""What reading a plan needs, and what changing it needs. A plan is never managed by who may not read its source."""


class ActionPlan(PublicIdModel):
    """Actions that one group watches. `permission` is what reading it needs, within its group or agency.

    A plan of no group and no agency is the whole board's; everyone who holds its permission anywhere reads it.
    """

    title = models.CharField(max_length=200)
    group = models.SlugField(blank=True, help_text="Code of the group that watches it; groups live a floor above")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    permission = models.CharField(
        max_length=40, choices=[(p.value, p.sentence) for p in MANAGED_WITH], default=Permission.READ_ACTIONS
    )
    opened_on = models.DateField()
    case = models.UUIDField(
        null=True, blank=True, editable=False, help_text="Key of the case that people may be let into or kept out of"
    )

    objects = ActionPlanQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(permission=Permission.READ_ACTIONS) | ~Q(group="") | Q(agency__isnull=False),
                name="confidential_plan_names_who_watches_it",
            ),
            models.CheckConstraint(
                condition=Q(permission__in=[p.value for p in MANAGED_WITH]), name="plan_is_read_with_a_known_permission"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("actions:plan", args=[self.pk])

    @property
    def is_confidential(self) -> bool:
        """Whether having an action in it does not yet let an agency read that action."""
        return self.permission != Permission.READ_ACTIONS

    @property
    def managed_with(self) -> Permission:
        return next(managing for reading, managing in MANAGED_WITH.items() if reading == self.permission)

    @property
    def watched_by(self) -> str:
        """Who watches it, in words: an agency, a group by its code, or the board."""
        if self.agency:
            return self.agency.name
        return self.group.replace("-", " ").capitalize() or say("The {board}")


class QuarterlyReview(models.Model):
    """A group went through its plan on a day. The counts reach from the review before (or the plan's opening) to it.

    `added` counts new and re-opened actions, `withdrawn` also those superseded.
    """

    plan = models.ForeignKey(ActionPlan, models.CASCADE, related_name="reviews")
    held_on = models.DateField()
    forum = models.CharField(max_length=200)
    notes = models.TextField(blank=True, help_text="What was said, for the minutes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    opening = models.PositiveIntegerField()
    added = models.PositiveIntegerField()
    reopened = models.PositiveIntegerField(default=0, help_text="Of those added")
    signed_off = models.PositiveIntegerField()
    withdrawn = models.PositiveIntegerField()
    closing = models.PositiveIntegerField()

    objects = QuarterlyReviewQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "held_on"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "held_on"], name="one_review_of_a_plan_on_a_day"),
            models.CheckConstraint(
                condition=Q(closing=F("opening") + F("added") - F("signed_off") - F("withdrawn")),
                name="opening_and_added_less_done_is_closing",
            ),
            models.CheckConstraint(condition=Q(reopened__lte=F("added")), name="reopened_are_among_the_added"),
        ]

    def __str__(self) -> str:
        return f"Review of {self.plan} on {self.held_on}"

    def get_absolute_url(self) -> str:
        return reverse("actions:reviewed", args=[self.plan_id, self.held_on.isoformat()])
