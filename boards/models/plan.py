"""What the board sets out to do: three-year priorities, yearly themes, and the actions under each theme."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from lscb.actions.models import Action, ActionPlan
from lscb.common.models import FinancialYearField

from ..querysets import BusinessPlanQuerySet, PriorityQuerySet, ThemeActionQuerySet, ThemeQuerySet


class Priority(models.Model):
    """What matters over several years, from `first_year` to `last_year`."""

    first_year = FinancialYearField()
    last_year = FinancialYearField()
    number = models.PositiveSmallIntegerField()
    text = models.TextField()

    objects = PriorityQuerySet.as_manager()

    class Meta:
        ordering = ["first_year", "number"]
        verbose_name_plural = "priorities"
        constraints = [
            models.UniqueConstraint(fields=["first_year", "number"], name="one_priority_of_a_number"),
            models.CheckConstraint(condition=Q(last_year__gte=F("first_year")), name="priority_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"Priority {self.number}"


class Theme(models.Model):
    """What the board looks at in one year."""

    year = FinancialYearField()
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    priorities = models.ManyToManyField(Priority, related_name="themes", blank=True)

    objects = ThemeQuerySet.as_manager()

    class Meta:
        ordering = ["year", "number"]
        constraints = [models.UniqueConstraint(fields=["year", "number"], name="one_theme_of_a_number_in_a_year")]

    def __str__(self) -> str:
        return f"Theme {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("boards:theme", args=[str(self.year), self.number])


class BusinessPlan(models.Model):
    """The plan of one year, as an action plan."""

    year = FinancialYearField(unique=True)
    plan = models.OneToOneField(ActionPlan, models.PROTECT, related_name="business_plan")

    objects = BusinessPlanQuerySet.as_manager()

    class Meta:
        ordering = ["-year"]

    def __str__(self) -> str:
        return f"Business plan {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("boards:business_plan", args=[str(self.year)])


class ThemeAction(models.Model):
    """Puts an action of the business plan under its theme."""

    theme = models.ForeignKey(Theme, models.PROTECT, related_name="theme_actions")
    action = models.OneToOneField(Action, models.CASCADE, related_name="theme_action")

    objects = ThemeActionQuerySet.as_manager()

    class Meta:
        ordering = ["theme", "action__number"]

    def __str__(self) -> str:
        return f"{self.action} of {self.theme}"
