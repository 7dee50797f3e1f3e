"""A token sees exactly what its holder sees, less what its scopes leave out: every list, every role."""

from __future__ import annotations

from typing import Any

import pytest

from lscb.accounts.models import User
from lscb.accounts.permissions import SCOPES, Permission, within
from lscb.api import router

from .asking import LISTS, Program

SCOPE_OF = {f"{basename}-list": getattr(view, "scope", ()) for _, view, basename in router.registry}


@pytest.mark.long
def test_a_token_with_every_scope_sees_what_its_holder_sees_and_one_without_a_part_less(
    demo_board: dict[str, User], settings: Any
) -> None:
    settings.API_PER_MINUTE = {"token": 10**6, "address": 10**6}
    seen = 0
    for mailbox, user in demo_board.items():
        person, everything = Program(user), Program(user, tuple(SCOPES))
        session = {name: person.keys(name) for name in LISTS}
        assert {name: everything.keys(name) for name in LISTS} == session, mailbox
        seen += sum(len(keys) for keys in session.values())
        for left_out in ("actions", "case-reviews"):
            rest = [scope for scope in SCOPES if scope != left_out]
            token = Program(user, rest)
            open_ = within(rest)
            for name in LISTS:
                keys = token.keys(name)
                assert keys <= session[name], (mailbox, name)
                assert not keys or any(permission in open_ for permission in SCOPE_OF[name]), (mailbox, name)
    assert seen > 1000


def test_what_a_scope_leaves_out_is_left_out_wherever_it_would_show(demo_board: dict[str, User]) -> None:
    """Actions of case reviews are on the list of actions for who reads reviews, and not for a program that may not."""
    manager = demo_board["manager"]
    everything = Program(manager, ["actions", "case-reviews"]).keys("plan-list")
    without = Program(manager, ["actions"]).keys("plan-list")
    assert without < everything
    assert not Program(manager, ["actions"]).keys("case-review-list")


def test_a_case_into_which_somebody_is_let_is_not_open_to_a_program_without_case_reviews(
    demo_board: dict[str, User],
) -> None:
    from casereviews.models import CaseReview
    from lscb.accounts.cases import let_into_case

    analyst = demo_board["analyst"]
    review = CaseReview.objects.exclude(plan=None).filter(asks_reason=False)[0]
    let_into_case(case=review.pk, user=analyst, reason="Sits on the panel", by=None)
    plan = str(review.plan_id)
    assert plan in Program(analyst).keys("plan-list")
    assert plan in Program(analyst, ["actions", "case-reviews"]).keys("plan-list")
    assert plan not in Program(analyst, ["actions"]).keys("plan-list")


def test_child_deaths_leave_by_no_door(demo_board: dict[str, User]) -> None:
    """Neither their panel's meetings nor the actions that followed, whoever asks, by session or by token."""
    from boards.models import Meeting
    from lscb.actions.models import ActionPlan

    of_deaths = {str(plan.pk) for plan in ActionPlan.objects.filter(permission=Permission.READ_CHILD_DEATHS.value)}
    meetings = {
        str(one.pk) for one in Meeting.objects.filter(group__confidential_permission=Permission.READ_CHILD_DEATHS.value)
    }
    assert of_deaths
    assert meetings
    for mailbox in ("chair", "officer", "doctor", "panel", "manager"):
        for asks in (Program(demo_board[mailbox]), Program(demo_board[mailbox], tuple(SCOPES))):
            assert not asks.keys("plan-list") & of_deaths
            assert not {row["plan"] for row in asks.rows("action-list")} & of_deaths
            assert not asks.keys("meeting-list") & meetings
