"""How long the records room keeps its own records."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet

from lscb.accounts.permissions import Permission
from lscb.common.records import Kept, Then, whole_rows

from .models import AccessRequest


def _class(permission: Permission, slug: str, of: str) -> Kept:
    def closed() -> QuerySet[Any]:
        ended = AccessRequest.objects.filter(permission=permission, closed_on__isnull=False)
        return ended.annotate(trigger_on=F("closed_on"))

    return Kept(
        slug=slug,
        title=f"Subject access requests{of}",
        covers="Who asked for what, how long it took and what was answered; not what was handed over",
        trigger="the day it was closed",
        months=36,
        then=Then.DESTROY,
        basis="Legal obligation: UK GDPR, article 15. Three years, in which somebody may complain or claim.",
        triggered=closed,
        destroy=whole_rows(AccessRequest, "access requests"),
        permission=permission,
    )


KEPT = (
    _class(Permission.MANAGE_RECORDS, "subject-access", ""),
    _class(Permission.READ_CHILD_DEATH_IDENTITY, "subject-access-child-deaths", " about child deaths"),
)
