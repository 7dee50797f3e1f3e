"""Work with the community and the voice of the child: what was held, whom it reached, what was said and shown.

A quote or a picture is printed only when it was cleared: who agreed, who wrote that down, and when.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from lscb.common.models import PeriodField, PublicIdModel, both_or_neither
from lscb.common.templatetags.portal import day
from lscb.common.words import worded
from lscb.files.models import Attachment

from ..engagement.querysets import EngagementEventQuerySet, PictureQuerySet, QuoteQuerySet
from .plan import Theme


class EngagementKind(models.TextChoices):
    EVENT = "event", "Community event"
    CAMPAIGN = "campaign", "Campaign"
    VOICE = "voice", "Voice of the child"
    CONFERENCE = "conference", "Conference"


class ReachIs(models.TextChoices):
    """How the number of people reached is known."""

    EXACT = "exact", "Counted"
    ABOUT = "about", "Approximately"
    OVER = "over", "Over"


class EngagementEvent(PublicIdModel):
    """One event or campaign, on a day (`on`, to `until`) or only known by its month."""

    kind = models.CharField(max_length=12, choices=EngagementKind)
    title = models.CharField(max_length=200)
    month = PeriodField()
    on = models.DateField("day", null=True, blank=True)
    until = models.DateField("last day", null=True, blank=True)
    about = models.TextField("what it was about", blank=True)
    held_with = models.TextField("with whom", blank=True)
    reached = models.PositiveIntegerField("how many were reached", null=True, blank=True)
    reach_is = models.CharField(max_length=6, choices=ReachIs, default=ReachIs.EXACT)
    reached_who = models.CharField("who was reached", max_length=150, blank=True)
    evaluations = models.PositiveIntegerField("evaluations received", null=True, blank=True)
    learned = models.TextField(worded("what was said and what the {board} does about it"), blank=True)
    themes = models.ManyToManyField(Theme, related_name="events", blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = EngagementEventQuerySet.as_manager()

    class Meta:
        ordering = ["-month", F("on").desc(nulls_last=True), "title"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="event_has_a_title"),
            models.CheckConstraint(condition=Q(kind__in=EngagementKind.values), name="event_is_of_a_known_kind"),
            models.CheckConstraint(condition=Q(reach_is__in=ReachIs.values), name="reach_is_known_in_a_known_way"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(on__isnull=False, until__gt=F("on")),
                name="event_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("boards:event", args=[self.pk])

    @property
    def first_day(self) -> dt.date:
        """The day it began; of a month the first, for putting things in order."""
        return self.on or self.month.first_day

    @property
    def when(self) -> str:
        """ "12 July 2016", "6 February 2017 to 10 February 2017", "June 2016" """
        if self.on is None:
            return self.month.label
        return f"{day(self.on)} to {day(self.until)}" if self.until else day(self.on)

    @property
    def reach(self) -> str:
        """ "over 400 families", "approximately 175 professionals", "250 school children"; empty when nobody knows."""
        if self.reached is None:
            return self.reached_who
        how = {ReachIs.ABOUT: "approximately ", ReachIs.OVER: "over "}.get(ReachIs(self.reach_is), "")
        return f"{how}{self.reached:,} {self.reached_who or 'people'}"


class Clearable(models.Model):
    """Something that is printed only when it was cleared. `consent` says who agreed and how."""

    consent = models.CharField(max_length=300, blank=True)
    cleared_on = models.DateField(null=True, blank=True)
    cleared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def is_cleared(self) -> bool:
        return self.cleared_on is not None


class Quote(Clearable):
    """Something that was said, and by whom in words that let nobody be known."""

    event = models.ForeignKey(EngagementEvent, models.CASCADE, related_name="quotes")
    text = models.TextField()
    said_by = models.CharField(max_length=150, help_text="For example, a young person aged 15")

    objects = QuoteQuerySet.as_manager()

    class Meta:
        ordering = ["event", "pk"]
        constraints = [
            both_or_neither("cleared_on", "cleared_by", name="quote_cleared_when_and_by"),
            models.CheckConstraint(
                condition=Q(cleared_on__isnull=True) | ~Q(consent=""), name="cleared_quote_says_who_agreed"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="quote_says_something"),
        ]

    def __str__(self) -> str:
        return f"Quote {self.pk}"


class Picture(Clearable):
    """A picture, and in words what it shows."""

    event = models.ForeignKey(EngagementEvent, models.CASCADE, related_name="pictures")
    file = models.OneToOneField(Attachment, models.PROTECT, related_name="picture")
    alt = models.CharField("what it shows", max_length=300)

    objects = PictureQuerySet.as_manager()

    class Meta:
        ordering = ["event", "pk"]
        constraints = [
            both_or_neither("cleared_on", "cleared_by", name="picture_cleared_when_and_by"),
            models.CheckConstraint(
                condition=Q(cleared_on__isnull=True) | ~Q(consent=""), name="cleared_picture_says_who_agreed"
            ),
            models.CheckConstraint(condition=~Q(alt=""), name="picture_says_what_it_shows"),
        ]

    def __str__(self) -> str:
        return f"Picture {self.pk}"
