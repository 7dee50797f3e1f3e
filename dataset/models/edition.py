"""What was compiled, and what was chosen of it for a meeting."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.urls import reverse

from lscb.accounts.models import User
from lscb.common.models import PublicIdModel, QuarterField
from lscb.common.periods import local_date

from ..querysets import EDITION_FROZEN, BoardPackQuerySet, EditionQuerySet, PackItemQuerySet
from .figure import Status
from .kept import Kept


class Edition(Kept):
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

    refusal = EDITION_FROZEN

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["-quarter", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["quarter", "number"], name="one_edition_of_a_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="editions_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"Dataset {self.quarter.label}, edition {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("dataset:edition_detail", args=[str(self.quarter), self.number])

    @property
    def as_at_day(self) -> dt.date:
        """The last day that is in it: a moment at midnight belongs to the day before."""
        return local_date(self.as_at - dt.timedelta(microseconds=1))


class BoardPack(PublicIdModel):
    """Indicators chosen from an edition for a meeting, in order. `version` counts changes of its questions."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="packs")
    title = models.CharField(max_length=150)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = BoardPackQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("dataset:pack", args=[self.pk])


class PackItem(models.Model):
    """One indicator of a pack, by its code in the edition, with the question that the board may want to ask."""

    pack = models.ForeignKey(BoardPack, models.CASCADE, related_name="items")
    code = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()
    question = models.TextField(blank=True)

    objects = PackItemQuerySet.as_manager()

    class Meta:
        ordering = ["pack", "position"]
        constraints = [models.UniqueConstraint(fields=["pack", "code"], name="indicator_is_in_a_pack_once")]

    def __str__(self) -> str:
        return f"{self.pack}: {self.code}"
