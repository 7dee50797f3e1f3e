"""While a review runs: pauses, proceedings, when the report is expected, who sits on the panel, who is kept out."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from lscb.accounts.cases import forget_case_access, keep_out_of_case, let_into_case
from lscb.accounts.models import Actor, Agency, CaseAccess, CaseAccessKind, User
from lscb.common.errors import RuleBroken
from lscb.common.templatetags.portal import day
from lscb.trail.services import record

from ..models import CaseReview, ExpectedDate, PanelMember, Pause, PauseScope, Proceedings
from .reviews import check_day, locked

# ---- Pauses and proceedings -----------------------------------------------------------------------------------------


@transaction.atomic
def pause_review(
    *, review: CaseReview, scope: str, part: str = "", reason: str, on: dt.date, by: Actor, today: dt.date
) -> Pause:
    """From the day `on` the review, or a part of it, stands still."""
    review = locked(review, by)
    if not review.is_running:
        raise RuleBroken("The review has ended: there is nothing to pause.")
    check_day(review, on, today)
    if not reason.strip():
        raise RuleBroken("Give the reason for the pause.", field="reason")
    if scope == PauseScope.PART and not part.strip():
        raise RuleBroken("Say which part stands still.", field="part")
    whole = review.pauses.filter(scope=PauseScope.WHOLE)
    if scope == PauseScope.WHOLE and whole.filter(ends_on__isnull=True).exists():
        raise RuleBroken("The whole review is paused already.", field="scope")
    if scope == PauseScope.WHOLE and whole.filter(ends_on__gt=on).exists():
        raise RuleBroken("The whole review was paused on that day already. Enter a later day.", field="on")
    part = part.strip() if scope == PauseScope.PART else ""
    pause = Pause.objects.create(review=review, scope=scope, part=part, reason=reason.strip(), starts_on=on)
    record(verb="paused", by=by, target=review, changes={"scope": (None, scope), "from": (None, on)})
    return pause


@transaction.atomic
def resume_review(*, pause: Pause, on: dt.date, by: Actor, today: dt.date) -> Pause:
    """On the day `on` it went on."""
    review = locked(pause.review, by)
    pause = Pause.objects.select_for_update().get(pk=pause.pk)
    if pause.ends_on:
        raise RuleBroken(f"It went on on {day(pause.ends_on)} already.")
    _check_end(pause.starts_on, on, today)
    pause.ends_on = on
    pause.save(update_fields=["ends_on"])
    record(verb="resumed", by=by, target=review, changes={"scope": (None, pause.scope), "on": (None, on)})
    return pause


@transaction.atomic
def note_proceedings(
    *, review: CaseReview, kind: str, note: str = "", on: dt.date, by: Actor, today: dt.date
) -> Proceedings:
    """Proceedings began beside the review. While they run, nothing is published."""
    review = locked(review, by)
    if on > today:
        raise RuleBroken("The day must be today or earlier.", field="on")
    found = Proceedings.objects.create(review=review, kind=kind, note=note.strip(), starts_on=on)
    record(verb="noted proceedings", by=by, target=review, changes={"proceedings": (None, kind)})
    return found


@transaction.atomic
def end_proceedings(*, proceedings: Proceedings, on: dt.date, by: Actor, today: dt.date) -> Proceedings:
    review = locked(proceedings.review, by)
    proceedings = Proceedings.objects.select_for_update().get(pk=proceedings.pk)
    if proceedings.ends_on:
        raise RuleBroken(f"They ended on {day(proceedings.ends_on)} already.")
    _check_end(proceedings.starts_on, on, today)
    proceedings.ends_on = on
    proceedings.save(update_fields=["ends_on"])
    record(verb="noted the end of proceedings", by=by, target=review, changes={"proceedings": (proceedings.kind, None)})
    return proceedings


@transaction.atomic
def expect_report(
    *, review: CaseReview, expected: dt.date, reason: str = "", on: dt.date, by: Actor, today: dt.date
) -> CaseReview:
    """Say when the report is expected. Saying another day later needs a reason; the earlier one stays on record."""
    review = locked(review, by)
    check_day(review, on, today)
    before = review.report_expected
    if before == expected:
        raise RuleBroken("The report is expected on that day already. Enter another day.", field="expected")
    if before and not reason.strip():
        raise RuleBroken("Say why the report is expected on another day.", field="reason")
    if expected < review.referred_on:
        raise RuleBroken("The report cannot be expected before the referral.", field="expected")
    ExpectedDate.objects.create(review=review, moved_from=before, moved_to=expected, said_on=on, reason=reason.strip())
    review.report_expected = expected
    review.save(update_fields=["report_expected"])
    record(verb="said when the report is expected", by=by, target=review, changes={"expected": (before, expected)})
    return review


# ---- People ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def seat_on_panel(
    *,
    review: CaseReview,
    position: str,
    agency: Agency | None = None,
    user: User | None = None,
    chairs: bool = False,
    on: dt.date,
    by: Actor,
    today: dt.date,
) -> PanelMember:
    """Somebody sits on the panel from the day `on`. With an account they read the review from now on."""
    review = locked(review, by)
    check_day(review, on, today)
    if not position.strip():
        raise RuleBroken("Enter the position, not a person’s name.", field="position")
    sitting = review.panel.filter(ends_on__isnull=True)
    if chairs and sitting.filter(chairs=True).exists():
        raise RuleBroken("The panel has a chair already.", field="chairs")
    if user and sitting.filter(user=user).exists():
        raise RuleBroken("This person sits on the panel already.", field="user")
    if user and let_into_case(case=review.pk, user=user, reason="Sits on the panel", by=by) is None:
        raise RuleBroken("This person is kept out of the review for a conflict of interest.", field="user")
    member = PanelMember.objects.create(
        review=review, position=position.strip(), agency=agency, user=user, chairs=chairs, starts_on=on
    )
    record(verb="seated a panel member", by=by, target=review)
    return member


@transaction.atomic
def leave_panel(*, member: PanelMember, on: dt.date, by: Actor, today: dt.date) -> PanelMember:
    """They read the review no more, unless their role lets them."""
    review = locked(member.review, by)
    if member.ends_on:
        raise RuleBroken("This person left the panel already.")
    _check_end(member.starts_on, on, today)
    member.ends_on = on
    member.save(update_fields=["ends_on"])
    _let_out(review, member.user, by)
    record(verb="ended a place on the panel", by=by, target=review)
    return member


@transaction.atomic
def wall_off(*, review: CaseReview, user: User, reason: str, by: Actor, today: dt.date) -> CaseAccess:
    """A conflict of interest: for this person the review does not exist any more, whatever their roles say.

    Who would shut out themselves would leave nobody who knows: somebody else does it.
    """
    review = locked(review, by)
    if not reason.strip():
        raise RuleBroken("Say what the conflict of interest is.", field="reason")
    if by == user:
        raise RuleBroken("Ask somebody else of the team to do this for you.", field="user")
    for member in review.panel.filter(user=user, ends_on__isnull=True):
        leave_panel(member=member, on=max(today, member.starts_on), by=by, today=max(today, member.starts_on))
    wall = keep_out_of_case(case=review.pk, user=user, reason=reason, by=by)
    record(verb="walled a person off", by=by, target=review)
    return wall


@transaction.atomic
def lift_wall(*, review: CaseReview, wall: CaseAccess, by: Actor) -> None:
    """The conflict is over: from now on roles decide again."""
    review = locked(review, by)
    if wall.case != review.pk or wall.kind != CaseAccessKind.KEPT_OUT:
        raise RuleBroken("Nobody is kept out by this any more.")
    forget_case_access(access=wall, by=by)
    record(verb="lifted a conflict of interest", by=by, target=review)


def walls_of(review: CaseReview) -> list[CaseAccess]:
    """Who is kept out, for who runs the review."""
    return list(CaseAccess.objects.kept_out_of(review.pk).select_related("user").order_by("user__name"))


def _let_out(review: CaseReview, user: User | None, by: Actor) -> None:
    access = CaseAccess.objects.filter(case=review.pk, user=user, kind=CaseAccessKind.LET_IN).first() if user else None
    if access:
        forget_case_access(access=access, by=by)


def _check_end(starts: dt.date, ends: dt.date, today: dt.date) -> None:
    if ends > today:
        raise RuleBroken("The day must be today or earlier.", field="on")
    if ends < starts:
        raise RuleBroken(f"It began on {day(starts)}. Enter that day or later.", field="on")
