"""Who is shown which small numbers: the policy of an audience, and its lifting by a named person."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from dataset.models import Audience, DisclosureClass, DisclosurePolicy, Indicator, Lift
from lscb.accounts.models import Actor, User
from lscb.accounts.permissions import Permission
from lscb.common.errors import RuleBroken
from lscb.common.periods import Period
from lscb.trail.services import changes_between, record

from .defining import must_manage

SAID = ("withheld", "threshold", "zeros_shown", "rounding_base")


@transaction.atomic
def set_policy(
    *,
    audience: str,
    disclosure_class: str,
    withheld: bool,
    threshold: int,
    zeros_shown: bool = True,
    rounding_base: int = 1,
    by: Actor,
    at: dt.datetime | None = None,
) -> DisclosurePolicy:
    """What an audience is shown of a class from now on. What was published stays as it was published."""
    must_manage(by)
    if threshold == 1:
        raise RuleBroken(
            "Hiding only the number 1 hides nothing. Choose 0 for nothing, or 2 or more.", field="threshold"
        )
    if rounding_base < 1:
        raise RuleBroken("Round to a multiple of 1 or more; 1 rounds nothing.", field="rounding_base")
    if audience == Audience.PUBLIC and disclosure_class == DisclosureClass.SENSITIVE and not withheld:
        raise RuleBroken(
            "Sensitive indicators are never public as a class. Lift it for one indicator, with a reason.",
            field="withheld",
        )
    rows = DisclosurePolicy.objects.select_for_update().filter(audience=audience, disclosure_class=disclosure_class)
    last = rows.order_by("-revision").first()
    said = {
        "withheld": withheld,
        "threshold": threshold,
        "zeros_shown": zeros_shown,
        "rounding_base": rounding_base,
    }
    before = {name: getattr(last, name) for name in SAID} if last else {}
    if last and before == said:
        return last
    policy = DisclosurePolicy.objects.create(
        audience=Audience(audience),
        disclosure_class=DisclosureClass(disclosure_class),
        revision=last.revision + 1 if last else 1,
        **said,
        recorded_at=at or timezone.now(),
        recorded_by=by,
    )
    record(verb="set the policy for small numbers", by=by, target=policy, changes=changes_between(before, said))
    return policy


@transaction.atomic
def lift_suppression(
    *,
    indicator: Indicator,
    audience: str,
    reason: str,
    period: Period | None = None,
    by: User,
    at: dt.datetime | None = None,
) -> Lift:
    """Show small numbers of an indicator to an audience all the same. The person and the reason stay on record."""
    _must_lift(by)
    if not reason.strip():
        raise RuleBroken("Say why small numbers of this indicator may be shown.", field="reason")
    try:
        with transaction.atomic():
            lift = Lift.objects.create(
                indicator=indicator,
                audience=Audience(audience),
                period=period,
                reason=reason.strip(),
                lifted_at=at or timezone.now(),
                lifted_by=by,
            )
    except IntegrityError as error:
        raise RuleBroken("It is lifted for this audience already. End that first.", field="audience") from error
    words = {"period": (None, period.label if period else "all periods")}
    record(verb="lifted the suppression", by=by, target=lift, changes=words, reason=reason.strip())
    return lift


@transaction.atomic
def end_lift(*, lift: Lift, by: User, at: dt.datetime | None = None) -> Lift:
    """Hide small numbers of the indicator again from now on."""
    _must_lift(by)
    lift = Lift.objects.select_for_update(of=("self",)).select_related("indicator").get(pk=lift.pk)
    if lift.ended_at is not None:
        raise RuleBroken("This was ended already.")
    lift.ended_at, lift.ended_by = at or timezone.now(), by
    lift.save(update_fields=["ended_at", "ended_by"])
    record(verb="ended the lift", by=by, target=lift)
    return lift


def _must_lift(by: User) -> None:
    if not by.may(Permission.LIFT_SUPPRESSION):
        raise PermissionDenied
