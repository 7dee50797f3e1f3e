"""Letting the public see small numbers of a year."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction

from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.common.errors import RuleBroken
from lscb.common.periods import FinancialYear
from lscb.trail.services import record

from ..models import Lift


def may_lift(by: User) -> bool:
    """The independent chair: who answers for the report and reads the panel's papers."""
    return by.for_whole_board(Permission.APPROVE_REPORT) and by.for_whole_board(Permission.READ_CHILD_DEATHS)


@transaction.atomic
def lift_suppression(*, year: FinancialYear, reason: str, by: User, today: dt.date) -> Lift:
    """Show small numbers of `year` in the report. The person and the reason are kept, and printed with the numbers."""
    if not may_lift(by):
        raise PermissionDenied
    if not reason.strip():
        raise RuleBroken("Say why small numbers may be shown.", field="reason")
    if Lift.objects.filter(year=year).exists():
        raise RuleBroken("The small numbers of this year are shown already.", field="year")
    lift = Lift.objects.create(year=year, reason=reason.strip(), lifted_on=today, lifted_by=by)
    record(verb="let small numbers be shown", by=by, target=lift, reason=reason.strip())
    return lift


@transaction.atomic
def suppress_again(*, lift: Lift, by: User) -> None:
    """Small numbers of the year are hidden again."""
    if not may_lift(by):
        raise PermissionDenied
    record(verb="let small numbers be hidden again", by=by, target=lift)
    lift.delete()
