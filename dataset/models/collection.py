"""The collection of a quarter: what each agency owes by when, what it typed and uploaded, and when it sent it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from lscb.accounts.models import Agency, User
from lscb.common.models import PeriodField, PublicIdModel, QuarterField, both_or_neither
from lscb.files.models import Attachment

from ..querysets import AgencyReturnQuerySet, CollectionQuerySet, EntryQuerySet, UploadQuerySet
from .indicator import Indicator


class Collection(models.Model):
    """A quarter for which the agencies are asked. What each owes follows from the indicators it is the source of.

    Closing ends the chasing; what comes later still counts, as a late figure or the next revision of one.
    """

    quarter = QuarterField(unique=True)
    due = models.DateField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = CollectionQuerySet.as_manager()

    class Meta:
        ordering = ["-quarter"]
        constraints = [both_or_neither("closed_at", "closed_by", name="collection_closed_when_and_by")]

    def __str__(self) -> str:
        return f"Figures of {self.quarter.label}"

    def get_absolute_url(self) -> str:
        return reverse("dataset:collection", args=[str(self.quarter)])

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class AgencyReturn(models.Model):
    """An agency in a collection: when it last sent figures, and how often it was reminded."""

    collection = models.ForeignKey(Collection, models.PROTECT, related_name="returns")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="figure_returns")
    sent_at = models.DateTimeField(null=True, blank=True)
    sender = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reminders = models.PositiveSmallIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True, blank=True)

    objects = AgencyReturnQuerySet.as_manager()

    class Meta:
        ordering = ["collection", "agency"]
        constraints = [
            models.UniqueConstraint(fields=["collection", "agency"], name="one_return_per_agency_and_collection"),
            models.CheckConstraint(
                condition=Q(reminders=0, reminded_at__isnull=True) | Q(reminders__gt=0, reminded_at__isnull=False),
                name="reminded_agency_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency}, {self.collection.quarter.label}"

    def get_absolute_url(self) -> str:
        return reverse("dataset:grid", args=[str(self.collection.quarter), self.agency_id])


class Entry(models.Model):
    """What was typed into a row of the grid and is not sent yet: exactly the letters, right or wrong."""

    of_return = models.ForeignKey(AgencyReturn, models.CASCADE, related_name="entries")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    period = PeriodField()
    typed = models.JSONField(help_text="value, numerator, denominator, absence, provisional, comment: texts")
    typed_at = models.DateTimeField()
    typed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["of_return", "indicator", "period"]
        constraints = [
            models.UniqueConstraint(fields=["of_return", "indicator", "period"], name="one_entry_per_cell"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}, {self.period.label}"


class Upload(PublicIdModel):
    """A file of figures that waits to be confirmed, or was. With an agency it is that agency's and for one quarter."""

    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="+")
    of_return = models.ForeignKey(AgencyReturn, models.PROTECT, null=True, blank=True, related_name="uploads")
    quarter = QuarterField(null=True, blank=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at"]
        constraints = [both_or_neither("confirmed_at", "confirmed_by", name="upload_confirmed_when_and_by")]

    def __str__(self) -> str:
        return f"Figures uploaded on {self.uploaded_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("dataset:upload", args=[self.pk])
