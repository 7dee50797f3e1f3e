"""Making chosen indicators of an edition public, as exactly what was previewed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from dataset.models import Edition, PublishedDataset, Status
from dataset.opendata import digest, document_of
from lscb.accounts.models import Actor
from lscb.common.errors import RuleBroken
from lscb.trail.services import record

from .defining import must_manage


@transaction.atomic
def publish_open_data(
    *, edition: Edition, codes: Sequence[str], seen: str | None = None, by: Actor, at: dt.datetime | None = None
) -> PublishedDataset:
    """Publish indicators of a final edition as the next version of its quarter. The same content again is the version
    that stands.

    `seen` is the digest of the preview: what differs from it is not published, because nobody saw it.
    """
    must_manage(by)
    if edition.status != Status.FINAL:
        raise RuleBroken("Only a final edition is made public. Compile the final one first.")
    versions = PublishedDataset.objects.select_for_update().filter(quarter=edition.quarter)
    last = versions.order_by("-number").first()
    document = document_of(edition, codes)
    if not document["indicators"]:
        raise RuleBroken("Tick at least one indicator that may be public.", field="codes")
    fingerprint = digest(document)
    if seen is not None and seen != fingerprint:
        raise RuleBroken("What may be shown has changed while you were reading. Look at the preview again.")
    if last and last.digest == fingerprint:
        return last
    published = PublishedDataset(
        edition=edition,
        quarter=edition.quarter,
        number=last.number + 1 if last else 1,
        content=document,
        digest=fingerprint,
        published_at=at or timezone.now(),
        published_by=by,
    )
    published.save()
    codes_told = ", ".join(one["code"] for one in document["indicators"])
    record(verb="published open data", by=by, target=published, changes={"indicators": (None, codes_told)})
    return published
