"""What is measured, what was said of it when, and how it was defined when."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from lscb.accounts.models import Agency, User
from lscb.common.models import PeriodField, QuarterField
from lscb.common.periods import Quarter
from lscb.common.rag import Polarity

from ..querysets import DefinitionVersionQuerySet, IndicatorQuerySet, IndicatorRevisionQuerySet
from .kept import Kept

CODE = r"^[a-z][a-z0-9_]*$"


class Unit(models.TextChoices):
    COUNT = "count", "Count"
    PERCENT = "percent", "Percent"
    RATE = "rate", "Rate"
    DAYS = "days", "Days (average)"


class Kind(models.TextChoices):
    STOCK = "stock", "Stock: counted at the end of the period"
    FLOW = "flow", "Flow: counted over the period"
    ROLLING = "rolling", "Rolling twelve months"
    ANNUAL = "annual", "Annual"


class Frequency(models.TextChoices):
    MONTH = "month", "Every month"
    QUARTER = "quarter", "Every quarter"
    YEAR = "year", "Every year"


POLARITIES = [
    (Polarity.HIGHER.value, "Higher is better"),
    (Polarity.LOWER.value, "Lower is better"),
    (Polarity.NEITHER.value, "Neither"),
]


class DisclosureClass(models.TextChoices):
    OPEN = "open", "Open: shown as they are"
    CHILDREN = "children", "Counts children: 1 to 5 are hidden from the public"
    SENSITIVE = "sensitive", "Sensitive: never shown to the public"


class Indicator(models.Model):
    """What is measured.

    `multiplier` is what a rate is per (10,000 or 1,000). A *count* may carry one too: then its figures bring the
    population as denominator and the rate is shown beside the count, with the comparators speaking of the rate.
    `part_of` makes it one part of a whole; its share is taken of the whole as the agency counted it.
    """

    code = models.CharField(
        max_length=60,
        unique=True,
        validators=[RegexValidator(CODE, "Write the code in lower-case letters, digits and underscores.")],
    )
    title = models.CharField(max_length=150)
    source_agency = models.ForeignKey(Agency, models.PROTECT, related_name="indicators")
    unit = models.CharField(max_length=10, choices=Unit)
    multiplier = models.PositiveIntegerField(null=True, blank=True, help_text="Per how many a rate is")
    numerator_label = models.CharField(max_length=120, blank=True)
    denominator_label = models.CharField(max_length=120, blank=True)
    decimals = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=10, choices=Kind)
    frequency = models.CharField(max_length=10, choices=Frequency, default=Frequency.QUARTER)
    polarity = models.CharField(max_length=10, choices=POLARITIES, default=Polarity.NEITHER.value)
    target = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    tolerance = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    expected_change = models.PositiveSmallIntegerField(
        default=25,
        help_text="Percent (points of a percentage) up or down on the period before that need no comment",
    )
    part_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    on_main = models.BooleanField("on the main scorecard", default=True)
    on_met = models.BooleanField("on the MET scorecard", default=False)
    wants_neighbours = models.BooleanField("compared with statistical neighbours", default=False)
    wants_region = models.BooleanField("compared with the region", default=False)
    wants_england = models.BooleanField("compared with England", default=False)
    disclosure_class = models.CharField(max_length=10, choices=DisclosureClass, default=DisclosureClass.CHILDREN)
    position = models.PositiveIntegerField(default=0)
    active_from = QuarterField(null=True, blank=True)
    active_to = QuarterField(null=True, blank=True)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=CODE), name="indicator_code_is_lower_case_words"),
            models.CheckConstraint(
                condition=Q(unit="rate", multiplier__in=[1000, 10000])
                | Q(unit="count", multiplier__isnull=True)
                | Q(unit="count", multiplier__in=[1000, 10000])
                | Q(unit__in=["percent", "days"], multiplier__isnull=True),
                name="rate_is_per_1000_or_10000",
            ),
            models.CheckConstraint(
                condition=Q(tolerance__isnull=True) | Q(target__isnull=False, tolerance__gte=0),
                name="tolerance_needs_a_target",
            ),
            models.CheckConstraint(
                condition=Q(active_to__isnull=True) | Q(active_from__isnull=True) | Q(active_to__gte=F("active_from")),
                name="indicator_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(part_of__isnull=True) | ~Q(part_of=F("id")), name="indicator_is_not_part_of_itself"
            ),
            models.CheckConstraint(
                condition=Q(kind="annual", frequency="year") | (~Q(kind="annual") & ~Q(frequency="year")),
                name="annual_indicator_comes_every_year",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("dataset:indicator_detail", args=[self.code])

    def is_active(self, quarter: Quarter) -> bool:
        """The same question as `IndicatorQuerySet.active`, of one indicator."""
        begun = self.active_from is None or self.active_from <= quarter
        return begun and (self.active_to is None or quarter <= self.active_to)


class IndicatorRevision(Kept):
    """What was said of an indicator from a moment on: title, agency, target and all the rest, as plain values.

    A quarter compiled as at a day is judged by the target as it stood on that day; a renamed indicator stays one
    series under the name that it had. `Indicator` itself holds the newest.
    """

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="revisions")
    revision = models.PositiveIntegerField()
    said = models.JSONField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = IndicatorRevisionQuerySet.as_manager()

    class Meta:
        ordering = ["indicator", "revision"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "revision"], name="one_indicator_revision_of_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.said['title']}, revision {self.revision}"


class DefinitionVersion(models.Model):
    """How an indicator was counted, from a period until the next version begins.

    A new version is a break in the series: no change is computed across it, and its line is drawn broken. The first
    version holds from the start and has no `from_period`.
    """

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="definitions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    from_period = PeriodField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = DefinitionVersionQuerySet.as_manager()

    class Meta:
        ordering = ["indicator", "number"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "number"], name="one_definition_of_a_number"),
            models.UniqueConstraint(fields=["indicator", "from_period"], name="one_definition_from_a_period"),
            models.CheckConstraint(
                condition=Q(number=1, from_period__isnull=True) | Q(number__gt=1, from_period__isnull=False),
                name="first_definition_holds_from_the_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}, definition {self.number}"
