"""Each verb of action plans, by every way out of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from lscb.accounts.permissions import Permission
from lscb.actions import services
from lscb.actions.invariants import broken
from lscb.actions.models import MOVES, Action, ActionEvent, ActionPlan, Kind, QuarterlyReview, State
from lscb.actions.services import Asked
from lscb.common.errors import RuleBroken
from lscb.trail.models import Event
from tests.accounts.factories import AgencyFactory

from .factories import OPENED, TODAY, a_plan, an_action, contributor, lead, manager, member, outsider

pytestmark = pytest.mark.django_db
JUNE = dt.date(2016, 6, 30)
JULY = dt.date(2016, 7, 31)


def happen(action: Action, kind: Kind, on: dt.date = JUNE) -> None:
    """Let `kind` happen to `action`, by the portal itself."""
    verbs: dict[Kind, Callable[[], Any]] = {
        Kind.PROPOSED: lambda: services.propose_complete(action=action, evidence="Report", on=on, by=None),
        Kind.SENT_BACK: lambda: services.send_back(action=action, reason="No proof", on=on, by=None),
        Kind.SIGNED_OFF: lambda: services.sign_off_actions(
            plan=action.plan, actions=[action], on=on, forum="Executive", by=None
        ),
        Kind.REOPENED: lambda: services.reopen_action(action=action, reason="It came back", on=on, by=None),
        Kind.WITHDRAWN: lambda: services.withdraw_action(action=action, reason="Not needed", on=on, by=None),
        Kind.SUPERSEDED: lambda: services.supersede_action(
            action=action, replacement=an_action(action.plan, on=on), reason="Merged", on=on, by=None
        ),
    }
    verbs[kind]()
    action.refresh_from_db()


WAY_TO: dict[State, tuple[Kind, ...]] = {
    State.OPEN: (),
    State.PROPOSED: (Kind.PROPOSED,),
    State.SIGNED_OFF: (Kind.SIGNED_OFF,),
    State.SUPERSEDED: (Kind.SUPERSEDED,),
    State.WITHDRAWN: (Kind.WITHDRAWN,),
}


@pytest.mark.parametrize("state", State, ids=str)
@pytest.mark.parametrize("kind", [kind for kind in Kind if kind != Kind.ADDED], ids=str)
def test_moves_as_the_table_says_and_no_other_way(state: State, kind: Kind) -> None:
    action = an_action(a_plan())
    for step in WAY_TO[state]:
        happen(action, step)
    assert action.state == state
    if (state, kind) in MOVES:
        happen(action, kind)
        assert action.state == MOVES[state, kind]
        assert action.events.last().kind == kind
    else:
        with pytest.raises(RuleBroken, match="so it cannot be"):
            happen(action, kind)
        action.refresh_from_db()
        assert action.state == state
    assert list(broken(TODAY)) == []


def test_numbers_count_within_the_plan() -> None:
    plan, other = a_plan(), a_plan()
    assert [an_action(plan).number, an_action(plan).number, an_action(other).number] == [1, 2, 1]


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"what": "  "}, "what"),
        ({"due": OPENED - dt.timedelta(days=1)}, "due"),
        ({"asked": []}, "agencies"),
        ({"asked": [Asked()]}, "agencies"),
        ({"on": OPENED - dt.timedelta(days=1)}, "on"),
        ({"on": TODAY + dt.timedelta(days=1), "due": TODAY + dt.timedelta(days=9)}, "on"),
    ],
)
def test_an_action_needs_its_parts(changes: dict[str, Any], field: str) -> None:
    given = {"what": "Do it", "due": TODAY, "asked": [Asked(owner="Board Manager")], "on": OPENED, **changes}
    with pytest.raises(RuleBroken) as refusal:
        services.add_action(plan=a_plan(), by=None, today=TODAY, **given)
    assert refusal.value.field == field
    assert not Action.objects.exists()


def test_one_entry_per_agency_and_the_first_leads() -> None:
    first, second = AgencyFactory(), AgencyFactory()
    action = an_action(a_plan(), first, second)
    assert [(entry.agency, entry.is_lead) for entry in action.entries.all()] == [(first, True), (second, False)]
    with pytest.raises(RuleBroken, match="each agency once"):
        an_action(a_plan(), first, first)


def test_a_confidential_plan_names_who_watches_it() -> None:
    with pytest.raises(RuleBroken, match="which group or agency"):
        a_plan(permission=Permission.READ_CASE_REVIEWS)
    with pytest.raises(IntegrityError, match="confidential_plan_names_who_watches_it"), transaction.atomic():
        ActionPlan.objects.create(title="Plan", permission=Permission.READ_CHILD_DEATHS, opened_on=OPENED)


def test_a_due_date_moves_with_a_reason_and_the_first_one_stays() -> None:
    action = an_action(a_plan(), due=JUNE)
    services.move_due_date(action=action, to=JULY, reason="School holidays", on=JUNE, by=None)
    action.refresh_from_db()
    assert (action.original_due, action.due) == (JUNE, JULY)
    move = action.moves.get()
    assert (move.moved_from, move.moved_to, move.reason) == (JUNE, JULY, "School holidays")


@pytest.mark.parametrize(
    "changes, field",
    [({"to": JUNE}, "to"), ({"to": OPENED - dt.timedelta(days=1)}, "to"), ({"reason": " "}, "reason")],
)
def test_a_due_date_does_not_move_without_reason_or_to_nowhere(changes: dict[str, Any], field: str) -> None:
    action = an_action(a_plan(), due=JUNE)
    with pytest.raises(RuleBroken) as refusal:
        services.move_due_date(action=action, on=JUNE, by=None, **{"to": JULY, "reason": "Holidays", **changes})
    assert refusal.value.field == field


def test_a_finished_action_keeps_its_due_date() -> None:
    action = an_action(a_plan())
    happen(action, Kind.SIGNED_OFF)
    with pytest.raises(RuleBroken, match="signed off, so its due date stays"):
        services.move_due_date(action=action, to=JULY, reason="Later", on=JUNE, by=None)


def test_overdue_speaks_of_the_due_date_as_it_stood_then() -> None:
    action = an_action(a_plan(), due=JUNE)
    services.move_due_date(action=action, to=TODAY, reason="Holidays", on=JULY, by=None)
    day_before_the_move = JULY - dt.timedelta(days=1)
    assert list(Action.objects.overdue(day_before_the_move)) == [action]
    assert not Action.objects.overdue(JULY).exists()
    assert not Action.objects.overdue(JUNE).exists(), "the due day itself is not late"


def test_signing_off_is_all_or_nothing() -> None:
    plan = a_plan()
    first, second = an_action(plan), an_action(plan)
    happen(second, Kind.WITHDRAWN)
    with pytest.raises(RuleBroken, match="Action 2 is withdrawn"):
        services.sign_off_actions(plan=plan, actions=[first, second], on=JULY, forum="Executive", by=None)
    first.refresh_from_db()
    assert first.state == State.OPEN
    assert not ActionEvent.objects.filter(kind=Kind.SIGNED_OFF).exists()


@pytest.mark.parametrize("forum, actions", [("", "own"), ("Executive", "none"), ("Executive", "of another plan")])
def test_signing_off_names_the_meeting_and_actions_of_this_plan(forum: str, actions: str) -> None:
    plan = a_plan()
    chosen = {"own": [an_action(plan)], "none": [], "of another plan": [an_action(a_plan())]}[actions]
    with pytest.raises(RuleBroken):
        services.sign_off_actions(plan=plan, actions=chosen, on=JUNE, forum=forum, by=None)


def test_nothing_happens_before_what_happened_already_or_in_the_future() -> None:
    action = an_action(a_plan(), on=JUNE)
    with pytest.raises(RuleBroken, match="after that day already"):
        services.withdraw_action(action=action, reason="No", on=OPENED, by=None, today=TODAY)
    with pytest.raises(RuleBroken, match="today or earlier"):
        services.withdraw_action(action=action, reason="No", on=JULY, by=None, today=JUNE)


def test_a_review_keeps_the_flow_of_its_period() -> None:
    plan = a_plan()
    actions = [an_action(plan) for _ in range(4)]
    happen(actions[3], Kind.WITHDRAWN)
    first = services.hold_quarterly_review(
        plan=plan, held_on=JUNE, forum="Executive", achieved=actions[:1], by=None, today=TODAY
    )
    assert _counts(first) == (0, 4, 1, 1, 2)
    services.reopen_action(action=_fresh(actions[0]), reason="It came back", on=JULY, by=None)
    an_action(plan, on=JULY)
    second = services.hold_quarterly_review(plan=plan, held_on=JULY, forum="Executive", by=None, today=TODAY)
    assert _counts(second) == (2, 2, 0, 0, 4)
    assert second.reopened == 1
    assert list(broken(TODAY)) == []


def test_what_happens_on_the_day_of_a_review_belongs_to_it_and_nothing_comes_before_it() -> None:
    plan = a_plan()
    action = an_action(plan)
    review = services.hold_quarterly_review(plan=plan, held_on=JUNE, forum="Executive", by=None)
    an_action(plan, on=JUNE)
    assert _counts(QuarterlyReview.objects.get(pk=review.pk)) == (0, 2, 0, 0, 2)
    with pytest.raises(RuleBroken, match="reviewed on 30 June 2016"):
        services.withdraw_action(action=action, reason="No", on=JUNE - dt.timedelta(days=1), by=None)
    with pytest.raises(RuleBroken, match="on that day already"):
        services.hold_quarterly_review(plan=plan, held_on=JUNE, forum="Executive", by=None)
    assert list(broken(TODAY)) == []


def test_the_database_refuses_a_review_that_does_not_add_up() -> None:
    with pytest.raises(IntegrityError, match="opening_and_added_less_done_is_closing"), transaction.atomic():
        QuarterlyReview.objects.create(
            plan=a_plan(), held_on=JUNE, forum="X", opening=1, added=1, signed_off=0, withdrawn=0, closing=1
        )


def test_the_check_finds_a_state_that_does_not_follow_from_its_events() -> None:
    action = an_action(a_plan())
    Action.objects.filter(pk=action.pk).update(state=State.SIGNED_OFF)
    assert [f"Action {action.number} of plan" in sentence for sentence in broken(TODAY)] == [True]


def test_proposing_keeps_the_evidence_with_the_own_entry() -> None:
    first, second = AgencyFactory(), AgencyFactory()
    action = an_action(a_plan(), first, second)
    services.propose_complete(action=action, evidence="Training held", on=JUNE, by=lead(second))
    assert [entry.evidence for entry in action.entries.all()] == ["", "Training held"]
    assert action.notes.get().text == "Training held"


def test_who_may_do_what() -> None:
    agency = AgencyFactory()
    action = an_action(a_plan(group="executive"), agency)
    people = {
        "manager": manager(),
        "lead": lead(agency),
        "contributor": contributor(agency),
        "member": member("executive"),
        "lead of another": lead(AgencyFactory()),
        "outsider": outsider(),
    }
    verbs: dict[str, Callable[[Any], Any]] = {
        "note": lambda by: services.add_note(action=action, text="Begun", on=JUNE, by=by),
        "move": lambda by: services.move_due_date(
            action=action, to=_fresh(action).due + dt.timedelta(days=1), reason="Ill", on=JUNE, by=by
        ),
        "review": lambda by: services.hold_quarterly_review(plan=action.plan, held_on=TODAY, forum="X", by=by),
    }
    allowed = {
        (verb, name)
        for verb, do in verbs.items()
        for name, by in people.items()
        if _is_allowed(lambda d=do, b=by: d(b))
    }
    assert allowed == {
        ("note", "manager"),
        ("note", "lead"),
        ("note", "contributor"),
        ("move", "manager"),
        ("review", "manager"),
    }


def test_who_may_not_read_a_case_may_not_manage_its_actions() -> None:
    agency = AgencyFactory()
    plan = a_plan(group="child-death-overview-panel", permission=Permission.READ_CHILD_DEATHS)
    action = an_action(plan, agency)
    for by in (manager(), lead(agency)):
        with pytest.raises(PermissionDenied):
            services.add_note(action=action, text="Begun", on=JUNE, by=by)


def test_the_trail_tells_of_the_deed_and_repeats_no_words_of_a_confidential_plan() -> None:
    plan = a_plan(title="Child J", group="serious-case-review", permission=Permission.READ_CASE_REVIEWS)
    action = an_action(plan, what="Child J went to school")
    services.move_due_date(action=action, to=TODAY + dt.timedelta(days=1), reason="Mother of J ill", on=JUNE, by=None)
    services.withdraw_action(action=action, reason="J moved away", on=JULY, by=None)
    told = list(Event.objects.order_by("number"))
    assert [event.verb for event in told] == ["opened a plan", "added", "moved the due date", "withdrawn"]
    assert not any("J" in f"{event.target}{event.reason}{event.changes}".replace("July", "") for event in told)


def _is_allowed(do: Callable[[], Any]) -> bool:
    try:
        with transaction.atomic():
            do()
    except PermissionDenied:
        return False
    return True


def _fresh(action: Action) -> Action:
    return Action.objects.select_related("plan").get(pk=action.pk)


def _counts(review: QuarterlyReview) -> tuple[int, int, int, int, int]:
    return review.opening, review.added, review.signed_off, review.withdrawn, review.closing
