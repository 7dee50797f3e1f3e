"""What others have, and who the others are."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lscb.accounts.models import User
from lscb.common.models import FinancialYearField

from ..querysets import ComparatorQuerySet, ComparatorSetQuerySet
from .indicator import Indicator
from .kept import Kept


class Against(models.TextChoices):
    NEIGHBOURS = "neighbours", "Statistical neighbours"
    REGION = "region", "Region"
    ENGLAND = "england", "England"


class Comparator(Kept):
    """What others have, beside an indicator of a year, with the period it is really of. Revisions as for figures."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="comparators")
    against = models.CharField(max_length=12, choices=Against)
    name = models.CharField(max_length=60, blank=True, help_text="What it is called here, such as South East")
    year = FinancialYearField()
    revision = models.PositiveIntegerField()
    period_label = models.CharField(max_length=60, help_text="The period the value is of, as it is printed")
    value = models.DecimalField(max_digits=20, decimal_places=6)
    source = models.CharField(max_length=150, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ComparatorQuerySet.as_manager()

    class Meta:
        ordering = ["indicator", "year", "against", "revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "against", "year", "revision"], name="one_comparator_per_revision"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}, {self.called}, {self.year}"

    @property
    def called(self) -> str:
        return self.name or self.get_against_display()


class ComparatorSet(Kept):
    """Who the others are from a year on: statistical neighbours are chosen anew now and then. Revisions as for figures.

    `members` names one area per line.
    """

    against = models.CharField(max_length=12, choices=Against)
    from_year = FinancialYearField()
    revision = models.PositiveIntegerField()
    members = models.TextField()
    source = models.CharField(max_length=150, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ComparatorSetQuerySet.as_manager()

    class Meta:
        ordering = ["against", "from_year", "revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["against", "from_year", "revision"], name="one_comparator_set_per_revision"
            ),
            models.CheckConstraint(condition=~Q(members=""), name="comparator_set_names_its_members"),
            models.CheckConstraint(condition=~Q(against="england"), name="england_is_no_set"),
        ]

    def __str__(self) -> str:
        return f"{self.get_against_display()} from {self.from_year}"

    @property
    def names(self) -> list[str]:
        return self.members.splitlines()
