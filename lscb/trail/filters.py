"""A filter of lists for programs: what was written to since a moment."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet

from lscb.common.programs import MomentFilter

from .models import Event
from .services import VIEWED


class UpdatedSince(MomentFilter):
    """`?updated_since=2026-06-01T00:00:00Z`: records of which the trail tells a write since then."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": "Written to since", **kwargs})

    def filter(self, qs: QuerySet[Any], value: dt.datetime | None) -> QuerySet[Any]:
        if value is None:
            return qs
        told = Event.objects.filter(target_type=qs.model._meta.label_lower, at__gte=value).exclude(verb=VIEWED)
        return qs.filter(pk__in=list(told.order_by().values_list("target_key", flat=True).distinct()))
