"""How long the records room keeps its own records."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from lscb.common.records import Destroyed, Kept, Then

from .models import AccessRequest


def _closed() -> QuerySet[Any]:
    return AccessRequest.objects.filter(closed_on__isnull=False).annotate(trigger_on=F("closed_on"))


def destroy_requests(keys: Collection[UUID]) -> Destroyed:
    went = Destroyed()
    went.counts["access requests"] += AccessRequest.objects.filter(pk__in=keys).count()
    AccessRequest.objects.filter(pk__in=keys).delete()
    return went


KEPT = (
    Kept(
        slug="subject-access",
        title="Subject access requests",
        covers="Who asked for what, how long it took and what was answered; not what was handed over",
        trigger="the day it was closed",
        months=36,
        then=Then.DESTROY,
        basis="Legal obligation: UK GDPR, article 15. Three years, in which somebody may complain or claim.",
        triggered=_closed,
        destroy=destroy_requests,
    ),
)
