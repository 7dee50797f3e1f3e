"""The multi-agency dataset: what is measured, how it was defined when, what was sent, and what was compiled of it.

A figure is never changed: a correction is its next revision, so that what was known on a date can always be shown.
An edition is never changed either: it is a document frozen with its hash.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, NoReturn

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from lscb.accounts.models import Agency, User
from lscb.common.models import FinancialYearField, PeriodField, QuarterField
from lscb.common.periods import local_date
from lscb.common.rag import Polarity

from .querysets import (
    EDITION_FROZEN,
    FIGURE_KEPT,
    ComparatorQuerySet,
    DefinitionVersionQuerySet,
    EditionQuerySet,
    FigureQuerySet,
    IndicatorQuerySet,
)

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


class Against(models.TextChoices):
    NEIGHBOURS = "neighbours", "Statistical neighbours"
    REGION = "region", "Region"
    ENGLAND = "england", "England"


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


class Figure(models.Model):
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

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(FIGURE_KEPT)
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(FIGURE_KEPT)


class Comparator(models.Model):
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

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(FIGURE_KEPT)
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(FIGURE_KEPT)

    @property
    def called(self) -> str:
        return self.name or self.get_against_display()


class Edition(models.Model):
    """A quarter as it was compiled: everything known at `as_at`, frozen.

    `content` is one document (see `document.py`), `digest` the SHA-256 of its canonical bytes. The number is not in
    the document: the same quarter as at the same moment gives the same bytes.
    """

    quarter = QuarterField()
    number = models.PositiveSmallIntegerField()
    as_at = models.DateTimeField()
    status = models.CharField(max_length=12, choices=Status)
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    compiled_at = models.DateTimeField()
    compiled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["-quarter", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["quarter", "number"], name="one_edition_of_a_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="editions_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"Dataset {self.quarter.label}, edition {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(EDITION_FROZEN)
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("dataset:edition_detail", args=[str(self.quarter), self.number])

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(EDITION_FROZEN)

    @property
    def as_at_day(self) -> dt.date:
        """The last day that is in it: a moment at midnight belongs to the day before."""
        return local_date(self.as_at - dt.timedelta(microseconds=1))
