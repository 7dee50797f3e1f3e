"""Files that people attach to records. Whoever owns one (a paper, a piece of evidence) points at it from above."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from lscb.accounts.models import Agency, User
from lscb.common.models import PublicIdModel
from lscb.common.storage import private_storage, random_name

from .querysets import AttachmentQuerySet


class Attachment(PublicIdModel):
    """A file that was checked, stored under a random name, and goes out only to who holds `permission`.

    `agency` or `group` narrows that to who holds it there; with neither it is for whoever holds it anywhere.
    `content_type` is by content, never by what the browser said.
    """

    file = models.FileField(storage=private_storage, upload_to=random_name)
    original_name = models.CharField(max_length=150)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(help_text="Bytes")
    sha256 = models.CharField(max_length=64)
    permission = models.CharField(max_length=60)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    group = models.SlugField(blank=True, help_text="Code of the group; groups live a floor above")
    case = models.UUIDField(
        null=True, blank=True, editable=False, help_text="Key of the case that people may be let into or kept out of"
    )
    uploaded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(permission=""), name="attachment_is_guarded"),
            models.CheckConstraint(
                condition=Q(agency__isnull=True) | Q(group=""), name="attachment_is_of_agency_or_group"
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="attachment_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.original_name

    def get_absolute_url(self) -> str:
        return reverse("files:attachment_download", args=[self.pk])
