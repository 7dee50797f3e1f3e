"""What is taught: programmes, their courses, who teaches, and what it costs not to come.

`version` counts changes of each; who saves names the version that was read.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from boards.models import Theme
from lscb.accounts.models import Agency

from ..querysets import ChargePolicyQuerySet, CourseQuerySet, FeeQuerySet, ProgrammeQuerySet, TrainerQuerySet


class Length(models.TextChoices):
    """How long a course is; a fee goes by it."""

    SHORT = "short", "Up to two hours"
    HALF_DAY = "half_day", "Half a day"
    DAY = "day", "One day"
    TWO_DAYS = "two_days", "Two days"
    LONGER = "longer", "More than two days"


class Window(models.TextChoices):
    """How the days before a session are counted."""

    CALENDAR = "calendar", "calendar days"
    WORKING = "working", "working days"


class Programme(models.Model):
    """A family of courses that reports count together: Wednesday Workshops, Level 3."""

    name = models.CharField(max_length=120)
    summary = models.TextField(blank=True)
    order = models.PositiveSmallIntegerField(default=0, help_text="Where it stands among the others")
    version = models.PositiveIntegerField(default=1)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["order", "name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="one_programme_of_a_name")]

    def __str__(self) -> str:
        return self.name


class ChargePolicy(models.Model):
    """What somebody's agency pays who cancels late or does not come: a rule as data, which staff can change.

    Cancelling is in time until the end of the day that lies `days` before the first day of the session.
    """

    name = models.CharField(max_length=80, unique=True)
    days = models.PositiveSmallIntegerField("days before the session")
    window = models.CharField(max_length=10, choices=Window, default=Window.WORKING)
    charges_absence = models.BooleanField("charges who does not come", default=True)
    exempt = models.ManyToManyField(Agency, blank=True, related_name="+", verbose_name="agencies that pay nothing")
    version = models.PositiveIntegerField(default=1)

    objects = ChargePolicyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "charge policies"
        constraints = [models.CheckConstraint(condition=Q(window__in=Window.values), name="window_is_known")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("training:policy_change", args=[self.pk])


class Fee(models.Model):
    """What a policy asks for a course of a length. A length without a fee costs nothing."""

    policy = models.ForeignKey(ChargePolicy, models.CASCADE, related_name="fees")
    length = models.CharField(max_length=10, choices=Length)
    amount = models.DecimalField(max_digits=8, decimal_places=2)

    objects = FeeQuerySet.as_manager()

    class Meta:
        ordering = ["policy", "amount"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "length"], name="one_fee_for_a_length"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="fee_is_more_than_nothing"),
        ]

    def __str__(self) -> str:
        return f"{self.get_length_display()}: {self.amount}"


class Course(models.Model):
    """What a session teaches."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="courses")
    title = models.CharField(max_length=150)
    aims = models.TextField(blank=True)
    level = models.CharField(max_length=40, blank=True)
    audience = models.CharField("who it is for", max_length=200, blank=True)
    length = models.CharField(max_length=10, choices=Length, default=Length.HALF_DAY)
    needs_approval = models.BooleanField("a manager approves each booking", default=False)
    certificate_after_evaluation = models.BooleanField("the certificate comes after the evaluation", default=False)
    charge_policy = models.ForeignKey(ChargePolicy, models.PROTECT, null=True, blank=True, related_name="courses")
    themes = models.ManyToManyField(Theme, related_name="courses", blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ["programme", "title"]
        constraints = [
            models.UniqueConstraint("programme", Lower("title"), name="one_course_of_a_title_in_a_programme"),
            models.CheckConstraint(condition=Q(length__in=Length.values), name="length_is_known"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("training:course", args=[self.pk])


class Trainer(models.Model):
    """Who teaches; not a user of the portal."""

    name = models.CharField(max_length=120)
    organisation = models.CharField(max_length=150, blank=True)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField("still teaches", default=True)
    version = models.PositiveIntegerField(default=1)

    objects = TrainerQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name}, {self.organisation}" if self.organisation else self.name

    def get_absolute_url(self) -> str:
        return reverse("training:trainer_change", args=[self.pk])
