"""What was sent: a value or the reason why there is none, revision by revision."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lscb.accounts.models import User
from lscb.common.models import PeriodField

from ..querysets import FigureQuerySet
from .indicator import Indicator
from .kept import Kept


class Absence(models.TextChoices):
    """Why there is no value. None of them is a zero: a zero is a value."""

    NIL_RETURN = "nil_return", "Nil return"
    NOT_COLLECTED = "not_collected", "Not collected"
    NOT_APPLICABLE = "not_applicable", "Not applicable"
    SUPPRESSED = "suppressed", "Suppressed"
    BLANK = "blank", "Blank"


class Status(models.TextChoices):
    PROVISIONAL = "provisional", "Provisional"
    FINAL = "final", "Final"


class Figure(Kept):
    """One revision of one figure: a value, or the reason why there is none. Never changed; corrected by the next.

    A count with a denominator has the count itself as numerator. `value` of a percentage or rate with parts follows
    from them; the compilation takes the parts.
    """

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="figures")
    period = PeriodField()
    revision = models.PositiveIntegerField()
    numerator = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    denominator = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    value = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    absence = models.CharField(max_length=20, choices=Absence, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.FINAL)
    comment = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = FigureQuerySet.as_manager()

    class Meta:
        ordering = ["indicator", "period", "revision"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "period", "revision"], name="one_figure_per_revision"),
            models.CheckConstraint(
                condition=Q(value__isnull=False, absence="")
                | (Q(value__isnull=True, numerator__isnull=True, denominator__isnull=True) & ~Q(absence="")),
                name="figure_has_a_value_or_says_why_not",
            ),
            models.CheckConstraint(
                condition=Q(numerator__isnull=True, denominator__isnull=True)
                | Q(numerator__isnull=False, denominator__gt=0),
                name="figure_has_both_parts_or_neither",
            ),
            models.CheckConstraint(condition=Q(revision__gte=1), name="figure_revisions_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}, {self.period.label}"
