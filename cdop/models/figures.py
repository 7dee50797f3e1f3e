"""When small numbers of a year may be shown to the public."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from lscb.common.models import FinancialYearField

from ..querysets import LiftQuerySet


class Lift(models.Model):
    """A named person decided, for a reason, that the small numbers of a year are shown."""

    year = FinancialYearField(unique=True)
    reason = models.TextField()
    lifted_on = models.DateField()
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = LiftQuerySet.as_manager()

    class Meta:
        ordering = ["-year"]
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="small_numbers_shown_for_a_reason")]

    def __str__(self) -> str:
        return f"Small numbers of {self.year} shown"
