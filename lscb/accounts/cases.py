"""Who is let into one case, or kept out of it, whatever their roles say.

A case is known here by its key alone, as a group is by its code: cases live floors above. Whatever belongs to a case
(its action plan, its files, its meetings) carries the key, and its `visible_to` asks `within_cases`.

The owner of the case says who may do this; these services only write.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from lscb.trail.services import record

from .models import Actor, CaseAccess, CaseAccessKind, User
from .permissions import Permission


def let_in(user: User, field: str) -> Q:
    """Records of the cases that `user` is let into now; `field` leads from the queried model to the key."""
    return Q(**{f"{field}__in": CaseAccess.objects.letting_in(user, timezone.now()).values("case")})


def kept_out(user: User, field: str) -> Q:
    """Records of the cases that `user` is kept out of."""
    return Q(**{f"{field}__in": CaseAccess.objects.keeping_out(user).values("case")})


def within_cases(user: User, readable: Q, field: str) -> Q:
    """What roles make `readable`, with what `user` is let into and without what `user` is kept out of.

    A program is let in where its scopes hold case reviews: other cases let nobody in.
    """
    if user.is_open(Permission.READ_CASE_REVIEWS):
        readable = readable | let_in(user, field)
    return readable & ~kept_out(user, field)


@transaction.atomic
def let_into_case(
    *, case: UUID, user: User, reason: str = "", ends_at: dt.datetime | None = None, by: Actor
) -> CaseAccess | None:
    """Let a person in, until `ends_at` when given. Who is kept out stays out: None."""
    found = CaseAccess.objects.select_for_update().filter(case=case, user=user).first()
    if found and found.kind == CaseAccessKind.KEPT_OUT:
        return None
    return _write(found, case, user, CaseAccessKind.LET_IN, reason, ends_at, by)


@transaction.atomic
def keep_out_of_case(*, case: UUID, user: User, reason: str, by: Actor) -> CaseAccess:
    """Wall a person off, for a conflict of interest, whatever else lets them in."""
    found = CaseAccess.objects.select_for_update().filter(case=case, user=user).first()
    return _write(found, case, user, CaseAccessKind.KEPT_OUT, reason, None, by)


def in_emergency(*, case: UUID, user: User, watches: bool, now: dt.datetime) -> list[CaseAccess]:
    """Who reads the case for an hour now: all of them for who `watches` over it, else one's own."""
    access = CaseAccess.objects.in_emergency(case, now).select_related("user").order_by("ends_at")
    return list(access if watches else access.filter(user=user))


@transaction.atomic
def forget_case_access(*, access: CaseAccess, by: Actor) -> None:
    """From now on roles alone decide."""
    record(verb="ended access to a case", by=by, target=access, named="Access", changes={"kind": (access.kind, None)})
    access.delete()


@transaction.atomic
def cut_short(*, access: CaseAccess, by: Actor, at: dt.datetime) -> None:
    """Access that would end by itself ends now. One that is over stays as it is."""
    if access.ends_at is not None and access.ends_at > at:
        record(verb="cut short", by=by, target=access, named="Access", changes={"ends_at": (access.ends_at, at)})
        access.ends_at = at
        access.save(update_fields=["ends_at"])


def _write(
    found: CaseAccess | None,
    case: UUID,
    user: User,
    kind: CaseAccessKind,
    reason: str,
    ends_at: dt.datetime | None,
    by: Actor,
) -> CaseAccess:
    access = found or CaseAccess(case=case, user=user)
    before = access.kind if found else None
    access.kind, access.reason, access.ends_at, access.given_by = kind, reason.strip(), ends_at, by
    access.save()
    record(
        verb=CaseAccessKind(kind).label.lower(),
        by=by,
        target=access,
        named="Access",
        changes={"kind": (before, kind), "user": (None, user.pk)},
    )
    return access
