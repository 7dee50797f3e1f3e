"""A round: a year in which agencies or schools are asked for a return."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from lscb.accounts.models import Area
from lscb.common.models import FinancialYearField, PublicIdModel

from ..rounds.querysets import RoundQuerySet
from .framework import Framework

if TYPE_CHECKING:
    import datetime as dt


class Asks(models.TextChoices):
    FULL = "full", "A full return"
    UPDATE = "update", "An update"


class Round(PublicIdModel):
    """`year` is the financial year, or for schools the school year of the same name.

    A cross-area round is read by a panel of all its `areas`; agencies answer once. A round of one area names none.
    """

    title = models.CharField(max_length=150)
    year = FinancialYearField()
    framework = models.ForeignKey(Framework, models.PROTECT, related_name="rounds")
    is_cross_area = models.BooleanField(default=False)
    areas = models.ManyToManyField(Area, related_name="+", blank=True)
    asks_for = models.CharField(max_length=6, choices=Asks, default=Asks.FULL)
    opens_on = models.DateField()
    due_on = models.DateField("deadline")
    panel_on = models.DateField("panel meets on", null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "title"]
        constraints = [
            models.UniqueConstraint(fields=["year", "title"], name="one_round_of_a_title_in_a_year"),
            models.CheckConstraint(condition=Q(due_on__gte=F("opens_on")), name="round_is_due_after_it_opens"),
            models.CheckConstraint(condition=Q(asks_for__in=Asks.values), name="round_asks_for_something_known"),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opens_on")),
                name="round_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(panel_on__isnull=True) | Q(panel_on__gte=F("opens_on")),
                name="panel_meets_after_the_round_opens",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("audits:round", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.closed_on is None

    def has_opened(self, today: dt.date) -> bool:
        return self.opens_on <= today
