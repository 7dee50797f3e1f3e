"""How long the records room keeps its own records."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet

from lscb.common.records import Kept, Then, whole_rows

from .models import AccessRequest


def _closed() -> QuerySet[Any]:
    return AccessRequest.objects.filter(closed_on__isnull=False).annotate(trigger_on=F("closed_on"))


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
        destroy=whole_rows(AccessRequest, "access requests"),
    ),
)
