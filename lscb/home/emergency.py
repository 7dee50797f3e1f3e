"""Break-glass access: one case opened in an emergency by who may not read it otherwise (trust: "People").

It needs a reason and the second factor, two people are told at once, and it ends by itself after an hour. A child death
is read as its panel reads it: who the child was stays with the officer and the designated doctor. Who was walled off
from a case review stays outside: for them it does not exist.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from casereviews.models import CaseReview
from casereviews.records import by_reference as review_by_reference
from cdop.models import Death
from cdop.records import by_reference as death_by_reference
from lscb.accounts.cases import cut_short, let_into_case
from lscb.accounts.models import CaseAccess, Grant, User
from lscb.accounts.permissions import Permission
from lscb.accounts.roles import roles_with
from lscb.common.errors import RuleBroken
from lscb.common.limits import is_within
from lscb.common.words import in_templates
from lscb.jobs.services import queue_email
from lscb.trail.services import record

LASTS = dt.timedelta(hours=1)
TOLD_AT_LEAST = 2
MOST_TRIES = 5
"""Tries of one person in an hour: references are not found by guessing."""
NO_SUCH_CASE = "There is no case with this reference. Check it with who gave it to you."


class Emergency(models.TextChoices):
    """Why. Chosen and not written: a text could name a child."""

    DANGER = "danger", "A child may be in danger now"
    ASKED = "asked", "A court, a coroner or an inspectorate asks today"
    AWAY = "away", "Who looks after the case cannot be reached, and something is due today"


WATCHED_BY: dict[type[models.Model], frozenset[Permission]] = {
    CaseReview: frozenset({Permission.MANAGE_CASE_REVIEWS, Permission.APPROVE_REPORT}),
    Death: frozenset({Permission.READ_CHILD_DEATH_IDENTITY}),
}
"""Whose work it is to watch over such a case: they are told, and may end the access."""


def break_glass(*, reference: str, reason: str, by: User, at: dt.datetime) -> CaseReview | Death:
    """Open the case for an hour. One that `by` reads anyway is given and nothing is written.

    Errors: RuleBroken for a reference that there is not for `by`, for too many tries, and when fewer than two people
    could be told. Each try without a case is on the trail.
    """
    if not by.may(Permission.BREAK_GLASS):
        raise PermissionDenied
    if not is_within("emergency", str(by.pk), most=MOST_TRIES, period=LASTS):
        raise RuleBroken("You tried very often in the last hour. Ring those who look after the case.")
    case = _case(reference.strip())
    if case is not None and type(case).objects.visible_to(by).filter(pk=case.pk).exists():
        return case
    if case is None or not _open(case, Emergency(reason), by, at):
        with transaction.atomic():
            record(verb="tried to open a case in an emergency", by=by, reason=Emergency(reason).label)
        raise RuleBroken(NO_SUCH_CASE, field="reference")
    return case


@transaction.atomic
def end_emergency(*, access: CaseAccess, by: User, at: dt.datetime) -> CaseReview | Death:
    """Before its hour is over. The case is closed to whoever opened it at once."""
    case = _case_of(access)
    if by not in watchers(case, timezone.localdate(at)):
        raise PermissionDenied
    cut_short(access=access, by=by, at=at)
    record(verb="ended emergency access", by=by, target=case, reason=str(access.user))
    return case


def watchers(case: models.Model, on: dt.date) -> list[User]:
    """Who watches over such cases for the whole board on that day, but who is kept out of this one."""
    grants = Grant.objects.in_force(on).filter(role__in=roles_with(*WATCHED_BY[type(case)], scope="board"))
    walled = CaseAccess.objects.kept_out_of(case.pk).values("user")
    return list(User.objects.filter(pk__in=grants.values("user")).exclude(pk__in=walled).order_by("email"))


def _case(reference: str) -> CaseReview | Death | None:
    review = review_by_reference(reference)
    found = CaseReview.objects.filter(review).first() if review else None
    return found or Death.objects.filter(death_by_reference(reference)).first()


def _case_of(access: CaseAccess) -> CaseReview | Death:
    return CaseReview.objects.filter(pk=access.case).first() or Death.objects.get(pk=access.case)


@transaction.atomic
def _open(case: CaseReview | Death, reason: Emergency, by: User, at: dt.datetime) -> bool:
    """Let in and tell; False for who is walled off."""
    told = [user for user in watchers(case, timezone.localdate(at)) if user != by]
    if len(told) < TOLD_AT_LEAST:
        raise RuleBroken("Two people would be told, and there are not two. Ring the office.")
    access = let_into_case(case=case.pk, user=by, reason=reason.label, ends_at=at + LASTS, by=by)
    if access is None:
        return False
    body = render_to_string(
        "home/email/emergency.txt",
        {
            "name": by.name,
            "ends_at": access.ends_at,
            "link": settings.PORTAL_URL + case.get_absolute_url(),
            **in_templates(),
        },
    )
    for user in told:
        queue_email(
            unique_key=f"emergency {access.pk} at {at.isoformat()} for {user.pk}",
            to=user.email,
            subject="Somebody opened a case in an emergency",
            body=body,
        )
    record(verb="opened in an emergency", by=by, target=case, reason=reason.label)
    return True
