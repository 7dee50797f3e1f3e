"""Reads of the records room."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from lscb.accounts.models import Reader, User
from lscb.accounts.permissions import Permission
from lscb.common.models import in_force

from .access import KEEPERS, TAKERS, held_by

if TYPE_CHECKING:
    from .models import (  # noqa: F401
        Destruction,
        DestructionItem,
        Hold,
        KeptLonger,
        RetentionRule,
        TakeOut,
    )


class TakeOutQuerySet(models.QuerySet["TakeOut"]):
    def visible_to(self, user: Reader) -> TakeOutQuerySet:
        """One's own, as long as one may still take out what is in them."""
        if not isinstance(user, User):
            return self.none()
        of_agencies = Q(permission=Permission.TAKE_OUT, agency__in=sorted(user.agencies_where(Permission.TAKE_OUT)))
        return self.filter(of_agencies | Q(permission__in=held_by(user, TAKERS)), asked_by=user)

    def within_reach_of(self, user: User) -> TakeOutQuerySet:
        """For a program: those that a program asked for which could read no more than this one."""
        asked = [(key, reach) for key, reach in self.values_list("pk", "reach") if reach is not None]
        return self.filter(pk__in=[key for key, reach in asked if all(user.is_open(Permission(one)) for one in reach)])  # type: ignore[call-arg]

    def expired(self, at: dt.datetime) -> TakeOutQuerySet:
        """Those whose file is over its time and still there."""
        return self.filter(expires_at__lte=at).exclude(file="")


# ---- Keeping and destroying -----------------------------------------------------------------------------------------


def classes_seen_by(user: Reader) -> list[str]:
    """The slugs of the classes that a person may see."""
    from .classes import classes

    if not isinstance(user, User):
        return []
    return [kept.slug for kept in classes() if user.for_whole_board(Permission(kept.permission))]  # type: ignore[call-arg]


class _OfClass(models.QuerySet[Any]):
    """Rows that name a class by its slug are read by who may see the class."""

    def visible_to(self, user: Reader) -> Self:
        return self.filter(slug__in=classes_seen_by(user))


class RuleQuerySet(_OfClass):
    pass


class HoldQuerySet(_OfClass):
    def in_force(self, on: dt.date) -> Self:
        return self.filter(in_force(on), lifted_at__isnull=True)


class KeptLongerQuerySet(_OfClass):
    def in_force(self, on: dt.date) -> Self:
        """Kept until the end of its last day."""
        return self.filter(until__gte=on)


class DestructionQuerySet(_OfClass):
    def waiting(self) -> Self:
        return self.filter(approved_at__isnull=True, withdrawn_at__isnull=True)


class DestructionItemQuerySet(models.QuerySet["DestructionItem"]):
    def visible_to(self, user: Reader) -> DestructionItemQuerySet:
        return self.filter(destruction__slug__in=classes_seen_by(user))


# ---- Subject access -------------------------------------------------------------------------------------------------


class AccessRequestQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Reader) -> Self:
        """For who answers it, and nobody else."""
        return self.filter(permission__in=held_by(user, KEEPERS))

    def open(self) -> Self:
        return self.filter(closed_on__isnull=True)


class _OfRequests(models.QuerySet[Any]):
    def visible_to(self, user: Reader) -> Self:
        return self.filter(request__permission__in=held_by(user, KEEPERS))


class AccessPauseQuerySet(_OfRequests):
    def running(self) -> Self:
        return self.filter(ends_on__isnull=True)


class CollectedQuerySet(_OfRequests):
    pass
