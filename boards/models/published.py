"""What the public reads of the board's structure and membership: frozen on the day it was published."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from lscb.common.models import PublicIdModel

from ..querysets import PublishedStructureQuerySet
from .challenge import Kept


class PublishedStructure(Kept, PublicIdModel):
    """The structure and the membership by position as at a day, as plain values. `digest` is of what was previewed."""

    as_at = models.DateField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    content: Any = models.JSONField()
    digest = models.CharField(max_length=64)

    objects = PublishedStructureQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at"]

    def __str__(self) -> str:
        return f"Structure as at {self.as_at}"
