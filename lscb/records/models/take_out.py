"""A take-out: an archive of everything that is an agency's, or the board's, or of child deaths. It is made by a job and
gone after some days."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from cryptography.fernet import Fernet
from django.core.files import File
from django.db import models
from django.db.models import Q
from django.urls import reverse

from lscb.accounts.models import Agency, User
from lscb.accounts.permissions import Permission
from lscb.common.encryption import EncryptedTextField
from lscb.common.models import PublicIdModel
from lscb.common.storage import private_storage, random_name
from lscb.common.words import say
from lscb.jobs.models import Job

from ..querysets import TakeOutQuerySet


class TakeOut(PublicIdModel):
    """Without an agency it is the board's, or that of child deaths: `permission` is what taking it out needs. The row
    stays as proof; the file goes when it expires.

    Where `key` is set, the file lies encrypted with it, and nobody reads the file any more once the key is gone.
    """

    permission = models.CharField(max_length=60, default=Permission.TAKE_OUT)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reason = models.CharField("what it is for", max_length=200)
    reach = models.JSONField(
        "what the program that asked may use", null=True, blank=True, help_text="Permissions; null when asked in person"
    )
    job = models.OneToOneField(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(null=True, blank=True)
    file = models.FileField(storage=private_storage, upload_to=random_name, blank=True)
    key = EncryptedTextField(default="", editable=False)
    sha256 = models.CharField("SHA-256 of the archive", max_length=64, blank=True)
    size = models.PositiveBigIntegerField("bytes", null=True, blank=True)
    rows = models.PositiveIntegerField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = TakeOutQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(permission=Permission.TAKE_OUT)
                | (Q(permission=Permission.MANAGE_CHILD_DEATHS, agency__isnull=True)),
                name="take_out_is_of_somebody_or_of_child_deaths",
            ),
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
        if self.is_of_child_deaths:
            return "child deaths"
        return self.agency.name if self.agency else say("the {board}")

    @property
    def is_of_child_deaths(self) -> bool:
        return self.permission == Permission.MANAGE_CHILD_DEATHS

    def open_archive(self) -> File[Any]:
        """The archive as it was made, whose hash is `sha256`."""
        if not self.key:
            return self.file.open("rb")
        with self.file.open("rb") as stored:
            return File(io.BytesIO(Fernet(self.key).decrypt(stored.read())), name="archive.zip")

    def can_be_fetched(self, at: dt.datetime) -> bool:
        return bool(self.file) and self.expires_at is not None and at < self.expires_at
