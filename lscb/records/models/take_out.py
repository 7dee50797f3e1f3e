"""A take-out: an archive of everything that is an agency's, or the board's, made by a job and gone after some days."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.urls import reverse

from lscb.accounts.models import Agency, User
from lscb.common.models import PublicIdModel
from lscb.common.storage import private_storage, random_name
from lscb.common.words import say
from lscb.jobs.models import Job

from ..querysets import TakeOutQuerySet


class TakeOut(PublicIdModel):
    """Without an agency it is the board's. The row stays as proof; the file goes when it expires."""

    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reason = models.CharField("what it is for", max_length=200)
    job = models.OneToOneField(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(null=True, blank=True)
    file = models.FileField(storage=private_storage, upload_to=random_name, blank=True)
    sha256 = models.CharField("SHA-256 of the archive", max_length=64, blank=True)
    size = models.PositiveBigIntegerField("bytes", null=True, blank=True)
    rows = models.PositiveIntegerField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = TakeOutQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="take_out_says_what_for"),
            models.CheckConstraint(
                condition=Q(made_at__isnull=True, sha256="", file="", expires_at__isnull=True)
                | (Q(made_at__isnull=False, expires_at__isnull=False) & ~Q(sha256="")),
                name="take_out_that_was_made_has_its_hash_and_end",
            ),
        ]

    def __str__(self) -> str:
        return f"Take-out: {self.of_whom}"

    def get_absolute_url(self) -> str:
        return reverse("records:take_out_detail", args=[self.pk])

    @property
    def of_whom(self) -> str:
        return self.agency.name if self.agency else say("the {board}")

    def can_be_fetched(self, at: dt.datetime) -> bool:
        return bool(self.file) and self.expires_at is not None and at < self.expires_at
