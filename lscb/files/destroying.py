"""Destroying files when their time is over. Which ones is for the owner of the record to say."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from lscb.common.records import Destroyed

from .models import Attachment
from .services import remove_attachment


def destroy_attachments(keys: Collection[UUID], went: Destroyed) -> None:
    """Row and file, once nothing points at them any more; each is on the trail under its key."""
    for attachment in Attachment.objects.filter(pk__in=keys):
        went.files.append(attachment.sha256)
        remove_attachment(attachment=attachment, by=None)
    went.counts["files"] += len(keys)
