"""Referral, decision, stages, pauses, panel, conflicts: every rule with its exits."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casereviews.elapsed import days_elapsed
from casereviews.models import CRITERIA, STAGE_MOVES, CaseReview, Pause, ReviewKind, Stage, StageEvent
from casereviews.models.review import BY_RELEASE_ONLY
from casereviews.services import reviews, running
from casereviews.standing import clock
from lscb.accounts.models import CaseAccess
from lscb.accounts.roles import CaseReviewMember, IndependentChair
from lscb.common.errors import Overtaken, RuleBroken
from lscb.trail.models import Event
from tests.accounts.factories import AgencyFactory
from tests.actions.factories import lead, manager, person

from .samples import (
    DECIDED,
    REFERRED,
    SECRET,
    TO_PRESENTED,
    TODAY,
    a_review,
    an_answer,
    decided,
    fresh,
    presented,
    reached,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "kind, day, allowed",
    [
        (ReviewKind.SERIOUS_CASE, dt.date(2016, 5, 4), True),
        (ReviewKind.PARTNERSHIP, dt.date(2019, 9, 29), True),
        (ReviewKind.SERIOUS_CASE, dt.date(2019, 9, 30), False),
        (ReviewKind.RAPID, dt.date(2018, 6, 28), False),
        (ReviewKind.PRACTICE, dt.date(2018, 6, 29), True),
        (ReviewKind.THEMATIC, dt.date(2016, 5, 4), True),
        (ReviewKind.THEMATIC, dt.date(2026, 1, 1), True),
    ],
)
def test_a_review_is_of_a_kind_of_its_time(kind: str, day: dt.date, allowed: bool) -> None:
    if allowed:
        assert a_review(kind=kind, referred_on=day, today=day).kind == kind
        return
    with pytest.raises(RuleBroken) as refusal:
        a_review(kind=kind, referred_on=day, today=day)
    assert refusal.value.field == "kind"
    review = a_review(referred_on=dt.date(2016, 5, 4))
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseReview.objects.filter(pk=review.pk).update(kind=kind, referred_on=day)


def test_a_decision_considers_every_criterion_and_says_why() -> None:
    review = a_review()
    with pytest.raises(RuleBroken) as refusal:
        decided(review, answers={"abuse": "met"})
    assert refusal.value.field == "died"
    with pytest.raises(RuleBroken):
        decided(review, reason=" ")
    review = decided(review)
    assert (review.stage, review.criteria.count()) == (Stage.AGREED, len(CRITERIA[review.kind]))
    with pytest.raises(RuleBroken):
        decided(review)
    assert decided(a_review("Larch"), agreed=False).stage == Stage.NOT_PROGRESSED


@pytest.mark.parametrize("start", [stage for stage in Stage.values if stage not in (Stage.REFERRED, Stage.CONSIDERED)])
def test_stages_follow_the_table_and_nothing_else(start: str) -> None:
    review = decided(a_review())
    for stage in Stage.values:
        CaseReview.objects.filter(pk=review.pk).update(stage=start)
        review.stages.exclude(stage__in=(Stage.REFERRED, Stage.CONSIDERED, Stage.AGREED)).delete()
        StageEvent.objects.get_or_create(
            review=review, stage=Stage.NOT_PUBLISHED, on=DECIDED, text="So that it can close"
        )
        if stage == Stage.NOT_PUBLISHED:
            review.stages.filter(stage=Stage.NOT_PUBLISHED).delete()
        allowed = stage in STAGE_MOVES[start] and stage != BY_RELEASE_ONLY
        try:
            reviews.reach_stage(review=review, stage=stage, on=DECIDED, text="Why", by=None, today=TODAY)
        except RuleBroken:
            assert not allowed, stage
        else:
            assert allowed, stage


def test_a_review_closes_when_its_publication_is_settled_and_its_plan_is_done() -> None:
    review = reached(presented(), Stage.ACTION_PLAN)
    an_answer(review)
    with pytest.raises(RuleBroken, match="Publish the review first"):
        reached(review, Stage.CLOSED)
    review = reached(review, Stage.NOT_PUBLISHED)
    with pytest.raises(RuleBroken, match="not signed off"):
        reached(review, Stage.CLOSED)


def test_days_are_in_their_order() -> None:
    review = decided(a_review())
    for on in (REFERRED, TODAY + dt.timedelta(days=1)):
        with pytest.raises(RuleBroken) as refusal:
            reached(review, Stage.PANEL, on=on)
        assert refusal.value.field == "on"


def test_who_is_overtaken_is_told_and_nothing_is_lost() -> None:
    review = presented()
    before = fresh(review)
    words = {name: f"New {name}" for name in reviews.WORDING}
    reviews.write_public_words(review=before, version=before.version, by=None, **words)
    with pytest.raises(Overtaken) as refusal:
        reviews.write_public_words(review=before, version=before.version, by=None, **dict.fromkeys(words, "Mine"))
    assert refusal.value.current.public_name == "New public_name"
    assert fresh(review).public_name == "New public_name"


def test_the_code_name_is_never_worded_for_the_public() -> None:
    review = presented()
    words = dict.fromkeys(reviews.WORDING, f"About {SECRET.lower()}")
    with pytest.raises(RuleBroken, match="code name"):
        reviews.write_public_words(review=review, version=fresh(review).version, by=None, **words)


def test_only_who_runs_reviews_writes() -> None:
    review = a_review()
    member = person(CaseReviewMember, group="serious-case-review")
    writes: list[Any] = [
        lambda by: decided(review, by=by),
        lambda by: reviews.reach_stage(review=review, stage=Stage.PANEL, on=TODAY, by=by, today=TODAY),
        lambda by: running.pause_review(review=review, scope="whole", reason="R", on=TODAY, by=by, today=TODAY),
        lambda by: running.wall_off(review=review, user=manager(), reason="R", by=by, today=TODAY),
        lambda by: running.expect_report(review=review, expected=TODAY, on=TODAY, by=by, today=TODAY),
    ]
    for by in (member, person(IndependentChair)):
        for write in writes:
            with pytest.raises(PermissionDenied):
                write(by)


# ---- Pauses and the clock -------------------------------------------------------------------------------------------


def test_pauses_of_the_whole_do_not_overlap_and_name_their_reason() -> None:
    review = decided(a_review())
    pause = running.pause_review(review=review, scope="whole", reason="Trial", on=DECIDED, by=None, today=TODAY)
    with pytest.raises(RuleBroken):
        running.pause_review(review=review, scope="whole", reason="Again", on=TODAY, by=None, today=TODAY)
    with pytest.raises(RuleBroken) as refusal:
        running.pause_review(review=review, scope="part", reason="Police", on=TODAY, by=None, today=TODAY)
    assert refusal.value.field == "part"
    running.resume_review(pause=pause, on=dt.date(2016, 9, 1), by=None, today=TODAY)
    with pytest.raises(RuleBroken):
        running.resume_review(pause=pause, on=TODAY, by=None, today=TODAY)
    with pytest.raises(RuleBroken):
        running.pause_review(
            review=review, scope="whole", reason="Inside", on=dt.date(2016, 8, 1), by=None, today=TODAY
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Pause.objects.create(review=review, scope="part", part="", reason="R", starts_on=DECIDED)


def test_the_clock_stands_still_in_pauses_of_the_whole_only() -> None:
    review = decided(a_review())
    running.pause_review(
        review=review, scope="part", part="Interviews", reason="Police", on=DECIDED, by=None, today=TODAY
    )
    whole = running.pause_review(
        review=review, scope="whole", reason="Trial", on=dt.date(2016, 6, 1), by=None, today=TODAY
    )
    running.resume_review(pause=whole, on=dt.date(2016, 6, 11), by=None, today=TODAY)
    assert clock(fresh(review), dt.date(2016, 6, 17)) == 30 - 10
    settled = reached(review, *TO_PRESENTED, Stage.NOT_PUBLISHED, on=dt.date(2016, 6, 17))
    assert clock(settled, TODAY) == 20, "it stops when the publication is settled"


DAYS = st.integers(min_value=0, max_value=60).map(lambda days: REFERRED + dt.timedelta(days=days))
PAUSES = st.lists(st.tuples(DAYS, st.none() | DAYS), max_size=5)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(starts=DAYS, until=DAYS, pauses=PAUSES)
def test_elapsed_days_equal_a_walk_through_the_calendar(
    starts: dt.date, until: dt.date, pauses: list[tuple[dt.date, dt.date | None]]
) -> None:
    walked = sum(
        not any(first <= day and (last is None or day < last) for first, last in pauses)
        for day in (starts + dt.timedelta(days=one) for one in range(max(0, (until - starts).days)))
    )
    assert days_elapsed(starts, until, pauses) == walked


# ---- People ---------------------------------------------------------------------------------------------------------


def test_who_sits_on_the_panel_reads_the_review_until_they_leave() -> None:
    review, agency = decided(a_review()), AgencyFactory()
    user = lead(agency)
    assert not CaseReview.objects.visible_to(user).exists()
    member = running.seat_on_panel(
        review=review, position="Head", agency=agency, user=user, on=TODAY, by=None, today=TODAY
    )
    assert CaseReview.objects.visible_to(user).get() == review
    running.leave_panel(member=member, on=TODAY, by=None, today=TODAY)
    assert not CaseReview.objects.visible_to(user).exists()


def test_a_conflict_of_interest_shuts_out_managers_and_panel_alike() -> None:
    review, one, other = decided(a_review()), manager(), manager()
    running.seat_on_panel(review=review, position="Head", user=other, on=TODAY, by=one, today=TODAY)
    with pytest.raises(RuleBroken):
        running.wall_off(review=review, user=one, reason="A relative", by=one, today=TODAY)
    running.wall_off(review=review, user=other, reason="A relative", by=one, today=TODAY)
    assert not CaseReview.objects.visible_to(other).exists()
    assert not review.panel.filter(ends_on=None, user=other).exists()
    with pytest.raises(RuleBroken):
        running.seat_on_panel(review=review, position="Head", user=other, on=TODAY, by=one, today=TODAY)
    with pytest.raises(PermissionDenied):
        running.lift_wall(review=review, wall=CaseAccess.objects.get(), by=other)
    running.lift_wall(review=review, wall=CaseAccess.objects.get(), by=one)
    assert CaseReview.objects.visible_to(other).exists()


def test_the_trail_says_no_code_name_and_no_words() -> None:
    review = presented()
    an_answer(review)
    running.pause_review(review=review, scope="whole", reason="Words of the pause", on=TODAY, by=None, today=TODAY)
    told = " ".join(
        f"{event.target} {event.reason} {event.changes}" for event in Event.objects.exclude(target_type="boards.group")
    )
    assert review.reference in told
    for words in (SECRET, "Words of"):
        assert words not in told
