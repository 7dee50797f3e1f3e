"""The library: policies, procedures, thresholds, toolkits, newsletters, briefings, with versions (domain: "Library").

A version is never changed: another one is added. Who was told of it is on record.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from lscb.accounts.models import Agency
from lscb.common.models import PublicIdModel
from lscb.common.words import worded
from lscb.files.models import Attachment

from ..library.querysets import LibraryItemQuerySet, LibraryVersionQuerySet, NoticeQuerySet
from .group import Group


class LibraryKind(models.TextChoices):
    POLICY = "policy", "Policy"
    PROCEDURE = "procedure", "Procedure"
    THRESHOLDS = "thresholds", "Thresholds document"
    TOOLKIT = "toolkit", "Toolkit"
    NEWSLETTER = "newsletter", "Newsletter"
    BRIEFING = "briefing", "Briefing"


REVIEWED_EVERY: dict[str, int] = {LibraryKind.PROCEDURE: 6}
"""Months after which a kind is read again unless the item says otherwise: the area's procedures every six months."""


class Audience(models.TextChoices):
    BOARD = "board", worded("Who reads papers of the {board}")
    PARTNERS = "partners", "Everybody with an account"
    PUBLIC = "public", "Everybody, also without an account"


class LibraryItem(PublicIdModel):
    """One thing in the library. An issue of the newsletter is an item of its own.

    `version` counts changes of its facts; who saves names the version that was read.
    """

    kind = models.CharField(max_length=12, choices=LibraryKind)
    title = models.CharField(max_length=200)
    about = models.TextField("what it is for", blank=True)
    owner = models.ForeignKey(Group, models.PROTECT, null=True, blank=True, related_name="library_items")
    audience = models.CharField("who reads it", max_length=10, choices=Audience)
    review_months = models.PositiveSmallIntegerField(
        "reviewed every (months)", null=True, blank=True, help_text="Empty for what is not reviewed"
    )
    review_on = models.DateField("next review", null=True, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = LibraryItemQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "title"], condition=Q(withdrawn_on__isnull=True), name="one_library_item_of_a_title"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="library_item_has_a_title"),
            models.CheckConstraint(condition=Q(kind__in=LibraryKind.values), name="library_item_is_of_a_known_kind"),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="library_item_has_an_audience"),
            models.CheckConstraint(
                condition=Q(review_months__isnull=True) | Q(review_months__gt=0), name="review_is_after_some_months"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("boards:library_item", args=[self.pk])

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_on is not None

    def review_is_due(self, today: dt.date) -> bool:
        return self.review_on is not None and not self.is_withdrawn and self.review_on <= today


class LibraryVersion(models.Model):
    """A version, from a day on: a file or an address on the web."""

    item = models.ForeignKey(LibraryItem, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    on = models.DateField("in force from")
    file = models.OneToOneField(Attachment, models.PROTECT, null=True, blank=True, related_name="library_version")
    link = models.URLField(blank=True)
    change = models.TextField("what changed", blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = LibraryVersionQuerySet.as_manager()

    class Meta:
        ordering = ["item", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="one_library_version_of_a_number"),
            models.CheckConstraint(
                condition=Q(file__isnull=False, link="") | (Q(file__isnull=True) & ~Q(link="")),
                name="library_version_is_a_file_or_a_link",
            ),
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"


class Notice(models.Model):
    """That agencies and groups were told of a version, on a day, and how many people that were."""

    version = models.ForeignKey(LibraryVersion, models.PROTECT, related_name="notices")
    on = models.DateField()
    agencies = models.ManyToManyField(Agency, related_name="+", blank=True)
    groups = models.ManyToManyField(Group, related_name="+", blank=True)
    people = models.PositiveIntegerField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["version", "-on", "-pk"]

    def __str__(self) -> str:
        return f"Notice of {self.on}"
